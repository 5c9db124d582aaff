import { type Costing, createCosting } from '../outcomes/costing.ts'
import { promptOf } from '../outcomes/outcome-row.ts'
import { type Predictions, predictAll } from './policy-curve.ts'
import { choosePool, type Pool } from './pool.ts'
import type { CreatePredictor } from './predictor.ts'
import type { EvaluationRequest } from './run.ts'
import { type Splits, splitRows } from './split.ts'
import { buildTable, type OutcomeTable } from './table.ts'

/** Rows split, pool chosen, outcomes laid out: what several routers are then measured on alike. */
export type Prepared = {
  readonly splits: Splits
  readonly costing: Costing
  readonly pool: Pool
  readonly fit: OutcomeTable
  readonly score: OutcomeTable
}

export type PrepareResult =
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

export function prepare(request: EvaluationRequest): PrepareResult {
  const split = splitRows(request.rows, request.fitSplit, request.scoreSplit)
  if (split.kind === 'impossible') return split
  const { splits } = split
  const costing = createCosting(request.prices, request.inputOverheadTokens)
  const chosen = choosePool(splits.fitRows, costing, { models: request.pool, exclude: request.exclude })
  if (chosen.kind === 'impossible') return chosen
  const { pool } = chosen
  const table = (rows: Splits['fitRows']) => buildTable(rows, pool.models, pool.priced ? costing : null)
  const [fit, score] = [table(splits.fitRows), table(splits.scoreRows)]
  if (fit.rows.length < 2 || score.rows.length < 2) {
    return {
      kind: 'impossible',
      problem: `Only ${fit.rows.length} fit and ${score.rows.length} score rows have an outcome of each model of the pool`,
      remedy: 'Name models that were run on the same rows with --pool.',
    }
  }
  return { kind: 'prepared', prepared: { splits, costing, pool, fit, score } }
}

/** Fits a router and has it predict the rows that are scored. */
export async function predictWith(
  create: CreatePredictor,
  { splits, costing, pool, score }: Prepared,
  { seed, onProgress }: Pick<EvaluationRequest, 'seed' | 'onProgress'>,
): Promise<Predictions> {
  const predictor = await create({
    fitRows: splits.fitRows,
    pool: pool.models,
    priced: pool.priced,
    costing,
    seed,
    onProgress,
  })
  return predictAll(predictor, score.rows.map(promptOf), pool.models, pool.priced, (done, total) =>
    onProgress('predicting', done, total),
  )
}
