import type { Answer } from './answer.ts'
import type { Candidate } from './candidate.ts'
import type { Failure } from './failure.ts'
import type { ModelId } from './model.ts'
import type { NonEmpty } from './non-empty.ts'
import type { Objective } from './objective.ts'
import type { Draw } from './random.ts'
import type { Request } from './request.ts'
import type { Signals } from './signals.ts'

/** Everything a strategy may know. A value: the same turn always leads to the same choice. */
export type Turn = {
  readonly request: Request
  readonly signals: Signals
  /** The encoder's vector of the routed text, of unit length. */
  readonly vector: Float32Array
  /** The lawful candidates. */
  readonly candidates: NonEmpty<Candidate>
  readonly objective: Objective
  /** The conversation that the request goes on with; `null`: it begins one, or none is known. */
  readonly session: SessionFacts | null
  /** The chance that the answer of the first is preferred, where that was learnt from comparisons; `null`: of these two it was not. */
  readonly wins: ((first: ModelId, second: ModelId) => number | null) | null
  /** Seeded from the decision, so that a random choice can be run again. */
  readonly draw: Draw
}

/** What a strategy may know of a conversation. What a change of model costs is in the candidates' costs already. */
export type SessionFacts = {
  /** The model that answered last. */
  readonly model: ModelId | null
  /** Tokens of the prompt that it may still have in its cache. */
  readonly warmTokens: number
  /** How often the model has changed so far. */
  readonly switches: number
}

/** One model call that a strategy asks for; `request` replaces the turn's where it is not null. */
export type Call = { readonly candidate: Candidate; readonly request: Request | null }

/** One call, or several at once; complete answers come back, in the order of `calls`. */
export type Step = { readonly kind: 'ask'; readonly calls: NonEmpty<Call>; readonly until: 'all' | 'first' }

export type CallResult =
  | {
      readonly kind: 'answered'
      readonly candidate: Candidate
      readonly answer: Answer
      /** `null`: a price is not known. */
      readonly usd: number | null
      readonly latencyMs: number
    }
  | { readonly kind: 'failed'; readonly candidate: Candidate; readonly failure: Failure }
  /** Another call answered first. */
  | { readonly kind: 'cancelled'; readonly candidate: Candidate }

export type StepResult = readonly CallResult[]

/**
 * The end of a strategy. `because` is for the person who reads the decision.
 * `propensity` is the probability, in (0, 1], with which this strategy makes this choice on this turn.
 */
export type Verdict =
  /** To the first of `to` that works, streaming straight through. */
  | {
      readonly kind: 'forward'
      readonly to: NonEmpty<Candidate>
      readonly request: Request | null
      readonly because: string
      readonly propensity: number
    }
  /** An answer already in hand. */
  | {
      readonly kind: 'reply'
      readonly candidate: Candidate
      readonly answer: Answer
      readonly because: string
      readonly propensity: number
    }
  | {
      readonly kind: 'refuse'
      readonly failure: Failure
      readonly because: string
      readonly propensity: number
    }

/** A classifier that a strategy goes by, and the labels of it that it reads. */
export type ClassifierUse = { readonly name: string; readonly labels: readonly string[] }

/** Chooses. A pure generator: it never does I/O, reads no clock, throws no dice of its own. */
export type Strategy = (turn: Turn) => Generator<Step, Verdict, StepResult>

export const ask = (...calls: NonEmpty<Candidate>): Step => ({
  kind: 'ask',
  calls: calls.map((candidate) => ({ candidate, request: null })) as unknown as NonEmpty<Call>,
  until: 'all',
})

export const forward = (to: NonEmpty<Candidate>, because: string, propensity = 1): Verdict => ({
  kind: 'forward',
  to,
  request: null,
  because,
  propensity,
})

export const reply = (candidate: Candidate, answer: Answer, because: string, propensity = 1): Verdict => ({
  kind: 'reply',
  candidate,
  answer,
  because,
  propensity,
})

export const refuse = (reason: Failure, propensity = 1): Verdict => ({
  kind: 'refuse',
  failure: reason,
  because: reason.message,
  propensity,
})
