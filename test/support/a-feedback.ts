import type { DecisionId } from '../../src/domain/decision.ts'
import type { Feedback, FeedbackId } from '../../src/domain/feedback.ts'

/** What a client said of an answer; say only what the test is about. */
export const aFeedback = (changes: Partial<Omit<Feedback, 'id'>> & { id?: string } = {}): Feedback => {
  const { id = 'f-1', ...rest } = changes
  return {
    id: id as FeedbackId,
    about: { kind: 'decision', decision: 'd-1' as DecisionId },
    at: '2026-03-01T10:00:00.000Z',
    source: 'client',
    metric: 'quality',
    score: 0.75,
    comment: null,
    correction: null,
    author: 'somebody',
    ...rest,
  }
}
