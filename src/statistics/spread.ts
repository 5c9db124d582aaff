/**
 * How far an estimate may be off, and how far that itself can be known. A normal interval needs three things of an estimate:
 * its variance, how lopsided it still is, and how uncertain its variance is. The last is what rare outcomes and heavy tails
 * spoil: the variance of a sample variance is v^2 (kurtosis - 1) / n, so that ten failures in a thousand calls tell the
 * variance to a third of its value, and a cost that once in a thousand calls is a hundred times the rest does not tell it at all.
 * Sums and differences of independent estimates add up by their cumulants.
 */

import type { Moments } from './moments.ts'

export type Spread = {
  /** Of the estimate, not of one value. */
  readonly variance: number
  /** Third cumulant of the estimate. */
  readonly third: number
  /** Variance of `variance`. */
  readonly varianceOfVariance: number
  /** Independent units that it stands on. */
  readonly units: number
}

/** Of the mean of so many independent values. */
export function spreadOfMean({ count, m2, m3, m4 }: Moments): Spread {
  if (count < 2) return { variance: 0, third: 0, varianceOfVariance: 0, units: count }
  const population = Math.max(0, m2) / count
  const fourth = Math.max(m4 / count, population * population)
  return {
    variance: Math.max(0, m2) / (count - 1) / count,
    third: m3 / count ** 3,
    varianceOfVariance: (fourth - population * population) / count ** 3,
    units: count,
  }
}

/** Of `factor` times the estimate. */
export const scaled = (spread: Spread, factor: number): Spread => ({
  variance: spread.variance * factor ** 2,
  third: spread.third * factor ** 3,
  varianceOfVariance: spread.varianceOfVariance * factor ** 4,
  units: spread.units,
})

/** Of the sum of independent estimates. */
export const added = (spreads: readonly Spread[]): Spread => ({
  variance: sumOf(spreads, 'variance'),
  third: sumOf(spreads, 'third'),
  varianceOfVariance: sumOf(spreads, 'varianceOfVariance'),
  units: sumOf(spreads, 'units'),
})

/**
 * The sum where each part must be known for itself: it is no more certain of its variance than the least certain part. A small arm in
 * which nothing has failed yet looks as if it added no variance, and it is the one that adds most.
 */
export function addedWarily(parts: readonly Spread[]): Spread {
  const sum = added(parts)
  return atLeastAsUncertain(sum, parts)
}

/** Of `spread`, with a variance that is no better known, relatively, than those of `others`. */
export function atLeastAsUncertain(spread: Spread, others: readonly Spread[]): Spread {
  const error = Math.max(...others.map(varianceError))
  return {
    ...spread,
    varianceOfVariance: Math.max(spread.varianceOfVariance, (error * spread.variance) ** 2),
  }
}

const sumOf = (spreads: readonly Spread[], field: keyof Spread): number =>
  spreads.reduce((sum, spread) => sum + spread[field], 0)

/** What must hold before a normal interval is given. Chosen by simulation (docs/statistics.md), and stricter where it is watched. */
export type TrustRules = {
  readonly minUnits: number
  /** The most that the variance's relative standard error may be. Below 1 / caution. */
  readonly maxVarianceError: number
  /** See `cautiousVariance`. */
  readonly caution: number
}

export const watchedRules: TrustRules = { minUnits: 50, maxVarianceError: 0.3, caution: 3 }
export const onceRules: TrustRules = { minUnits: 50, maxVarianceError: 0.44, caution: 2.1 }

/** Relative standard error of the variance; infinite where none has been seen. */
const varianceError = ({ variance, varianceOfVariance }: Spread): number =>
  variance > 0 ? Math.sqrt(Math.max(0, varianceOfVariance)) / variance : Number.POSITIVE_INFINITY

/** Why no interval can be given; `null`: one can. */
export function distrust(spread: Spread, rules: TrustRules): string | null {
  const { variance, units } = spread
  if (units < rules.minUnits) return `${units} units are too few: ${rules.minUnits} are needed`
  if (!(variance > 0) || !Number.isFinite(variance))
    return 'the values have shown no variation yet, so that nothing says how far they may be off'
  const error = varianceError(spread)
  if (error <= rules.maxVarianceError) return null
  if (!Number.isFinite(error)) return 'a part of the values has shown no variation yet'
  // The square of the relative error falls as 1 / units.
  const needed = Math.ceil(units * (error / rules.maxVarianceError) ** 2)
  return `a few values make up most of the variance: of ${units} units, about ${needed} would be needed if the rest is alike`
}

/**
 * The largest variance that agrees with what was seen: v / (1 - caution * e), e its relative standard error at that larger
 * value. A sample whose few great values have not come yet looks better than it is, and this is what makes up for them.
 */
export const cautiousVariance = (spread: Spread, { caution }: TrustRules): number =>
  spread.variance / (1 - caution * varianceError(spread))

/**
 * Half-widths below and above an estimate: `deviations` of the cautious deviation, and on the long side what Edgeworth's
 * expansion adds for the skewness, (2 z^2 + 1) / 6 times that of the estimate (Hall 1983). The short side is never drawn in.
 */
export function halfWidths(
  spread: Spread,
  deviations: number,
  rules: TrustRules,
): { readonly below: number; readonly above: number } {
  const deviation = Math.sqrt(cautiousVariance(spread, rules))
  const skewness = spread.third / spread.variance ** 1.5
  const plain = deviation * deviations
  const longer = deviation * (deviations + (Math.abs(skewness) * (2 * deviations ** 2 + 1)) / 6)
  return skewness >= 0 ? { below: plain, above: longer } : { below: longer, above: plain }
}
