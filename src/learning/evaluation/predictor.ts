import type { Costing } from '../outcomes/costing.ts'
import type { OutcomeRow, PromptRow } from '../outcomes/outcome-row.ts'

/** What a router believes of one prompt: a figure per model, in the order of the pool. */
export type Prediction = {
  /** Expected score, 0 to 1. */
  readonly quality: ArrayLike<number>
  /** Expected dollars of one call; not read where the pool has no prices. */
  readonly costUsd: ArrayLike<number>
}

/** Fitted already; sees the prompt and never an outcome. Same row, same prediction. */
export type Predictor = {
  readonly name: string
  readonly predict: (row: PromptRow) => Prediction
}

/** What a predictor is fitted on. */
export type FitContext = {
  readonly fitRows: readonly OutcomeRow[]
  readonly pool: readonly string[]
  readonly costing: Costing
  /** True when each model of the pool can be costed, so that `costUsd` will be read. */
  readonly priced: boolean
  readonly seed: string
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** Makes the predictor that `fairlead eval` measures. */
export type CreatePredictor = (context: FitContext) => Predictor | Promise<Predictor>
