import type { Usage } from './answer.ts'
import type { FailureKind } from './failure.ts'
import type { MicroUsd } from './money.ts'
import type { ModelId } from './model.ts'

/** One call to one target, as it went. Times are milliseconds since the decision. */
export type Attempt = {
  readonly model: ModelId
  readonly target: string
  readonly startedAfterMs: number
  readonly firstContentAfterMs: number | null
  readonly endedAfterMs: number
  readonly usage: Usage
  /** `null`: the price is not known. */
  readonly cost: MicroUsd | null
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
