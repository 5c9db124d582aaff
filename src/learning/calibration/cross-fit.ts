import type { ObjectiveStatement } from '../../domain/policy.ts'
import type { Rate } from '../../estimate/staircase.ts'
import { findRate } from './find-rate.ts'
import { type Realised, realise, rowsWhere, type Sample } from './sample.ts'

export type FoldResult = {
  readonly rows: number
  /** Found on the other folds. */
  readonly rate: Rate
  readonly realised: Realised
}

export type CrossFitted = {
  readonly folds: readonly FoldResult[]
  /** Every row, judged at the rate that was found without its fold. */
  readonly realised: Realised
}

/**
 * Cross-fitting: the rate that a fold is judged at is found on the other folds, so that no row is judged by a rate that it
 * helped to find. `foldOf` gives each row's fold, from 0 on; each fold must have rows.
 */
export function crossFit(
  statement: ObjectiveStatement,
  sample: Sample,
  foldOf: readonly number[],
  strong: number,
): CrossFitted {
  const { rows, models } = sample.predictions
  const all: Realised = {
    quality: new Float64Array(rows),
    costUsd: new Float64Array(rows),
    chosen: new Float64Array(rows * models),
  }
  const folds = Array.from({ length: Math.max(...foldOf) + 1 }, (_, fold): FoldResult => {
    const places = foldOf.flatMap((one, row) => (one === fold ? [row] : []))
    const rate = findRate(
      statement,
      rowsWhere(sample, (row) => foldOf[row] !== fold),
      strong,
    )
    const realised = realise(
      rowsWhere(sample, (row) => foldOf[row] === fold),
      rate,
    )
    places.forEach((row, place) => {
      all.quality[row] = realised.quality[place]!
      all.costUsd[row] = realised.costUsd[place]!
      all.chosen.set(realised.chosen.subarray(place * models, (place + 1) * models), row * models)
    })
    return { rows: places.length, rate, realised }
  })
  return { folds, realised: all }
}
