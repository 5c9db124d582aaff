/**
 * Sums over decisions that hang together, from which estimates get their intervals and are found fit to be trusted. A rival is what
 * would have been chosen instead; w = 1 / (propensity x chance of being graded) where the log chose as the rival would and it is known
 * what came of it, else 0. The same questions as `fairlead replay` asks of a log.
 */

import { unreachable } from '../../domain/unreachable.ts'
import { watchedInterval } from '../../statistics/asymptotic-sequence.ts'
import { type Reading, withheld } from '../../statistics/interval.ts'
import { ratioOfSums } from '../../statistics/off-policy/unit-values.ts'
import {
  correctedSpread,
  type WeightFault,
  weightFaults,
  type Weights,
  weightsOf,
} from '../../statistics/off-policy/weights.ts'

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
  /** Decisions of the rival's own that the log is worth. */
  readonly effective: () => number
}

export function createTally(): Tally {
  const units = new Map<string, UnitSums>()
  const over = (numerator: Field, denominator: Field) =>
    Array.from(units.values(), (sums) => ({ numerator: sums[numerator], denominator: sums[denominator] }))
  const weights = (): Weights => weightsOf(over('weight', 'able'))
  return {
    add: (unit, { able, difference, weight, weighted }) => {
      const sums = units.get(unit) ?? { rows: 0, able: 0, difference: 0, weight: 0, weighted: 0 }
      sums.rows++
      if (able) sums.able++
      sums.difference += difference
      sums.weight += weight
      sums.weighted += weighted
      units.set(unit, sums)
    },
    effective: () => weights().effectiveSampleSize,
    reading: (alpha) => {
      const why = distrust(weights())
      if (why !== null) return withheld(null, why)
      const differences = over('difference', 'rows')
      const moments = ratioOfSums(differences)
      const spread = correctedSpread(moments, ratioOfSums(over('weighted', 'weight')))
      const rows = differences.reduce((sum, { denominator }) => sum + denominator, 0)
      return times(watchedInterval(moments.mean, spread, alpha), rows)
    },
  }
}

function times(reading: Reading, factor: number): Reading {
  if (reading.kind === 'withheld')
    return withheld(reading.estimate === null ? null : reading.estimate * factor, reading.because)
  const { estimate, low, high } = reading
  return { kind: 'interval', estimate: estimate * factor, low: low * factor, high: high * factor }
}

/** Why the weights can't be trusted; `null`: they can. */
function distrust(weights: Weights): string | null {
  if (weights.effectiveSampleSize === 0) return 'no answer of its own that was left to chance has been graded'
  const faults = weightFaults(weights)
  return faults.length === 0 ? null : faults.map(inWords).join('; ')
}

function inWords(fault: WeightFault): string {
  switch (fault.kind) {
    case 'few':
      return `what was left to chance is worth ${fault.effective.toFixed(1)} graded answers of its own, and ${fault.needed} are needed`
    case 'off':
      return `the weights have the mean ${fault.mean.toFixed(3)} ± ${fault.error.toFixed(3)} where 1 is due: on some of these requests it had no chance of being chosen`
    case 'uneven':
      return `${(100 * fault.share).toFixed(1)} % of all weight is on one session or request, and ${100 * fault.most} % is the most`
    default:
      return unreachable(fault)
  }
}
