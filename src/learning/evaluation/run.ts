import { type Costing, createCosting } from '../outcomes/costing.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import type { PriceBook } from '../outcomes/prices.ts'
import { type EvaluationResult, evaluate } from './evaluate.ts'
import { choosePool } from './pool.ts'
import type { CreatePredictor } from './predictor.ts'
import { type Splits, splitRows } from './split.ts'

export type EvaluationRequest = {
  readonly rows: readonly OutcomeRow[]
  readonly prices: PriceBook | null
  readonly fitSplit: string
  readonly scoreSplit: string
  /** `null`: the pool is chosen. */
  readonly pool: readonly string[] | null
  readonly exclude: readonly string[]
  readonly inputOverheadTokens: number
  readonly seed: string
  readonly resamples: number
  readonly notes: readonly string[]
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** Splits, chooses the pool, fits the predictor, evaluates it. */
export async function runEvaluation(
  request: EvaluationRequest,
  createPredictor: CreatePredictor,
): Promise<EvaluationResult> {
  const split = splitRows(request.rows, request.fitSplit, request.scoreSplit)
  return split.kind === 'impossible' ? split : runOnSplits(split.splits, request, createPredictor)
}

/** The same for rows that are split already. */
export async function runOnSplits(
  splits: Splits,
  request: EvaluationRequest,
  createPredictor: CreatePredictor,
): Promise<EvaluationResult> {
  const costing: Costing = createCosting(request.prices, request.inputOverheadTokens)
  const chosen = choosePool(splits.fitRows, costing, { models: request.pool, exclude: request.exclude })
  if (chosen.kind === 'impossible') return chosen
  const { seed, resamples, notes, onProgress } = request
  const predictor = await createPredictor({
    fitRows: splits.fitRows,
    pool: chosen.pool.models,
    priced: chosen.pool.priced,
    costing,
    seed,
    onProgress,
  })
  return evaluate({ splits, pool: chosen.pool, costing, predictor, seed, resamples, notes, onProgress })
}
