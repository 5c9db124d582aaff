/**
 * The decision log as rows for evaluation. An action is the first model of a verdict (intention to treat): what its
 * fallbacks cost and answer belongs to it, as it would when it is chosen again. Where the strategy asked models before it
 * decided, each of their answers is an outcome of that model alone, which it was certain to ask.
 */

import type { CandidateRecord, Decision, Outcome } from '../../domain/decision.ts'
import type { ModelId } from '../../domain/model.ts'
import { usdOf } from '../../domain/money.ts'
import type { TraceCall } from '../../domain/trace.ts'
import { feedbackProbabilities } from '../../statistics/off-policy/feedback-probability.ts'
import type { GradedDecision } from './graded-decision.ts'
import type { LoggedAction, LoggedRow, SeenOutcome } from './logged-row.ts'

export type LogRows = {
  readonly rows: readonly LoggedRow[]
  /** `rows[i]` was made of `decisions[i]`. */
  readonly decisions: readonly Decision[]
  /** Decisions that are evidence for nothing, by why. */
  readonly leftOut: Readonly<Record<string, number>>
  readonly graded: number
}

export function rowsOfLog(log: readonly GradedDecision[]): LogRows {
  const leftOut: Record<string, number> = {}
  const held = heldDecisions(log)
  const used = log.filter((graded) => {
    const reason = held.has(graded.decision.id) ? 'held to the model of their session' : unusable(graded)
    if (reason !== null) leftOut[reason] = (leftOut[reason] ?? 0) + 1
    return reason === null
  })
  const judged = used.map((one) => ({ ...one, quality: qualityOf(one) }))
  const answered = judged.filter(({ outcome }) => outcome!.status === 'answered')
  const probabilities = new Map(
    feedbackProbabilities(
      answered.map(({ decision, quality }) => ({
        model: decision.chosen!,
        group: thirdOf(decision.signals.complexity),
        graded: quality !== null,
      })),
    ).map((probability, place) => [answered[place]!.decision.id, probability]),
  )
  return {
    rows: judged.map((one) => rowOf(one, probabilities.get(one.decision.id) ?? 1)),
    decisions: judged.map(({ decision }) => decision),
    leftOut,
    graded: answered.filter(({ quality }) => quality !== null).length,
  }
}

/** Of complexity, 0 to 1: hard prompts may be graded more often than easy ones. */
const thirdOf = (complexity: number): number => Math.min(2, Math.floor(complexity * 3))

/**
 * A conversation that goes on from what a vendor keeps has one candidate where it had more before: no policy would have had a
 * choice there.
 */
function heldDecisions(log: readonly GradedDecision[]): ReadonlySet<Decision['id']> {
  const held = new Set<Decision['id']>()
  const widest = new Map<string, number>()
  const byTime = [...log].sort((a, b) => (a.decision.time < b.decision.time ? -1 : 1))
  for (const { decision } of byTime) {
    const session = decision.caller?.session ?? null
    if (session === null) continue
    const key = JSON.stringify([session, decision.policyVersion])
    const before = widest.get(key) ?? 0
    if (decision.candidates.length === 1 && decision.refused.length === 0 && before > 1) held.add(decision.id)
    widest.set(key, Math.max(before, decision.candidates.length))
  }
  return held
}

function unusable({ decision, outcome }: GradedDecision): string | null {
  if (decision.policyVersion.startsWith('direct ')) return 'asked for a model by its own name'
  if (decision.cache !== undefined) return 'answered from a cache'
  if (decision.chosen === null) return 'refused'
  if (!decision.candidates.some(({ id }) => id === decision.chosen))
    return 'answered by a model that was asked for its opinion only'
  if (outcome === null) return 'without an outcome'
  if (outcome.status === 'cancelled') return 'cancelled by the client'
  return null
}

/** An answer that never came was a bad one, and needs nobody to say so. */
const qualityOf = ({ outcome, quality }: GradedDecision): number | null =>
  outcome!.status === 'failed' ? 0 : quality

function rowOf({ decision, outcome, quality, gradedModels }: GradedDecision, probability: number): LoggedRow {
  const asked = new Map(askedFirst(decision).map((call) => [call.model, call]))
  const chosen = decision.candidates.findIndex(({ id }) => id === decision.chosen)
  return {
    id: decision.id,
    unit: decision.caller?.session ?? decision.id,
    chosen,
    actions: decision.candidates.map((candidate): LoggedAction => {
      const grade = candidate.id === decision.chosen ? quality : (gradedModels?.get(candidate.id) ?? null)
      const call = asked.get(candidate.id)
      return {
        model: candidate.id,
        predicted: predictedOf(candidate),
        seen:
          candidate.id === decision.chosen
            ? seenOf(
                decision,
                grade,
                probability,
                call ? costOf(call) : paid(outcome!, candidate.id, asked.size),
              )
            : call
              ? seenOf(decision, failedCall(call) ? 0 : grade, 1, costOf(call))
              : null,
      }
    }),
  }
}

const predictedOf = ({ quality, cost }: CandidateRecord): LoggedAction['predicted'] => ({
  quality: quality.mean,
  usd: cost.kind === 'known' ? cost.usd.mean : null,
})

const seenOf = (
  { propensity }: Decision,
  quality: number | null,
  feedbackProbability: number,
  usd: number | null,
): SeenOutcome => ({
  // Rows from elsewhere may lack it, whatever the type says.
  propensity: propensity > 0 && propensity <= 1 ? propensity : null,
  quality,
  feedbackProbability: quality === null ? 1 : feedbackProbability,
  usd,
})

/** Models whose answers the strategy asked for before it decided. */
const askedFirst = ({ trace }: Decision): readonly TraceCall[] =>
  trace.steps
    .flatMap((step) => (step.kind === 'ask' ? step.calls : []))
    .filter(({ result }) => result.kind !== 'cancelled')

const failedCall = ({ result }: TraceCall): boolean => result.kind === 'failed'

const costOf = ({ result }: TraceCall): number | null =>
  result.kind === 'answered' ? result.usd : result.kind === 'failed' ? 0 : null

/** After other calls only the model's own attempts are its cost; without any, all attempts are: fallbacks are part of the choice. */
function paid({ attempts, cost }: Outcome, model: ModelId, asked: number): number | null {
  if (asked === 0) return cost === null ? null : usdOf(cost)
  let usd = 0
  for (const attempt of attempts) {
    if (attempt.model !== model) continue
    if (attempt.cost === null) return null
    usd += usdOf(attempt.cost)
  }
  return usd
}
