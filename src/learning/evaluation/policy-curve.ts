import type { PromptRow } from '../outcomes/outcome-row.ts'
import { quantile } from './bootstrap.ts'
import type { Curve } from './curve.ts'
import type { Predictor } from './predictor.ts'

/** Predicted quality and cost, rows x models, row-major. */
export type Predictions = {
  readonly rows: number
  readonly models: number
  readonly quality: Float64Array
  readonly costUsd: Float64Array
}

/** A predictor's figures for all rows; throws on one that is no number, which is the predictor's bug. */
export function predictAll(
  { name, predict }: Predictor,
  rows: readonly PromptRow[],
  pool: readonly string[],
  needsCost: boolean,
  onProgress?: (done: number, total: number) => void,
): Predictions {
  const models = pool.length
  const quality = new Float64Array(rows.length * models)
  const costUsd = new Float64Array(rows.length * models)
  rows.forEach((row, index) => {
    const predicted = predict(row)
    for (let model = 0; model < models; model++) {
      const expected = predicted.quality[model]
      const cost = needsCost ? predicted.costUsd[model] : 0
      if (!Number.isFinite(expected) || !Number.isFinite(cost)) {
        throw new Error(
          `${name} predicts quality ${expected}, cost ${cost} for ${pool[model]} on row ${row.id}`,
        )
      }
      quality[index * models + model] = expected!
      costUsd[index * models + model] = cost!
    }
    if ((index + 1) % 500 === 0 || index + 1 === rows.length) onProgress?.(index + 1, rows.length)
  })
  return { rows: rows.length, models, quality, costUsd }
}

export type PolicyCurve = Curve & { readonly lambdas: readonly number[] }

/** The choices of `argmax quality - lambda * dollars` as lambda falls from infinity (the cheapest) to 0 (the best). */
export function policyCurve(name: string, predictions: Predictions, settings = 120): PolicyCurve {
  const lambdas = lambdaGrid(predictions, settings)
  return { name, lambdas, choices: lambdas.map((lambda) => chooseAt(predictions, lambda)) }
}

/** For every row the place in the pool of the best value; ties go to the cheaper, then to the better. */
export function chooseAt({ rows, models, quality, costUsd }: Predictions, lambda: number): Uint16Array {
  const choices = new Uint16Array(rows)
  for (let row = 0; row < rows; row++) {
    const start = row * models
    let best = start
    for (let cell = start + 1; cell < start + models; cell++) {
      const gain = quality[cell]! - quality[best]!
      const price = costUsd[cell]! - costUsd[best]!
      const value = lambda === Number.POSITIVE_INFINITY ? -price : gain - lambda * price
      if (value > 0 || (value === 0 && (price < 0 || (price === 0 && gain > 0)))) best = cell
    }
    choices[row] = best - start
  }
  return choices
}

/**
 * The lambdas at which choices change are the slopes of each row's own hull of (cost, quality); the grid is their
 * quantiles, so that the settings lie evenly along the curve whatever the scale of prices. Falls from infinity to 0.
 */
export function lambdaGrid(predictions: Predictions, settings: number): number[] {
  const slopes: number[] = []
  for (let row = 0; row < predictions.rows; row++) pushSlopes(predictions, row, slopes)
  const sorted = Float64Array.from(slopes).sort()
  const inner: number[] = []
  for (let setting = settings - 2; setting > 0 && sorted.length > 0; setting--) {
    const lambda = quantile(sorted, (setting - 0.5) / (settings - 2))
    if (lambda !== inner[inner.length - 1]) inner.push(lambda)
  }
  return [Number.POSITIVE_INFINITY, ...inner, 0]
}

/** Walks a row's hull from the cheapest model up, always to the model of steepest gain. */
function pushSlopes({ models, quality, costUsd }: Predictions, row: number, into: number[]): void {
  const start = row * models
  let at = start
  for (let cell = start + 1; cell < start + models; cell++) {
    const cheaper = costUsd[cell]! - costUsd[at]!
    if (cheaper < 0 || (cheaper === 0 && quality[cell]! > quality[at]!)) at = cell
  }
  for (;;) {
    let steepest = 0
    let next = -1
    for (let cell = start; cell < start + models; cell++) {
      const price = costUsd[cell]! - costUsd[at]!
      const slope = (quality[cell]! - quality[at]!) / price
      if (price > 0 && slope > steepest) {
        steepest = slope
        next = cell
      }
    }
    if (next === -1) return
    into.push(steepest)
    at = next
  }
}

/** Means of predicted quality and cost at one setting: what the router promises, before any outcome is seen. */
export function promised(
  predictions: Predictions,
  choices: Uint16Array,
): { quality: number; costUsd: number } {
  let quality = 0
  let costUsd = 0
  for (let row = 0; row < predictions.rows; row++) {
    const cell = row * predictions.models + choices[row]!
    quality += predictions.quality[cell]! / predictions.rows
    costUsd += predictions.costUsd[cell]! / predictions.rows
  }
  return { quality, costUsd }
}
