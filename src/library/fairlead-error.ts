import type { Attempt } from '../domain/attempt.ts'
import { type Failure, type FailureKind, statusOf } from '../domain/failure.ts'
import type { DecisionFacts } from './decision-facts.ts'

/** Why a request got no answer, or no whole one. Never holds a secret. */
export class FairleadError extends Error {
  override readonly name = 'FairleadError'
  readonly kind: FailureKind
  /** Stable, for programs: `rate_limit_exceeded`, `model_not_found`… */
  readonly code: string
  /** The HTTP status that a client of the gateway would see. */
  readonly status: number
  /** The field of the request that is at fault. */
  readonly param: string | null
  /** How long to wait before another try, where somebody said so. */
  readonly retryAfterMs: number | null
  /** Every call that was made for the request. */
  readonly attempts: readonly Attempt[]
  /** `null`: nothing was decided. */
  readonly decision: DecisionFacts | null

  constructor(failure: Failure, decision: DecisionFacts | null = null, attempts: readonly Attempt[] = []) {
    super(failure.message)
    this.kind = failure.kind
    this.code = failure.code
    this.status = statusOf(failure)
    this.param = failure.param
    this.retryAfterMs = failure.retryAfterMs
    this.decision = decision
    this.attempts = attempts
  }
}

/** A configuration that can't be used; the message names every fault of it, with what to write instead. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
