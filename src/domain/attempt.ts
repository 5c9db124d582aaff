import type { Usage } from './answer.ts'
import type { FailureKind } from './failure.ts'
import type { ModelId } from './model.ts'
import type { MicroUsd } from './money.ts'

/** What attempts are made for. Stored as these words, and a label of metrics: few, and none is renamed. */
export const attemptRoles = [
  /** A strategy wanted a whole answer of the model before its verdict. */
  'step',
  /** The first call of a forward, to the model that the verdict names first. */
  'first',
  /** A target that was asked before once more. */
  'retry',
  /** Another target of a model that was asked before: another key, address or vendor. */
  'other-target',
  /** Another model, in place of one that failed or that breakers close off. */
  'fallback',
  /** Another target beside one that is slow to begin; both are at work. */
  'hedge',
  /** Goes on with what the client has of a stream that broke off, whoever is asked to. */
  'continuation',
  /** The answer before was whole, and of no use. */
  'escalation',
] as const

export type AttemptRole = (typeof attemptRoles)[number]

/** One call to one target, as it went. Times are milliseconds since the decision. */
export type Attempt = {
  readonly model: ModelId
  readonly target: string
  /** Absent: it is not known, as in records from before attempts said it. */
  readonly role?: AttemptRole
  readonly startedAfterMs: number
  readonly firstContentAfterMs: number | null
  readonly endedAfterMs: number
  readonly usage: Usage
  /** `null`: the price is not known. */
  readonly cost: MicroUsd | null
  /** Names the prices that the cost was made with. */
  readonly prices?: string
  /** What the vendor's format had no place for of the client's request. */
  readonly lost?: readonly string[]
  /** The prompt variant that the request was worded by for this model; absent: it went as the client wrote it. */
  readonly variant?: string
  readonly outcome: AttemptOutcome
}

export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly finish: string }
  | {
      readonly kind: 'failed'
      readonly failure: FailureKind
      readonly message: string
      readonly vendorStatus: number | null
    }

/** How long calls may take and how many there may be. What a target states goes before its policy's word, and that before all else. */
export type AttemptLimits = {
  /** Until a vendor's status and headers have come, where a stream is asked for. */
  readonly firstByteMs: number
  /** Until the first content of a stream. */
  readonly firstContentMs: number
  /** Until a buffered answer is whole. */
  readonly answerMs: number
  /** Between two chunks of a stream. */
  readonly idleMs: number
  /** Attempts of one request together, over all its models and targets. */
  readonly maxAttempts: number
  /** How often a target that failed in a way that may pass is asked again within a request. */
  readonly sameTargetRetries: number
  /** The longest first wait before asking again; it doubles with every attempt, and each wait is drawn from zero to it. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** The longest wait that a vendor may ask for before another model is asked instead. */
  readonly patienceMs: number
}

/** The limits that one target may have for itself. */
export type CallLimits = Pick<AttemptLimits, 'firstByteMs' | 'firstContentMs' | 'answerMs' | 'idleMs'>
