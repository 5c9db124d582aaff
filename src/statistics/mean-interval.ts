import { studentQuantile } from './distributions.ts'
import { checkAlpha, intervalOf, type Reading, withheld } from './interval.ts'
import type { Moments } from './moments.ts'
import { distrust, halfWidths, onceRules, type Spread, spreadOfMean } from './spread.ts'

/**
 * Of the error that is allowed, this share is used; the rest is for what an approximation by the normal distribution leaves
 * out, so that the coverage of a simulation of a thousand runs is above what is stated and not about it.
 */
export const usedShare = 0.6

/** For a look taken once, at a time that does not hang on what was seen: Student's interval, widened as spread.ts says. */
export const meanInterval = (moments: Moments, alpha: number): Reading =>
  estimateInterval(moments.mean, spreadOfMean(moments), alpha)

export function estimateInterval(estimate: number, spread: Spread, alpha: number): Reading {
  checkAlpha(alpha)
  const reason = distrust(spread, onceRules)
  if (reason !== null) return withheld(spread.units === 0 ? null : estimate, reason)
  const { below, above } = halfWidths(spread, onceQuantile(spread, alpha), onceRules)
  return intervalOf(estimate, estimate - below, estimate + above)
}

/** Deviations on either side for a two-sided error of `alpha`. */
export const onceQuantile = ({ units }: Spread, alpha: number): number =>
  studentQuantile(1 - (usedShare * alpha) / 2, Math.max(1, units - 1))
