import type { ObjectiveStatement } from '../../domain/policy.ts'
import type { Rate } from '../../estimate/staircase.ts'
import { bootstrap, type Interval } from '../evaluation/bootstrap.ts'
import { foldOf } from '../evaluation/cross-validate.ts'
import type { Predictions } from '../evaluation/policy-curve.ts'
import { columnMeans, type OutcomeTable } from '../evaluation/table.ts'
import { crossFit, type FoldResult } from './cross-fit.ts'
import { findRate } from './find-rate.ts'
import { bestAndDearest, sampleOf } from './sample.ts'

export type CalibrationRequest = {
  readonly statement: ObjectiveStatement
  readonly outcomes: OutcomeTable
  /** Of the same rows and models. */
  readonly predictions: Predictions
  readonly folds: number
  readonly seed: string
  readonly resamples: number
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** What a rate costs and gives, on rows that it was not found on. */
export type CalibrationReport = {
  readonly statement: ObjectiveStatement
  readonly rows: number
  readonly seed: string
  readonly resamples: number
  /** Found on all rows: the one to use. */
  readonly rate: Rate
  readonly bestSingle: SingleModel
  readonly dearest: string
  readonly models: readonly (SingleModel & { readonly share: Interval })[]
  readonly quality: Interval
  /** Of the best single model's. */
  readonly qualityShare: Interval
  readonly costUsd: Interval
  /** Of the best single model's. */
  readonly costShare: Interval
  readonly folds: readonly FoldReport[]
}

export type SingleModel = { readonly model: string; readonly quality: number; readonly costUsd: number }

export type FoldReport = {
  readonly rows: number
  readonly rate: Rate
  readonly quality: number
  readonly costUsd: number
  readonly dearestShare: number
}

export type CalibrationResult =
  | { readonly kind: 'report'; readonly report: CalibrationReport }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

/** Fewer rows than this say next to nothing of what a rate costs. */
const leastRows = 50

export function calibrate(request: CalibrationRequest): CalibrationResult {
  const { statement, outcomes, predictions, folds, seed } = request
  const problem = problemOf(request)
  if (problem !== null) return problem
  const sample = sampleOf(predictions, outcomes)
  const { best, dearest } = bestAndDearest(sample)
  // By question, so that none is judged at a rate that it helped to find.
  const fold = outcomes.rows.map(({ qhash }) => foldOf(qhash, seed, folds))
  const fitted = crossFit(statement, sample, fold, dearest)
  const models = predictions.models
  const qualities = columnMeans(outcomes.quality, models)
  const costs = columnMeans(outcomes.costUsd, models)
  const single = (place: number): SingleModel => ({
    model: outcomes.pool[place]!,
    quality: qualities[place]!,
    costUsd: costs[place]!,
  })
  const figures = intervals(request, fitted.realised, best)
  return {
    kind: 'report',
    report: {
      statement,
      rows: outcomes.rows.length,
      seed,
      resamples: request.resamples,
      rate: findRate(statement, sample, dearest),
      bestSingle: single(best),
      dearest: outcomes.pool[dearest]!,
      models: outcomes.pool.map((model, place) => ({ ...single(place), share: figures[`share ${model}`]! })),
      quality: figures.quality!,
      qualityShare: figures.qualityShare!,
      costUsd: figures.costUsd!,
      costShare: figures.costShare!,
      folds: fitted.folds.map((result) => foldReport(result, models, dearest)),
    },
  }
}

function problemOf({ statement, outcomes, seed, folds }: CalibrationRequest): CalibrationResult | null {
  const { rows, pool } = outcomes
  const impossible = (problem: string, remedy: string): CalibrationResult => ({
    kind: 'impossible',
    problem,
    remedy,
  })
  const filled = new Set(rows.map(({ qhash }) => foldOf(qhash, seed, folds)))
  if (rows.length < leastRows || filled.size < folds)
    return impossible(
      `Only ${rows.length} rows have an outcome and a cost of each model of the pool, in ${filled.size} folds`,
      `Give at least ${leastRows} rows with different questions, or name models that were run on the same rows with --pool.`,
    )
  if (statement.kind === 'strong-share' && pool.length !== 2)
    return impossible(
      `strongShare shares calls out between two models, and the pool has ${pool.length}: ${pool.join(', ')}`,
      'Name two with --pool.',
    )
  return null
}

/** Percentile intervals over rows at the folds' rates; how far those differ is what the folds show. */
function intervals(
  { outcomes: { pool, quality, costUsd }, seed, resamples, onProgress }: CalibrationRequest,
  realised: { quality: Float64Array; costUsd: Float64Array; chosen: Float64Array },
  best: number,
): Record<string, Interval> {
  const models = pool.length
  const column = (cells: Float64Array, model: number) => cells.filter((_, cell) => cell % models === model)
  const columns = {
    quality: realised.quality,
    costUsd: realised.costUsd,
    bestQuality: column(quality, best),
    bestCostUsd: column(costUsd, best),
    ...Object.fromEntries(pool.map((model, place) => [`share ${model}`, column(realised.chosen, place)])),
  }
  const statistic = (weights: Float64Array) => {
    const means = Object.fromEntries(
      Object.entries(columns).map(([name, cells]) => [name, weightedMean(cells, weights)]),
    )
    return {
      ...means,
      qualityShare: means.quality! / means.bestQuality!,
      costShare: means.costUsd! / means.bestCostUsd!,
    }
  }
  return bootstrap<string>(realised.quality.length, statistic, {
    seed,
    resamples,
    onProgress: (done, total) => onProgress('resampling', done, total),
  })
}

function weightedMean(cells: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0]
  for (let row = 0; row < cells.length; row++) {
    sum += weights[row]! * cells[row]!
    total += weights[row]!
  }
  return sum / total
}

function foldReport({ rows, rate, realised }: FoldResult, models: number, dearest: number): FoldReport {
  const mean = (cells: Float64Array) => cells.reduce((sum, value) => sum + value, 0) / cells.length
  return {
    rows,
    rate,
    quality: mean(realised.quality),
    costUsd: mean(realised.costUsd),
    dearestShare: mean(realised.chosen.filter((_, cell) => cell % models === dearest)),
  }
}
