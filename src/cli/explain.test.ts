import { expect, test } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import { modelId } from '../domain/model.ts'
import { storyText } from './explain.ts'

const told = (outcome: ReturnType<typeof anOutcome> | null) =>
  storyText({ decision: aDecision(), outcome, feedback: [] })

/** The lines of the table of attempts, by their columns. */
function attemptRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => line.startsWith('Attempt'))
  return lines.slice(head, head + 5).map((line) => line.trim().split(/\s{2,}/))
}

test('says what each attempt was made for, beside what came of it', () => {
  const text = told(
    anOutcome({
      model: modelId('acme/large'),
      attempts: [
        anAttempt({
          role: 'first',
          outcome: { kind: 'failed', failure: 'truncated', message: 'cut', vendorStatus: null },
        }),
        anAttempt({ role: 'continuation', model: modelId('acme/large'), target: 'acme/large@default' }),
      ],
    }),
  )
  const rows = attemptRows(text)
  const role = rows[0]!.indexOf('Role')
  expect(rows[0]![0]).toBe('Attempt')
  expect(rows.find(([target]) => target === 'acme/small@default')![role]).toBe('first')
  expect(rows.find(([target]) => target === 'acme/large@default')![role]).toBe('continuation')
  expect(text).toContain('truncated: cut')
})

test('leaves the role open where the record is from before attempts said it', () => {
  const rows = attemptRows(told(anOutcome()))
  expect(rows.find(([target]) => target === 'acme/small@default')![rows[0]!.indexOf('Role')]).toBe('-')
})

test('says what was given up to learn of a model, where that was so', () => {
  const end = aDecision().trace.end
  if (end.kind !== 'forward') throw new Error('no forward')
  const tried = (explores: { usd: number; worth: number } | null) =>
    storyText({
      decision: aDecision({ trace: { driver: 'live', steps: [], end: { ...end, explores } } }),
      outcome: null,
      feedback: [],
    })
  expect(tried({ usd: 0.0012, worth: 0.034 })).toMatch(/it gave up \$0\.00120* and 0\.034 good answers/)
  expect(tried(null)).not.toContain('gave up')
})

test('has no table where there is no outcome, or nobody was asked', () => {
  expect(told(null)).toContain('No outcome')
  expect(told(anOutcome({ attempts: [], cost: null }))).not.toContain('What came of it')
})
