import type { ModelId } from './model.ts'
import type { LambdaMixture } from './objective.ts'
import type { Strategy } from './strategy.ts'

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

/** A named, configured strategy; clients address it as a model name. */
export type Policy = {
  readonly name: string
  /** Hash of everything below: two decisions with one version were made alike. */
  readonly version: string
  readonly strategy: string
  readonly choose: Strategy
  /** What must be predicted before the strategy can choose. */
  readonly needs: { readonly quality: boolean; readonly cost: boolean }
  /** `all`: every model whose vendor can be reached. */
  readonly pool: readonly ModelId[] | 'all'
  readonly fallbacks: readonly ModelId[]
  readonly objective: ObjectiveStatement
  readonly maxCostUsd: number | null
  readonly deadlineMs: number
}
