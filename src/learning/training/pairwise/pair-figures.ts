import { sigmoid } from '../../../estimate/log-odds.ts'
import type { PairwiseCalibration } from '../../../estimate/quality/pairwise-weights.ts'
import { auroc, calibration } from '../../evaluation/calibration.ts'
import { deviationOf } from '../fit-calibration.ts'
import { fitPlatt } from '../platt.ts'

/** How well chances of winning fit comparisons that they were not fitted on. */
export type PairFigures = {
  /** Mean cross-entropy in nats; ties count as half a win. */
  readonly logLoss: number
  /** Share of the comparisons that are no ties in which the side with the higher chance won. */
  readonly accuracy: number | null
  /**
   * Chance that, of two comparisons, the one that the model of the higher rating won has the higher chance of that; ties are
   * left out. Ratings alone have 0.5 where there are but two models.
   */
  readonly auroc: number | null
  readonly calibrationError: number
}

/** Comparisons with what an estimator says of them: differences in log-odds of a fit without their fold. */
export type Judged = {
  readonly differences: Float64Array
  readonly shares: Float64Array
  readonly folds: ArrayLike<number>
}

/**
 * The slope of sigmoid(slope d), on every comparison from both sides: then the intercept of Platt's fit vanishes. A rising
 * straight line rather than isotonic steps: within a step a threshold could not tell prompts apart.
 */
export function fitSlope({ differences, shares }: Pick<Judged, 'differences' | 'shares'>): number {
  const scores = Float64Array.from([...differences, ...differences.map((difference) => -difference)])
  const targets = Float64Array.from([...shares, ...shares.map((share) => 1 - share)])
  return fitPlatt(scores, targets).slope
}

export function fitCalibration(judged: Judged): PairwiseCalibration {
  const slope = fitSlope(judged)
  const chances = Array.from(judged.differences, (difference) => sigmoid(slope * difference))
  return { slope, deviation: deviationOf(chances, [...judged.shares]) }
}

/** Each fold's slope is fitted on the other folds. The stronger model has to stand first in every comparison. */
export function pairFigures(judged: Judged): PairFigures {
  const { shares } = judged
  const chances = crossFittedChances(judged)
  const decided = Array.from(shares, (_, index) => index).filter((index) => shares[index] !== 0.5)
  const right = decided.reduce((sum, index) => sum + rightness(chances[index]!, shares[index]!), 0)
  const { logLoss, ece } = calibration(chances, shares)
  return {
    logLoss,
    accuracy: decided.length === 0 ? null : right / decided.length,
    auroc: aurocWithinFolds(chances, judged, decided),
    calibrationError: ece,
  }
}

/**
 * The mean over folds. Folds may not be thrown together: the fewer wins one holds, the more the fits for it have seen, so
 * that even ratings alone would seem to rank comparisons, backwards.
 */
function aurocWithinFolds(
  chances: Float64Array,
  { shares, folds }: Judged,
  decided: readonly number[],
): number | null {
  let sum = 0
  let count = 0
  for (const fold of new Set(Array.from(folds))) {
    const members = decided.filter((index) => folds[index] === fold)
    const area = auroc(pick(chances, members), pick(shares, members))
    if (Number.isNaN(area)) continue
    sum += area * members.length
    count += members.length
  }
  return count === 0 ? null : sum / count
}

/** A chance of exactly a half is half right. */
const rightness = (chance: number, share: number): number =>
  chance === 0.5 ? 0.5 : chance > 0.5 === share > 0.5 ? 1 : 0

const pick = (values: Float64Array, places: readonly number[]): Float64Array =>
  Float64Array.from(places, (place) => values[place]!)

function crossFittedChances({ differences, shares, folds }: Judged): Float64Array {
  const slopes = new Map<number, number>()
  for (const fold of new Set(Array.from(folds))) {
    const others = Array.from(shares, (_, index) => index).filter((index) => folds[index] !== fold)
    slopes.set(fold, fitSlope({ differences: pick(differences, others), shares: pick(shares, others) }))
  }
  return differences.map((difference, index) => sigmoid(slopes.get(folds[index]!)! * difference))
}
