/**
 * Off-policy estimators: what a policy would have come to, by the log of another. With pi the policy's probability of an action,
 * p that of the log's showing its outcome, w = pi / p, and q the cross-fitted prediction:
 *
 *   direct       mean of sum_a pi(a) q(a): as good as q, which the log can't check where it never went
 *   ips          mean of min(w, M) r, M = sqrt(n) (Horvitz-Thompson; clipped: Ionides 2008)
 *   snips        sum w r / sum w (Swaminathan and Joachims 2015)
 *   dr           mean of sum_a pi(a) q(a) + w (r - q) (Dudík, Langford, Li 2011)
 *   sndr         the same with the corrections over sum w instead of n
 *   switch-dr    the same without the corrections whose w is above a limit (Wang, Agarwal, Dudík 2017)
 *
 * Clipping and switching make a bias. For scores from 0 to 1 it is bounded, since E[w] = 1: what was cut off, 1 - E[min(w, M)], is worth between
 * 0 and as much, and the interval reaches over both. Nothing bounds a cost: then the interval is withheld.
 */

import { unreachable } from '../../domain/unreachable.ts'
import { estimateInterval, meanInterval } from '../../statistics/mean-interval.ts'
import { type Reading, withheld } from '../../statistics/interval.ts'
import type { Moments } from '../../statistics/moments.ts'
import { meanByUnit, ratioByUnit } from '../../statistics/off-policy/unit-values.ts'
import { correctedSpread } from '../../statistics/off-policy/weights.ts'
import type { LoggedMetric, MetricRow } from './logged-row.ts'

export const estimators = ['direct', 'ips', 'snips', 'dr', 'sndr', 'switch-dr'] as const
export type Estimator = (typeof estimators)[number]

export type EstimateOptions = {
  readonly alpha: number
  readonly metric: LoggedMetric
  /** Weights above it are cut; absent: the square root of the number of rows. */
  readonly clipAt?: number
  /** Weights above it are not corrected for; absent: the same. */
  readonly switchAt?: number
}

/** `choices[i]` are the policy's probabilities of the actions of `rows[i]`. */
export function estimate(
  estimator: Estimator,
  rows: readonly MetricRow[],
  choices: readonly (readonly number[])[],
  options: EstimateOptions,
): Reading {
  if (rows.length === 0) return withheld(null, 'there are no decisions')
  const terms = rows.map((row, place) => termsOf(row, choices[place]!))
  const units = rows.map(({ unit }) => unit)
  switch (estimator) {
    case 'direct':
      return withheld(
        meanByUnit(
          units,
          terms.map(({ direct }) => direct),
        ).mean,
        'it is as far off as the predictions are, and the log can not bound that',
      )
    case 'ips':
      return clipped(units, terms, options)
    case 'snips':
      return terms.every((one) => weightOf(one) === 0)
        ? neverChosen(null)
        : ofMoments(ratioByUnit(units, terms.map(weightedOutcome)), options)
    case 'dr':
      return corrected(meanByUnit(units, terms.map(doublyRobust)), units, terms, options)
    case 'sndr':
      return selfNormalised(units, terms, options)
    case 'switch-dr':
      return switched(units, terms, options)
    default:
      return unreachable(estimator)
  }
}

type Terms = {
  /** sum_a pi(a) q(a) */
  readonly direct: number
  readonly parts: readonly {
    readonly weight: number
    readonly value: number
    readonly residual: number
  }[]
}

function termsOf({ predicted, seen }: MetricRow, choice: readonly number[]): Terms {
  let direct = 0
  predicted.forEach((value, action) => {
    direct += choice[action]! * value
  })
  const parts = seen.flatMap(({ action, value, probability }) => {
    const weight = choice[action]! / probability
    return weight === 0 ? [] : [{ weight, value, residual: value - predicted[action]! }]
  })
  return { direct, parts }
}

/** The doubly robust terms of rows, of which differences of policies are made. */
export const doublyRobustTerms = (
  rows: readonly MetricRow[],
  choices: readonly (readonly number[])[],
): readonly number[] => rows.map((row, place) => doublyRobust(termsOf(row, choices[place]!)))

/** How much each row counts: the sum of w over what is seen of it. */
export const rowWeights = (
  rows: readonly MetricRow[],
  choices: readonly (readonly number[])[],
): readonly number[] => rows.map((row, place) => weightOf(termsOf(row, choices[place]!)))

const weightOf = ({ parts }: Terms): number => parts.reduce((sum, { weight }) => sum + weight, 0)

const weightedOutcome = (terms: Terms) => ({
  numerator: terms.parts.reduce((sum, { weight, value }) => sum + weight * value, 0),
  denominator: weightOf(terms),
})

