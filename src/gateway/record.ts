import type { Attempt } from '../domain/attempt.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { CandidateRecord, Decision, ExperimentMark, Outcome } from '../domain/decision.ts'
import type { Failure } from '../domain/failure.ts'
import type { Trace } from '../domain/trace.ts'
import { nobody } from '../domain/virtual-key.ts'
import { sumOfCosts } from '../engine/cost.ts'
import type { Considered } from './consider.ts'
import { withCorrection } from './learning/correction/graded.ts'

/** The record of a choice, as it is stored and as `/v1/route` shows it. */
export function decisionOf(
  { id, policy, askedModel, queryHash, turn, fallbacks, refused, caller, features, correction }: Considered,
  trace: Trace,
  when: { readonly wall: Date; readonly decidedInMicros: number },
  experiment: ExperimentMark | null = null,
): Decision {
  const { end } = trace
  const decided = decidedBy(end)
  return {
    id,
    time: when.wall.toISOString(),
    policy: policy.name,
    policyVersion: withCorrection(policy.version, correction),
    strategy: policy.strategy,
    askedModel,
    queryHash,
    seed: id,
    signals: turn.signals,
    objective: turn.objective,
    candidates: [...turn.candidates, ...fallbacks].map(recordOf),
    refused,
    trace,
    chosen: chosenBy(trace),
    propensity: decided.propensity,
    because: decided.because,
    decidedInMicros: when.decidedInMicros,
    ...(caller !== nobody && { caller }),
    ...(experiment !== null && { experiment }),
    ...(features !== null && { features }),
  }
}

function decidedBy(end: Trace['end']): { readonly because: string; readonly propensity: number } {
  switch (end.kind) {
    case 'would-ask':
      return { because: 'it asks these models first', propensity: 1 }
    case 'would-consult':
      return { because: `it consults ${end.consultants.join(', ')} first`, propensity: 1 }
    default:
      return end
  }
}

const recordOf = ({ id, quality, cost, latencyMs }: Candidate): CandidateRecord => ({
  id,
  quality,
  cost,
  latencyMs,
})

function chosenBy({ end }: Trace): Decision['chosen'] {
  switch (end.kind) {
    case 'forward':
    case 'would-ask':
      return end.models[0] ?? null
    case 'reply':
      return end.model
    case 'refuse':
    case 'would-consult':
      return null
  }
}

/** What serving a decision came to. `end` is the failure that the client saw, or null. */
export function outcomeOf(
  decision: Pick<Decision, 'id' | 'chosen'>,
  attempts: readonly Attempt[],
  end: Failure | null,
  latencyMs: number,
): Outcome {
  const last = attempts.at(-1)
  const failed = end ?? failureOf(last)
  const first = attempts.find(({ firstContentAfterMs }) => firstContentAfterMs !== null)
  return {
    decision: decision.id,
    status: failed === null ? 'answered' : failed.kind === 'cancelled' ? 'cancelled' : 'failed',
    // A reply that a strategy had in hand was answered by the model that it chose.
    model: last?.outcome.kind === 'answered' ? last.model : failed === null ? decision.chosen : null,
    failure: failed?.kind ?? null,
    attempts,
    cost: sumOfCosts(attempts.map(({ cost }) => cost)),
    latencyMs,
    firstContentMs: first?.firstContentAfterMs ?? null,
  }
}

const failureOf = (attempt: Attempt | undefined): Pick<Failure, 'kind'> | null =>
  attempt?.outcome.kind === 'failed' ? { kind: attempt.outcome.failure } : null
