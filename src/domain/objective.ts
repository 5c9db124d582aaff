import type { ModelId } from './model.ts'

/**
 * The exchange rate between quality, dollars and seconds (DESIGN.md 4):
 * a candidate's value is `quality - lambda * dollars - mu * seconds`.
 */
export type Objective = {
  /** Quality (0 to 1) given up to save one dollar on one request. */
  readonly lambda: number
  /** Where no single lambda meets a target on average, some requests are decided by another. */
  readonly mixture?: LambdaMixture
  /** Quality given up to save one second. */
  readonly mu: number
  /** The most that one request may be expected to cost. */
  readonly maxCostUsd: number | null
  /** For a stated share of calls, by which of two models is the strong one. */
  readonly strongFrom?: Readonly<Record<ModelId, WinThreshold>>
  /** How the user said it, for the decision log: `quality 0.95`. */
  readonly statedAs: string
}

/**
 * Mean cost falls in steps as lambda grows, so that a target may lie between two steps. Deciding `share` of the requests, at
 * random, by this lambda and the rest by the objective's own meets it in expectation.
 */
export type LambdaMixture = { readonly lambda: number; readonly share: number }

/** The probability of winning from which the strong model answers; `mixture` as for lambda. */
export type WinThreshold = {
  readonly probability: number
  readonly mixture?: { readonly probability: number; readonly share: number }
}
