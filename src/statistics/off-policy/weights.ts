/**
 * Whether the weights by which a log speaks of another policy can be trusted. With pi that policy's probability of an action and p that of
 * the log's showing its outcome, w = pi / p must be 1 on average, and no few units may hold most of it (effective sample size:
 * Kish 1965; Owen 2013, "Monte Carlo theory, methods and examples", chapter 9). Where one of these fails, estimates that go by
 * weights would be precise about the wrong thing.
 */

import { type Moments, varianceOf } from '../moments.ts'
import { atLeastAsUncertain, type Spread, spreadOfMean } from '../spread.ts'
import { type Pair, ratioOfSums } from './unit-values.ts'

export type Weights = {
  readonly units: number
  /** Decisions of the policy's own that the log is worth: (sum w)^2 / sum w^2 over units. */
  readonly effectiveSampleSize: number
  /** Over decisions, and its standard error over units; 0 where there are none. */
  readonly mean: number
  readonly meanError: number
  /** Of one unit, of all weight. */
  readonly greatestShare: number
}

/** @param sums one a unit: w summed over its decisions, over how many decisions the policy might have made there */
export function weightsOf(sums: readonly Pair[]): Weights {
  let [total, squares, greatest, decisions] = [0, 0, 0, 0]
  for (const { numerator, denominator } of sums) {
    total += numerator
    squares += numerator * numerator
    greatest = Math.max(greatest, numerator)
    decisions += denominator
  }
  const moments = decisions > 0 ? ratioOfSums(sums) : null
  return {
    units: sums.length,
    effectiveSampleSize: squares > 0 ? (total * total) / squares : 0,
    mean: moments?.mean ?? 0,
    meanError: moments === null ? 0 : Math.sqrt(varianceOf(moments) / sums.length),
    greatestShare: total > 0 ? greatest / total : 0,
  }
}

export type WeightFault =
  /** The log is worth too few decisions of the policy's own. */
  | { readonly kind: 'few'; readonly effective: number; readonly needed: number }
  /** Their mean is too far from 1. */
  | { readonly kind: 'off'; readonly mean: number; readonly error: number }
  /** One unit holds too much of them. */
  | { readonly kind: 'uneven'; readonly share: number; readonly most: number }

export const leastEffective = 100
const leastEffectiveShare = 0.01
const mostOfOneUnit = 0.05
const mostErrors = 3

/** Empty: they can be trusted. */
export function weightFaults({
  units,
  effectiveSampleSize: effective,
  mean,
  meanError: error,
  greatestShare: share,
}: Weights): readonly WeightFault[] {
  const faults: WeightFault[] = []
  const needed = Math.max(leastEffective, leastEffectiveShare * units)
  if (effective < needed) faults.push({ kind: 'few', effective, needed: Math.ceil(needed) })
  // Without any spread the error is what rounding leaves.
  if (Math.abs(mean - 1) > mostErrors * error + 1e-6) faults.push({ kind: 'off', mean, error })
  if (share > mostOfOneUnit) faults.push({ kind: 'uneven', share, most: mostOfOneUnit })
  return faults
}

/**
 * Of doubly robust terms. Where good predictions leave little to correct, corrections that have not come yet (a failure in a hundred) leave no
 * trace in the spread of the terms: it is no better known than that of the outcomes themselves.
 *
 * @param outcomes the mean of what came, by the same weights
 */
export const correctedSpread = (terms: Moments, outcomes: Moments): Spread =>
  atLeastAsUncertain(spreadOfMean(terms), [spreadOfMean(outcomes)])
