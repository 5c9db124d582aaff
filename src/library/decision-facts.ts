import type { Served } from '../gateway/gateway.ts'

/** What Fairlead did with a request: the same that `x-fairlead-*` headers tell. */
export type DecisionFacts = {
  /** By which the decision log, `fairlead report` and feedback know it. */
  readonly id: string
  readonly policy: string
  readonly strategy: string
  /** The model that answered, as `vendor/name`; `null`: none did. */
  readonly model: string | null
  readonly reason: string
  /** Dollars for all calls together; `null`: a price is not known, or the stream has not ended. */
  readonly costUsd: number | null
  /** Models that were tried before and failed. */
  readonly failedModels: readonly string[]
}

export const decisionFacts = ({ decision, model, failedModels, usd }: Served): DecisionFacts => ({
  id: decision.id,
  policy: decision.policy,
  strategy: decision.strategy,
  model,
  reason: decision.because,
  costUsd: usd,
  failedModels,
})
