import { expect, test } from 'vitest'
import type { DecisionId } from './decision.ts'
import type { Feedback, FeedbackId } from './feedback.ts'
import { scoreOf } from './feedback-score.ts'

let count = 0
const said = (changes: Partial<Feedback>): Feedback => ({
  id: `fb_${count++}` as FeedbackId,
  about: { kind: 'decision', decision: 'dec_1' as DecisionId },
  at: '2026-03-01T00:00:00Z',
  source: 'client',
  metric: 'quality',
  score: null,
  comment: null,
  correction: null,
  author: 'ada',
  ...changes,
})

test('the mean of what each author said last, however it came in', () => {
  const later = said({ score: 1, at: '2026-03-02T00:00:00Z' })
  const earlier = said({ score: 0 })
  expect(scoreOf([later, earlier])).toBe(1)
  expect(scoreOf([earlier, later, said({ author: 'bob', score: 0.5 })])).toBe(0.75)
})

test('people before judges, judges before what is inferred', () => {
  const inferred = said({ source: 'implicit', score: 0 })
  const judged = said({ source: 'judge', score: 0.5 })
  expect(scoreOf([inferred])).toBe(0)
  expect(scoreOf([inferred, judged])).toBe(0.5)
  expect(scoreOf([inferred, judged, said({ score: 1 })])).toBe(1)
})

test('words without a score, and of other metrics, count for nothing', () => {
  expect(scoreOf([said({ comment: 'nice' }), said({ metric: 'tone', score: 1 })])).toBeNull()
})
