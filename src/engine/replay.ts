import { type TokenLogprob, noUsage, type Usage } from '../domain/answer.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { ModelId } from '../domain/model.ts'
import type { CallResult, Strategy, Turn, Verdict } from '../domain/strategy.ts'
import type { Trace } from '../domain/trace.ts'
import { type Consult, driveAtOnce, noAnswer } from './drive.ts'

/** What a model once did with one prompt. */
export type RecordedOutcome = {
  /** How good the answer was, 0 to 1. */
  readonly score: number
  /** `null`: a price is not known. */
  readonly usd: number | null
  readonly latencyMs: number
  readonly text?: string
  readonly usage?: Usage
  readonly logprobs?: readonly TokenLogprob[]
}

/** The outcomes of one prompt. `null`: none is on record of this model; a strategy sees the call fail. */
export type ReplayTable = (candidate: Candidate) => RecordedOutcome | null

export type Replayed = {
  readonly verdict: Verdict
  /** Whose answer the client would have got; `null`: nobody's. */
  readonly model: ModelId | null
  readonly score: number | null
  /** Over all calls; `null` where a price is not known. */
  readonly usd: number | null
  readonly latencyMs: number
  readonly trace: Trace
}

/** Runs a strategy against recorded outcomes: the code that serves is the code that is measured. */
export function replay(choose: Strategy, turn: Turn, table: ReplayTable, consult?: Consult): Replayed {
  const { final, ...driven } = driveAtOnce(
    choose,
    turn,
    'replay',
    (candidate) => recorded(candidate, table),
    consult,
  )
  const answered = final?.kind === 'answered' ? final.candidate : null
  return {
    ...driven,
    model: answered?.id ?? null,
    score: answered === null ? null : (table(answered)?.score ?? null),
  }
}

function recorded(candidate: Candidate, table: ReplayTable): CallResult {
  const outcome = table(candidate)
  if (outcome === null) return noAnswer(candidate)
  return {
    kind: 'answered',
    candidate,
    answer: {
      model: candidate.model.vendorName,
      parts: [{ kind: 'text', text: outcome.text ?? '' }],
      finish: { kind: 'stop', raw: 'stop' },
      usage: outcome.usage ?? noUsage,
      logprobs: outcome.logprobs ?? [],
    },
    usd: outcome.usd,
    latencyMs: outcome.latencyMs,
  }
}
