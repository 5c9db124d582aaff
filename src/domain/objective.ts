/**
 * The exchange rate between quality, dollars and seconds (DESIGN.md 4):
 * a candidate's value is `quality - lambda * dollars - mu * seconds`.
 */
export type Objective = {
  /** Quality (0 to 1) given up to save one dollar on one request. */
  readonly lambda: number
  /** Quality given up to save one second. */
  readonly mu: number
  /** The most that one request may be expected to cost. */
  readonly maxCostUsd: number | null
  /** How the user said it, for the decision log: `quality 0.95`. */
  readonly statedAs: string
}