const doublyRobust = ({ direct, parts }: Terms): number =>
  parts.reduce((sum, { weight, residual }) => sum + weight * residual, direct)

const neverChosen = (estimate: number | null): Reading =>
  withheld(estimate, 'the log never chose what this policy would')

const ofMoments = (moments: Moments, { alpha }: EstimateOptions): Reading => meanInterval(moments, alpha)

function corrected(
  moments: Moments,
  units: readonly string[],
  terms: readonly Terms[],
  { alpha }: EstimateOptions,
): Reading {
  if (terms.every((one) => weightOf(one) === 0)) return neverChosen(moments.mean)
  const outcomes = ratioByUnit(units, terms.map(weightedOutcome))
  return estimateInterval(moments.mean, correctedSpread(moments, outcomes), alpha)
}

function clipped(units: readonly string[], terms: readonly Terms[], options: EstimateOptions): Reading {
  const limit = options.clipAt ?? Math.sqrt(terms.length)
  const cut = terms.some(({ parts }) => parts.some(({ weight }) => weight > limit))
  const sums = (of: (value: number) => number) =>
    terms.map(({ parts }) =>
      parts.reduce((sum, { weight, value }) => sum + Math.min(weight, limit) * of(value), 0),
    )
  const gained = meanByUnit(
    units,
    sums((value) => value),
  )
  if (!cut) return ofMoments(gained, options)
  if (options.metric === 'usd') return withheld(gained.mean, unboundedBias('cut', limit))
  const lost = meanByUnit(
    units,
    sums((value) => 1 - value),
  )
  return between(
    gained.mean,
    ofMoments(gained, options),
    ofMoments(lost, options),
    (reading) => 1 - reading.low,
  )
}

function switched(units: readonly string[], terms: readonly Terms[], options: EstimateOptions): Reading {
  const limit = options.switchAt ?? Math.sqrt(terms.length)
  const kept = terms.map(({ direct, parts }) => ({
    direct,
    parts: parts.filter(({ weight }) => weight <= limit),
  }))
  const mean = meanByUnit(units, kept.map(doublyRobust))
  if (kept.every(({ parts }, place) => parts.length === terms[place]!.parts.length))
    return corrected(mean, units, terms, options)
  if (options.metric === 'usd') return withheld(mean.mean, unboundedBias('left out', limit))
  // The corrections left out lie within ± their weights, whose mean is 1 less that of the weights kept.
  const least = meanByUnit(
    units,
    kept.map((one) => doublyRobust(one) + weightOf(one)),
  )
  const most = meanByUnit(
    units,
    kept.map((one) => weightOf(one) - doublyRobust(one)),
  )
  const low = shifted(ofMoments(least, options), -1)
  return between(mean.mean, low, ofMoments(most, options), (reading) => 1 - reading.low)
}

const unboundedBias = (done: string, limit: number): string =>
  `weights above ${limit.toFixed(1)} were ${done}, and nothing bounds what a cost that was not seen comes to`

const shifted = (reading: Reading, by: number): Reading =>
  reading.kind === 'withheld' ? reading : { ...reading, low: reading.low + by, high: reading.high + by }

function between(
  estimate: number,
  below: Reading,
  above: Reading,
  highOf: (above: Extract<Reading, { kind: 'interval' }>) => number,
): Reading {
  if (below.kind === 'withheld') return withheld(estimate, below.because)
  if (above.kind === 'withheld') return withheld(estimate, above.because)
  return { kind: 'interval', estimate, low: Math.max(0, below.low), high: Math.min(1, highOf(above)) }
}

/** direct + R with R = sum w (r - q) / sum w: by the delta method each unit adds its part of either. */
function selfNormalised(
  units: readonly string[],
  terms: readonly Terms[],
  options: EstimateOptions,
): Reading {
  const corrections = terms.map((one) => ({
    numerator: doublyRobust(one) - one.direct,
    denominator: weightOf(one),
  }))
  const weights = corrections.reduce((sum, { denominator }) => sum + denominator, 0)
  const direct = terms.reduce((sum, one) => sum + one.direct, 0) / terms.length
  if (weights === 0) return neverChosen(direct)
  const ratio = corrections.reduce((sum, { numerator }) => sum + numerator, 0) / weights
  const influence = terms.map((one, place) => {
    const { numerator, denominator } = corrections[place]!
    return {
      numerator: one.direct - direct + ((numerator - ratio * denominator) * terms.length) / weights,
      denominator: 1,
    }
  })
  const moments = ratioByUnit(units, influence)
  return corrected({ ...moments, mean: direct + ratio }, units, terms, options)
}
