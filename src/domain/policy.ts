import type { AttemptLimits } from './attempt.ts'
import type { HoldOut } from './experiment.ts'
import type { Learner } from './learner.ts'
import type { ModelId } from './model.ts'
import type { LambdaMixture } from './objective.ts'
import type { VendorConditions } from './routing-options.ts'
import type { Strategy, TextEmbedder } from './strategy.ts'
import type { ToolFilterRules } from './tool-filter.ts'

/** How a user says what quality is worth (DESIGN.md 4); each becomes a `lambda` before a strategy sees it. */
export type ObjectiveStatement =
  | { readonly kind: 'lambda'; readonly lambda: number; readonly mixture?: LambdaMixture }
  /** Keep this share of the best model's quality, 0 to 1. */
  | { readonly kind: 'quality'; readonly share: number }
  /** Lose at most this share of the best model's quality, 0 to 1. */
  | { readonly kind: 'max-quality-loss'; readonly share: number }
  /** Dollars per request that ten points of quality (0.1) are worth. */
  | { readonly kind: 'willingness-to-pay'; readonly usdPerTenPoints: number }
  /** Dollars per request, on average. */
  | { readonly kind: 'mean-cost'; readonly usd: number }
  /** Share of calls, 0 to 1, that go to the strong one of two models: the dearer one, unless the strategy names it. */
  | { readonly kind: 'strong-share'; readonly share: number }

/**
 * What becomes of a stream that breaks off after its first content. `error`: it ends with an error. `continue`: another
 * target goes on from what the client has. `buffer`: nothing is sent before the answer is whole.
 */
export const streamRecoveries = ['error', 'continue', 'buffer'] as const
export type StreamRecovery = (typeof streamRecoveries)[number]

/** Models to go on with, in order, by what became of those before. */
export type Fallbacks = {
  readonly providerFailure: readonly ModelId[]
  /** In front of the others; only larger windows are asked. */
  readonly contextExceeded: readonly ModelId[]
  /** Empty: what a content filter refuses goes to the client. */
  readonly contentPolicy: readonly ModelId[]
  /** When a whole answer is empty, or not the JSON that was asked for. */
  readonly qualityEscalation: readonly ModelId[]
}

export const noFallbacks: Fallbacks = {
  providerFailure: [],
  contextExceeded: [],
  contentPolicy: [],
  qualityEscalation: [],
}

/** When a second target is asked beside one that is slow to begin, and what that may cost. */
export type HedgingRules = {
  /** The share, 0 to 1, of the target's latencies of late that a call must have outlasted. */
  readonly percentile: number
  /** What holds in its place until enough of them are known; `null`: no second target before that. */
  readonly afterMs: number | null
  /** What the second calls may be expected to cost, as a share of what the policy's requests cost. */
  readonly maxExtraCostShare: number
}

export const budgetPeriods = ['hour', 'day', 'week', 'month'] as const

/** Dollars that a policy may spend in each period, which begins by the clock of UTC. */
export type BudgetRules = { readonly usd: number; readonly per: (typeof budgetPeriods)[number] }

/** Of a policy that goes by nothing but its own models. */
export const nothingBeside = {
  nested: [],
  advisers: [],
  texts: [],
  headers: [],
  consultants: [],
  budget: null,
} as const

/** A named, configured strategy; clients address it as a model name. */
export type Policy = {
  readonly name: string
  /** Hash of everything below: two decisions with one version were made alike. */
  readonly version: string
  readonly strategy: string
  readonly choose: Strategy
  /** The policies that it may send requests to, and those that they may. */
  readonly nested: readonly Policy[]
  /** Models that it asks for their opinion. */
  readonly advisers: readonly ModelId[]
  /** Texts whose vectors it compares requests with. */
  readonly texts: readonly string[]
  /** Request headers that it reads, in lower case. */
  readonly headers: readonly string[]
  /** The model may change within a tool loop, once all that was called for has come; absent: it may not. */
  readonly betweenRounds?: boolean
  /** Consultants of the configuration that it asks. */
  readonly consultants: readonly string[]
  /** A share of its requests that one model answers whatever it would choose; absent: none. */
  readonly holdOut?: HoldOut
  /** `null`: it may spend what it will. */
  readonly budget: BudgetRules | null
  /** Does ahead of the first request what is done once for an encoder; absent: there is nothing. */
  readonly prepare?: (embedder: TextEmbedder | null) => void
  /** How it learns from feedback; absent: it does not. */
  readonly learner?: Learner
  /** Dollars that it may spend on trying models; absent: it tries none. */
  readonly explore?: BudgetRules
  /** What must be predicted before the strategy can choose. */
  readonly needs: { readonly quality: boolean; readonly cost: boolean }
  /** `all`: every model whose vendor can be reached. */
  readonly pool: readonly ModelId[] | 'all'
  readonly fallbacks: Fallbacks
  /** Which vendors may serve; absent: any. */
  readonly vendors?: VendorConditions
  readonly objective: ObjectiveStatement
  readonly maxCostUsd: number | null
  readonly deadlineMs: number
  /** In place of the gateway's own. */
  readonly limits: Partial<AttemptLimits>
  /**
   * A model whose vendor's format has no place for something that the answer hangs on: it is not asked (`refuse`), or it is,
   * and the attempt says what was left out (`note`).
   */
  readonly conversions: 'refuse' | 'note'
  readonly streamRecovery: StreamRecovery
  /** A stream that is slower than this for a while counts as broken off; `null`: any speed will do. */
  readonly minTokensPerSecond: number | null
  /** `null`: nobody is asked beside another. */
  readonly hedging: HedgingRules | null
  /** Of requests with many tools, which are sent on; absent: all. */
  readonly toolFilter?: ToolFilterRules
}
