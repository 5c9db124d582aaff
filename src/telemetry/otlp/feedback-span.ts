import type { DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { withoutCredentials } from '../without-credentials.ts'
import { evaluationResult, genAi, own } from './names.ts'
import { attributesOf, type Span, spanIdOf } from './span.ts'

const longestExplanation = 2000

/**
 * Feedback as the conventions' `gen_ai.evaluation.result`, under the span of the request that it is about. It comes when that
 * span has long been sent: so it is a span of its own, of no length, that carries the event.
 */
export function feedbackSpan(
  feedback: Feedback,
  decision: DecisionId,
  trace: { readonly traceId: string; readonly rootId: string },
  atMs: number,
  content: boolean,
): Span {
  const attributes = attributesOf({
    [genAi.evaluationName]: feedback.metric,
    [genAi.evaluationScore]: feedback.score,
    [genAi.evaluationExplanation]:
      content && feedback.comment !== null
        ? withoutCredentials(feedback.comment).slice(0, longestExplanation)
        : null,
    [own.feedbackSource]: feedback.source,
    [own.decision]: decision,
  })
  return {
    name: evaluationResult,
    kind: 'internal',
    traceId: trace.traceId,
    spanId: spanIdOf(decision, `feedback ${feedback.id}`),
    parent: { spanId: trace.rootId, remote: false },
    startMs: atMs,
    endMs: atMs,
    attributes,
    error: null,
    events: [{ name: evaluationResult, atMs, attributes }],
  }
}
