import type { Costing } from '../outcomes/costing.ts'
import { type OutcomeRow, promptOf } from '../outcomes/outcome-row.ts'
import type { BootstrapOptions } from './bootstrap.ts'
import { calibration } from './calibration.ts'
import { type Predictions, predictAll } from './policy-curve.ts'
import type { Pool } from './pool.ts'
import type { Predictor } from './predictor.ts'
import { comparePriced } from './priced.ts'
import { compareQuality } from './quality-only.ts'
import type { EvaluationReport, SideReport } from './report.ts'
import type { Splits } from './split.ts'
import { buildTable, type OutcomeTable } from './table.ts'
import { compareTwoModels } from './two-models.ts'

export type Evaluation = {
  readonly splits: Splits
  readonly pool: Pool
  readonly costing: Costing
  readonly predictor: Predictor
  readonly seed: string
  readonly resamples: number
  /** Notes of earlier steps, to stand in the report. */
  readonly notes: readonly string[]
  readonly onProgress: (label: string, done: number, total: number) => void
}

export type EvaluationResult =
  | { readonly kind: 'report'; readonly report: EvaluationReport }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

/** Fewer scored rows than this are said to be few. */
const fewRows = 100
const leastRows = 2

/** Scores a fitted router on the score rows; everything that is chosen on the way is chosen on the fit rows. */
export function evaluate(evaluation: Evaluation): EvaluationResult {
  const { splits, pool, costing, predictor, seed, resamples, onProgress } = evaluation
  const fit = buildTable(splits.fitRows, pool.models, pool.priced ? costing : null)
  const score = buildTable(splits.scoreRows, pool.models, pool.priced ? costing : null)
  const short = fit.rows.length < leastRows ? fit : score.rows.length < leastRows ? score : null
  if (short) return tooFew(short, short === fit ? splits.fitName : splits.scoreName)
  const rows = score.rows.map(promptOf)
  const predictions = predictAll(predictor, rows, pool.models, pool.priced, (done, total) =>
    onProgress('predicting', done, total),
  )
  const options = (label: string): BootstrapOptions => ({
    seed,
    resamples,
    onProgress: (done, total) => onProgress(label, done, total),
  })
  const name = predictor.name
  return {
    kind: 'report',
    report: {
      router: name,
      seed,
      resamples,
      datasets: datasetsOf(fit, score),
      fit: side(splits.fitName, fit),
      score: side(splits.scoreName, score),
      pool: pool.models,
      comparison: pool.priced
        ? comparePriced(name, fit, score, predictions, options('resampling'))
        : compareQuality(whyUnpriced(pool), fit, score, predictions, options('resampling')),
      twoModels:
        pool.models.length === 2
          ? compareTwoModels(name, fit, score, predictions, options('resampling shares'))
          : null,
      calibration: calibrationOf(predictions, score),
      notes: [
        ...evaluation.notes,
        ...splits.notes,
        ...pool.notes,
        ...rowNotes(score),
        ...priceNotes(score, costing),
      ],
    },
  }
}

const whyUnpriced = ({ notes }: Pool): string => notes.join(' ')

function tooFew(table: OutcomeTable, split: string): EvaluationResult {
  const { missing, uncosted } = table.dropped
  return {
    kind: 'impossible',
    problem:
      `Only ${table.rows.length} ${split} rows have an outcome of each model of the pool ` +
      `(${missing} lack one, ${uncosted} lack a cost)`,
    remedy: 'Name models that were run on the same rows with --pool.',
  }
}

const side = (split: string, table: OutcomeTable): SideReport => ({
  split,
  rows: table.rows.length,
  droppedMissing: table.dropped.missing,
  droppedUncosted: table.dropped.uncosted,
})

function datasetsOf(fit: OutcomeTable, score: OutcomeTable): EvaluationReport['datasets'] {
  const names = new Set([...fit.rows, ...score.rows].map(({ dataset }) => dataset))
  const count = (rows: readonly OutcomeRow[], name: string) =>
    rows.filter(({ dataset }) => dataset === name).length
  return [...names]
    .sort()
    .map((name) => ({ name, fitRows: count(fit.rows, name), scoreRows: count(score.rows, name) }))
}

function calibrationOf(
  { quality, models }: Predictions,
  score: OutcomeTable,
): EvaluationReport['calibration'] {
  const column = (cells: Float64Array, place: number) => cells.filter((_, cell) => cell % models === place)
  return {
    all: calibration(quality, score.quality),
    byModel: Object.fromEntries(
      score.pool.map((model, place) => [
        model,
        calibration(column(quality, place), column(score.quality, place)),
      ]),
    ),
  }
}

const rowNotes = ({ rows }: OutcomeTable): string[] =>
  rows.length < fewRows ? [`Only ${rows.length} rows are scored: the intervals are wide.`] : []

/** What had to be settled about prices; nothing where every call's dollars are on record. */
function priceNotes({ pool, costBasis }: OutcomeTable, costing: Costing): string[] {
  if (costBasis['reported tokens'] + costBasis['estimated tokens'] === 0) return []
  const notes = pool.map((model) => costing.priceOf(model)?.note ?? null)
  return notes.filter((note) => note !== null).map((note) => `${note[0]!.toUpperCase()}${note.slice(1)}.`)
}
