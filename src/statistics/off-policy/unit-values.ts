/** Rows added up by unit, so that intervals go by what is independent. */

import { type Moments, momentsOf } from '../moments.ts'

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

/** Of scores, worths and dollars of one request: what is smaller is what adding up has left, and no variation. */
const rounding = 1e-12

/**
 * Sum of numerators over sum of denominators, as if it were the mean of independent values, one a pair (the delta method).
 * NaN where all denominators are 0.
 */
export function ratioOfSums(sums: readonly Pair[]): Moments {
  const denominator = sums.reduce((sum, one) => sum + one.denominator, 0)
  const ratio = sums.reduce((sum, one) => sum + one.numerator, 0) / denominator
  const scale = denominator / sums.length
  const about = momentsOf(
    sums.map((one) => {
      const beyond = (one.numerator - ratio * one.denominator) / scale
      return Math.abs(beyond) < rounding ? 0 : beyond
    }),
  )
  return { ...about, mean: ratio }
}

/** `ratioOfSums`, one pair a unit. */
export const ratioByUnit = (units: readonly string[], pairs: readonly Pair[]): Moments =>
  ratioOfSums(sumByUnit(units, pairs))

/** Mean over rows of one value each. */
export const meanByUnit = (units: readonly string[], values: readonly number[]): Moments =>
  ratioByUnit(
    units,
    values.map((numerator) => ({ numerator, denominator: 1 })),
  )
