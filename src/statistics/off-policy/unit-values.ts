/** Rows added up by unit, so that intervals go by what is independent. */

import { type Moments, momentsOf } from '../../statistics/moments.ts'

export type Pair = { readonly numerator: number; readonly denominator: number }

/** `pairs[i]` belongs to `units[i]`. */
export function sumByUnit(units: readonly string[], pairs: readonly Pair[]): readonly Pair[] {
  const sums = new Map<string, { numerator: number; denominator: number }>()
  units.forEach((unit, place) => {
    const { numerator, denominator } = pairs[place]!
    const sum = sums.get(unit)
    if (sum) {
      sum.numerator += numerator
      sum.denominator += denominator
    } else sums.set(unit, { numerator, denominator })
  })
  return [...sums.values()]
}

/**
 * Sum of numerators over sum of denominators, as if it were the mean of independent values, one a unit (the delta method).
 * NaN where all denominators are 0.
 */
export function ratioByUnit(units: readonly string[], pairs: readonly Pair[]): Moments {
  const sums = sumByUnit(units, pairs)
  const denominator = sums.reduce((sum, one) => sum + one.denominator, 0)
  const ratio = sums.reduce((sum, one) => sum + one.numerator, 0) / denominator
  const scale = denominator / sums.length
  const about = momentsOf(sums.map((one) => (one.numerator - ratio * one.denominator) / scale))
  return { ...about, mean: ratio }
}

/** Mean over rows of one value each. */
export const meanByUnit = (units: readonly string[], values: readonly number[]): Moments =>
  ratioByUnit(
    units,
    values.map((numerator) => ({ numerator, denominator: 1 })),
  )
