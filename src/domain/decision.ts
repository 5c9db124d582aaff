import type { Attempt } from './attempt.ts'
import type { Brand } from './brand.ts'
import type { Refusal } from './candidate.ts'
import type { Cost, Estimate } from './estimate.ts'
import type { FailureKind } from './failure.ts'
import type { ModelId } from './model.ts'
import type { MicroUsd } from './money.ts'
import type { Objective } from './objective.ts'
import type { Signals } from './signals.ts'
import type { Trace } from './trace.ts'
import type { Caller } from './virtual-key.ts'

export type DecisionId = Brand<string, 'DecisionId'>

/** What a candidate looked like when the choice was made. */
export type CandidateRecord = {
  readonly id: ModelId
  readonly quality: Estimate
  readonly cost: Cost
  readonly latencyMs: Estimate
}

/** Which experiment a request took part in, the policy that it was given, and what stays with that policy: a session, a user. */
export type ExperimentMark = { readonly id: string; readonly arm: string; readonly unit: string }

/** The stored record of one choice. */
export type Decision = {
  readonly id: DecisionId
  /** ISO 8601, UTC. */
  readonly time: string
  readonly policy: string
  /** A hash of the policy's whole resolved configuration: two decisions with one version were made alike. */
  readonly policyVersion: string
  readonly strategy: string
  /** What the client wrote in `model`. */
  readonly askedModel: string
  /** Hash of the prompt; the text itself is not stored. */
  readonly queryHash: string
  /** What `draw()` was seeded with. */
  readonly seed: string
  readonly signals: Signals
  readonly objective: Objective
  readonly candidates: readonly CandidateRecord[]
  readonly refused: readonly Refusal[]
  readonly trace: Trace
  /** The first model of the verdict; `null` for a refusal. */
  readonly chosen: ModelId | null
  readonly propensity: number
  readonly because: string
  /** Microseconds from request to verdict, model calls left out. */
  readonly decidedInMicros: number
  /** Who asked; absent: nothing is known of them. */
  readonly caller?: Caller
  /** The answer came out of a cache and no model was asked: it is evidence for none. Absent: it did not. */
  readonly cache?: 'exact' | 'semantic'
  /** The experiment that the request took part in, and the policy that it was given. */
  readonly experiment?: ExperimentMark
  /** What a policy that learns saw of the request: what feedback, which comes later, is learnt with. */
  readonly features?: readonly number[]
}

/** What is learnt about a decision by serving it. */
export type Outcome = {
  readonly decision: DecisionId
  readonly status: 'answered' | 'failed' | 'cancelled'
  /** The model that answered; differs from the chosen one after a fallback. */
  readonly model: ModelId | null
  readonly failure: FailureKind | null
  readonly attempts: readonly Attempt[]
  /** The sum over attempts; `null` where a price is unknown. */
  readonly cost: MicroUsd | null
  readonly latencyMs: number
  readonly firstContentMs: number | null
}
