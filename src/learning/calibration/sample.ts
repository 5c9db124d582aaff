import type { Rate } from '../../estimate/staircase.ts'
import { chooseAt, type Predictions } from '../evaluation/policy-curve.ts'
import { columnMeans } from '../evaluation/table.ts'

/** What a router predicts of rows and what came of them: the same rows and models, row-major. */
export type Sample = {
  readonly predictions: Predictions
  readonly quality: Float64Array
  readonly costUsd: Float64Array
}

export function sampleOf(predictions: Predictions, outcomes: Omit<Sample, 'predictions'>): Sample {
  return { predictions, quality: outcomes.quality, costUsd: outcomes.costUsd }
}

/** The rows for which `isKept` holds. */
export function rowsWhere(
  { predictions, quality, costUsd }: Sample,
  isKept: (row: number) => boolean,
): Sample {
  const { models } = predictions
  const kept = (cells: Float64Array) => cells.filter((_, cell) => isKept(Math.floor(cell / models)))
  const outcomes = kept(quality)
  return {
    predictions: {
      rows: outcomes.length / models,
      models,
      quality: kept(predictions.quality),
      costUsd: kept(predictions.costUsd),
    },
    quality: outcomes,
    costUsd: kept(costUsd),
  }
}

/** Places of two models: the one of the highest mean recorded score, and the one of the highest mean recorded dollars. */
export function bestAndDearest({ predictions: { models }, quality, costUsd }: Sample): {
  readonly best: number
  readonly dearest: number
} {
  const placeOfHighest = (cells: Float64Array) => {
    const means = columnMeans(cells, models)
    return means.indexOf(Math.max(...means))
  }
  return { best: placeOfHighest(quality), dearest: placeOfHighest(costUsd) }
}

/** What came of each row in expectation over the draw between two lambdas. */
export type Realised = {
  readonly quality: Float64Array
  readonly costUsd: Float64Array
  /** rows x models: the probability that the row goes to the model. */
  readonly chosen: Float64Array
}

/** The outcomes that are on record of what `utility` chooses at a rate, going by the predictions. */
export function realise({ predictions, quality, costUsd }: Sample, { lambda, mixture }: Rate): Realised {
  const { rows, models } = predictions
  const chosen = new Float64Array(rows * models)
  const add = (rate: number, share: number) =>
    chooseAt(predictions, rate).forEach((model, row) => {
      chosen[row * models + model]! += share
    })
  add(lambda, 1 - (mixture?.share ?? 0))
  if (mixture) add(mixture.lambda, mixture.share)
  const expected = (cells: Float64Array) => {
    const means = new Float64Array(rows)
    for (let cell = 0; cell < cells.length; cell++) {
      if (chosen[cell]! > 0) means[Math.floor(cell / models)]! += chosen[cell]! * cells[cell]!
    }
    return means
  }
  return { quality: expected(quality), costUsd: expected(costUsd), chosen }
}

/** Mean of what stands in one cell of each row. */
export function meanOfChoices(cells: Float64Array, choices: Uint16Array, models: number): number {
  let sum = 0
  choices.forEach((model, row) => {
    sum += cells[row * models + model]!
  })
  return sum / choices.length
}
