/**
 * Sums over decisions that hang together, from which estimates get their intervals and are found fit to be trusted. A rival is what
 * would have been chosen instead; w = 1 / (propensity x chance of being graded) where the log chose as the rival would and it is known
 * what came of it, else 0. The same questions as `fairlead replay` asks of a log (Owen 2013, chapter 9): w must be 1 on average, and
 * no few decisions may hold most of it.
 */

import { type Reading, withheld } from '../../statistics/interval.ts'
import { watchedInterval } from '../../statistics/asymptotic-sequence.ts'
import { type Moments, momentsOf, varianceOf } from '../../statistics/moments.ts'
import { atLeastAsUncertain, spreadOfMean } from '../../statistics/spread.ts'

/** What one decision adds. */
export type Term = {
  /** The rival might have been chosen there. */
  readonly able: boolean
  /** What the rival would have come to less what was earned, estimated. */
  readonly difference: number
  readonly weight: number
  /** w times what came. */
  readonly weighted: number
}

type Field = 'rows' | 'able' | 'difference' | 'weight' | 'weighted'
type UnitSums = Record<Field, number>

export type Tally = {
  readonly add: (unit: string, term: Term) => void
  /** The sum of differences over the decisions so far; the interval holds at all looks together, with this error. */
  readonly reading: (alpha: number) => Reading
  /** Decisions of the rival's own that the log is worth: (sum w)^2 / sum w^2. */
  readonly effective: () => number
}

export const leastEffective = 100
const leastEffectiveShare = 0.01
const mostOfOneUnit = 0.05
const mostErrors = 3

export function createTally(): Tally {
  const units = new Map<string, UnitSums>()
  const add = (unit: string, { able, difference, weight, weighted }: Term): void => {
    const sums = units.get(unit) ?? { rows: 0, able: 0, difference: 0, weight: 0, weighted: 0 }
    sums.rows++
    if (able) sums.able++
    sums.difference += difference
    sums.weight += weight
    sums.weighted += weighted
    units.set(unit, sums)
  }
  const all = () => [...units.values()]
  return {
    add,
    effective: () => effectiveOf(all()),
    reading: (alpha) => {
      const sums = all()
      const failures = failuresOf(sums)
      if (failures.length > 0) return withheld(null, failures.join('; '))
      const moments = ratioOf(sums, 'difference', 'rows')
      // Corrections that have not come yet leave no trace in the differences: they are no better known than what came is.
      const spread = atLeastAsUncertain(spreadOfMean(moments), [
        spreadOfMean(ratioOf(sums, 'weighted', 'weight')),
      ])
      return times(watchedInterval(moments.mean, spread, alpha), total(sums, 'rows'))
    },
  }
}

const total = (sums: readonly UnitSums[], field: Field): number =>
  sums.reduce((sum, one) => sum + one[field], 0)

/** Of worths, which are about 1: what is smaller is no variation. */
const rounding = 1e-12

/** Sum over sum, as if it were the mean of independent values, one a unit (the delta method). */
function ratioOf(sums: readonly UnitSums[], numerator: Field, denominator: Field): Moments {
  const whole = total(sums, denominator)
  const ratio = total(sums, numerator) / whole
  const scale = whole / sums.length
  const about = momentsOf(
    sums.map((one) => {
      const beyond = (one[numerator] - ratio * one[denominator]) / scale
      return Math.abs(beyond) < rounding ? 0 : beyond
    }),
  )
  return { ...about, mean: ratio }
}

function times(reading: Reading, factor: number): Reading {
  if (reading.kind === 'withheld')
    return withheld(reading.estimate === null ? null : reading.estimate * factor, reading.because)
  const { estimate, low, high } = reading
  return { kind: 'interval', estimate: estimate * factor, low: low * factor, high: high * factor }
}

function effectiveOf(sums: readonly UnitSums[]): number {
  const squares = sums.reduce((sum, { weight }) => sum + weight * weight, 0)
  return squares > 0 ? total(sums, 'weight') ** 2 / squares : 0
}

/** Why the weights can't be trusted; empty: they can. */
function failuresOf(sums: readonly UnitSums[]): readonly string[] {
  const effective = effectiveOf(sums)
  const needed = Math.ceil(Math.max(leastEffective, leastEffectiveShare * sums.length))
  if (effective === 0) return ['no answer of its own that was left to chance has been graded']
  const failures: string[] = []
  if (effective < needed)
    failures.push(
      `what was left to chance is worth ${effective.toFixed(1)} graded answers of its own, and ${needed} are needed`,
    )
  const weights = ratioOf(sums, 'weight', 'able')
  const error = Math.sqrt(varianceOf(weights) / sums.length)
  // Without any spread the error is what rounding leaves.
  if (Math.abs(weights.mean - 1) > mostErrors * error + 1e-6)
    failures.push(
      `the weights have the mean ${weights.mean.toFixed(3)} ± ${error.toFixed(3)} where 1 is due: on some of these requests it had no chance of being chosen`,
    )
  const greatest = sums.reduce((most, { weight }) => Math.max(most, weight), 0) / total(sums, 'weight')
  if (greatest > mostOfOneUnit)
    failures.push(
      `${(100 * greatest).toFixed(1)} % of all weight is on one session or request, and ${100 * mostOfOneUnit} % is the most`,
    )
  return failures
}
