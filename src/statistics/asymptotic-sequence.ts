/**
 * Asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, arXiv 2103.06476): an interval for a mean
 * that may be looked at after every value, with one error for all looks together. With n values of deviation s,
 *
 *   mean ± s sqrt( (n r + 1) / (n^2 r) ln((n r + 1) / alpha^2) ),   r = (-2 ln a + ln(-2 ln a) + 1) / tightestAt,
 *
 * where r sets at which n the interval is tightest. It holds from a burn-in on: spread.ts says when, and what is added
 * for the error of s and for skewness. Merged states are the state of one pass.
 */

import { checkAlpha, intervalOf, type Reading, withheld } from './interval.ts'
import { addValue, mergeMoments, type Moments, noMoments } from './moments.ts'
import { distrust, halfWidths, type Spread, spreadOfMean, watchedRules } from './spread.ts'

export type AsymptoticSequence = { readonly moments: Moments }

export const beginAsymptotic: AsymptoticSequence = { moments: noMoments }

/** @throws RangeError for a value that is not finite */
export function updateAsymptotic({ moments }: AsymptoticSequence, value: number): AsymptoticSequence {
  if (!Number.isFinite(value)) throw new RangeError(`an observation is a finite number, not ${value}`)
  return { moments: addValue(moments, value) }
}

export const mergeAsymptotic = (a: AsymptoticSequence, b: AsymptoticSequence): AsymptoticSequence => ({
  moments: mergeMoments(a.moments, b.moments),
})

export const asymptoticInterval = (
  { moments }: AsymptoticSequence,
  alpha: number,
  tightestAt = defaultTightestAt,
): Reading => watchedInterval(moments.mean, spreadOfMean(moments), alpha, tightestAt)

/** Units at which the sequence is tightest; a few times fewer or more cost little. */
export const defaultTightestAt = 500

/** The same for any estimate that is a sum over units as they come in. */
export function watchedInterval(
  estimate: number,
  spread: Spread,
  alpha: number,
  tightestAt = defaultTightestAt,
): Reading {
  checkAlpha(alpha)
  const reason = distrust(spread, watchedRules)
  if (reason !== null) return withheld(spread.units === 0 ? null : estimate, reason)
  const { below, above } = halfWidths(
    spread,
    watchedDeviations(spread.units, alpha, tightestAt),
    watchedRules,
  )
  return intervalOf(estimate, estimate - below, estimate + above)
}

/** Standard deviations of the estimate that the boundary lies away after so many units. */
export function watchedDeviations(units: number, alpha: number, tightestAt: number): number {
  const logs = -2 * Math.log(alpha)
  const scale = (logs + Math.log(logs) + 1) / tightestAt
  const time = units * scale
  return Math.sqrt(((time + 1) / time) * Math.log((time + 1) / alpha ** 2))
}
