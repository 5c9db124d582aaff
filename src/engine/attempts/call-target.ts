/** The one function type to call a target, and how layers are put around it. */

import type { Answer, Finish, StreamPart, Usage } from '../../domain/answer.ts'
import type { Attempt, AttemptLimits, AttemptRole } from '../../domain/attempt.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { Failure } from '../../domain/failure.ts'
import type { HedgingRules, StreamRecovery } from '../../domain/policy.ts'
import type { Model } from '../../domain/model.ts'
import type { Request } from '../../domain/request.ts'
import type { Target } from '../../domain/vendor.ts'
import type { ClientFormat, Continuation, Envelope } from '../../wire/wire-format.ts'
import type { HedgeSpending } from '../health/hedge-spending.ts'
import type { TargetLoad } from '../health/load.ts'
import type { Affinity } from './affinity.ts'
import type { PromptAdaptation } from '../../adaptation/rules.ts'
import type { Purse } from './purse.ts'
import type { Sent } from './recovery/sent.ts'

/** What is sent, whichever target gets it; shared by all attempts of one decision. */
export type Job = {
  readonly request: Request
  /** What its first attempt is made for; absent: it is the `first`. Those that follow on it say so themselves. */
  readonly opening?: Extract<AttemptRole, 'first' | 'step' | 'escalation'>
  /** The client's own bytes; `null` where the request has been rewritten. */
  readonly original: { readonly format: ClientFormat['name']; readonly text: string } | null
  /** How the request is worded for a model; absent or `null`: as it is, whoever is asked. */
  readonly adapt?: PromptAdaptation | null
  /** The prompt variant that `request` is worded by; absent: none. */
  readonly variant?: string
  /** The format that the client reads: errors inside a stream are written in it. */
  readonly clientFormat: ClientFormat
  /** The fields around an answer of this model, where it is written in the client's format. */
  readonly envelope: (model: Model) => Envelope
  /** Of the client's, for vendors of its own format. */
  readonly clientHeaders?: Readonly<Record<string, string>> | undefined
  /** The account, as health knows it, whose sealed reasoning the request holds; `null`: none, or nobody knows whose. */
  readonly sealedBy: string | null
  /** The client asked for usage in its stream. */
  readonly usageWanted: boolean
  /** Estimated tokens of the prompt, booked where a vendor reports none. */
  readonly promptTokens: number
  /** Milliseconds of the engine's clock: when the decision began, and when all attempts must be over. */
  readonly startedAt: number
  readonly deadlineAt: number
  /** What the policy says in place of the engine's limits. */
  readonly limits: Partial<AttemptLimits>
  readonly affinity: Affinity | null
  /** What its attempts are paid from; `null`: no limit holds for it. */
  readonly purse: Purse | null
  readonly detours: Detours
  readonly streamRules: StreamRules
  /** `null`: nobody is asked beside another. */
  readonly hedging: Hedging | null
  /** What the client has of an answer that broke off: the next target goes on from there. `null`: nothing. */
  readonly sent: Sent | null
  /** How the target is asked to go on; chosen for each target, by what it accepts. */
  readonly continuation: Continuation | null
}

/** The rules of a policy, and what it has spent under them. */
export type Hedging = { readonly rules: HedgingRules; readonly spending: HedgeSpending }

/** Where a request goes on, before or in place of the models that are left, by what became of it. */
export type Detours = {
  readonly contextExceeded: readonly Candidate[]
  /** Empty: what a content filter refuses is asked of nobody else. */
  readonly contentPolicy: readonly Candidate[]
}

/** Of a job with no limits of its own. */
export const noLimits: Partial<AttemptLimits> = {}

export const noDetours: Detours = { contextExceeded: [], contentPolicy: [] }

export type StreamRules = {
  /** What becomes of a stream that breaks off after its first content. */
  readonly recovery: StreamRecovery
  /** A stream that is slower than this over `paceWindowMs` counts as broken off; `null`: any speed will do. */
  readonly minTokensPerSecond: number | null
  readonly paceWindowMs: number
  /** While nothing may be sent, a comment goes out this often, so that nobody on the way takes the connection for dead. */
  readonly keepAliveMs: number
}

export const defaultStreamRules: StreamRules = {
  recovery: 'continue',
  minTokensPerSecond: null,
  paceWindowMs: 5_000,
  keepAliveMs: 5_000,
}

export type TargetCall = {
  readonly job: Job
  readonly target: Target
  readonly role: AttemptRole
  /** The vendor and key that the target is called with, as health knows them. */
  readonly account: string
  /** Takes note of what the reply says of the vendor's limits. */
  readonly load: TargetLoad
  readonly record: (attempt: Attempt) => void
  /** How many the request may still make, this call's first included. */
  readonly attemptsLeft: number
}

export type TargetReply =
  /** `bytes`: the answer as the vendor wrote it. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly usage: Usage; readonly bytes: Uint8Array }
  /** Its first content has been seen. */
  | {
      readonly kind: 'streaming'
      readonly stream: TargetStream
      /** Settles however the stream ends, read or not. Never rejects. */
      readonly ended: Promise<StreamEnd>
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage: Usage }

/** A target's answer as it comes. */
export type TargetStream = {
  /** The next events; `null` when there are no more, and `end` says why. */
  readonly read: () => Promise<Spoken | null>
  readonly end: StreamEnd | null
  /** Reads no further and closes the connection. What the target made by then is booked. */
  readonly close: () => void
  /** What the wire format's decoder knows of the stream: to go on in its name. */
  readonly decoding: unknown
}

/** Whole events as the vendor wrote them, and what they say. */
export type Spoken = { readonly bytes: Uint8Array; readonly parts: readonly StreamPart[] }

export type StreamEnd =
  | { readonly kind: 'complete'; readonly finish: Finish; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage: Usage }

/** Aborting `attempt` closes the connection; the reason becomes the failure. */
export type CallTarget = (call: TargetCall, attempt: AbortController) => Promise<TargetReply>

export type Layer = (next: CallTarget) => CallTarget

/** Layers are listed from the innermost to the outermost. */
export const stack = (send: CallTarget, layers: readonly Layer[]): CallTarget =>
  layers.reduce((next, layer) => layer(next), send)
