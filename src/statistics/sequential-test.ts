/**
 * Mixture sequential probability ratio test (Johari, Koomen, Pekelis, Walsh 2017, arXiv 1512.04922) of "no difference": with an estimate D
 * of the difference whose variance is V, and effects taken to be normal with deviation tau,
 *
 *   L = sqrt(V / (V + tau^2)) exp( tau^2 D^2 / (2 V (V + tau^2)) ),   p = min(p before, 1 / L).
 *
 * p may be looked at whenever one likes, and never rises. L is an e-value too. Where the variance can't be trusted yet
 * (spread.ts) nothing is learnt from a look.
 */

import { cautiousVariance, distrust, type Spread, watchedRules } from './spread.ts'

export type SequentialTest = {
  /** Deviation of the effects that are looked for, in the unit of the difference. Fixed before the first look. */
  readonly effectDeviation: number
  readonly pValue: number
}

/** @throws RangeError */
export function beginTest(effectDeviation: number): SequentialTest {
  if (!(effectDeviation > 0 && Number.isFinite(effectDeviation)))
    throw new RangeError(`the deviation of effects is above 0, not ${effectDeviation}`)
  return { effectDeviation, pValue: 1 }
}

export function updateTest(test: SequentialTest, difference: number, spread: Spread): SequentialTest {
  if (distrust(spread, watchedRules) !== null) return test
  return { ...test, pValue: Math.min(test.pValue, 1 / evidence(difference, spread, test.effectDeviation)) }
}

/** The e-value of a look: 1 says nothing, 20 is what a p-value of 0.05 is. */
export function evidence(difference: number, spread: Spread, effectDeviation: number): number {
  const variance = cautiousVariance(spread, watchedRules)
  const prior = effectDeviation ** 2
  const total = variance + prior
  return Math.sqrt(variance / total) * Math.exp((prior * difference ** 2) / (2 * variance * total))
}
