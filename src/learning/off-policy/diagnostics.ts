/**
 * Whether a log can say anything of a policy. Weights w = pi / p must be 1 on average, and no few decisions may hold most of them
 * (effective sample size: Kish 1965; Owen 2013, "Monte Carlo theory, methods and examples", chapter 9). Where one of these
 * fails, estimates that go by weights are not reported: they would be precise about the wrong thing.
 */

import { meanByUnit, sumByUnit } from './unit-values.ts'
import type { LoggedRow, MetricRow, TargetPolicy } from './logged-row.ts'
import { varianceOf } from '../../statistics/moments.ts'
import { rowWeights } from './estimators.ts'

export type Diagnostics = {
  readonly decisions: number
  /** Decisions with a known outcome. */
  readonly seen: number
  /** (sum w)^2 / sum w^2 over units. */
  readonly effectiveSampleSize: number
  readonly meanWeight: number
  readonly meanWeightError: number
  /** Of one unit, of all weight. */
  readonly greatestShare: number
  /** Decisions on which the policy would do what the log could not have done. */
  readonly unsupported: number
  /** Some of them. */
  readonly unsupportedIds: readonly string[]
  /** The share of the policy's choices, over all decisions, that the log could not have made. */
  readonly unsupportedShare: number
  /** Decisions whose propensity is not on record. */
  readonly withoutPropensity: number
  /** The share of decisions whose choice the log did not leave to chance. */
  readonly certainShare: number
  /** Why weighted estimates can't be trusted; empty: they can. */
  readonly failures: readonly string[]
}

export const leastEffective = 100
const leastEffectiveShare = 0.01
const mostOfOneUnit = 0.05
const mostErrors = 3
const idsShown = 10

export function diagnose(
  logged: readonly LoggedRow[],
  rows: readonly MetricRow[],
  target: TargetPolicy,
): Diagnostics {
  const units = rows.map(({ unit }) => unit)
  const weights = rowWeights(rows, target.choices)
  const moments = meanByUnit(units, weights)
  const byUnit = sumByUnit(
    units,
    weights.map((numerator) => ({ numerator, denominator: 1 })),
  ).map(({ numerator }) => numerator)
  const sum = byUnit.reduce((total, weight) => total + weight, 0)
  const squares = byUnit.reduce((total, weight) => total + weight * weight, 0)
  const missing = logged.map((row, place) => unsupportedShareOf(row, target.choices[place]!))
  const ids = logged.flatMap(({ id }, place) => (missing[place]! > supportTolerance ? [id] : []))
  const measured = {
    decisions: rows.length,
    seen: rows.filter(({ seen }, place) => seen.some(({ action }) => !logged[place]!.actions[action]!.fixed))
      .length,
    effectiveSampleSize: squares > 0 ? (sum * sum) / squares : 0,
    meanWeight: rows.length === 0 ? 0 : moments.mean,
    meanWeightError: Math.sqrt(varianceOf(moments) / Math.max(1, byUnit.length)),
    greatestShare: sum > 0 ? byUnit.reduce((most, weight) => Math.max(most, weight), 0) / sum : 0,
    unsupported: ids.length,
    unsupportedIds: ids.slice(0, idsShown),
    unsupportedShare: missing.reduce((total, share) => total + share, 0) / Math.max(1, rows.length),
    withoutPropensity: logged.filter(({ actions, chosen }) => actions[chosen]?.seen?.propensity === null)
      .length,
    certainShare: logged.filter(isCertain).length / Math.max(1, logged.length),
  }
  return { ...measured, failures: failuresOf(measured, byUnit.length) }
}

const supportTolerance = 1e-9

/** The log's choice was certain: it would have shown no other outcome. */
const isCertain = ({ actions }: LoggedRow): boolean =>
  actions.some(({ seen, fixed }) => seen?.propensity === 1 && !fixed)

/**
 * What the policy would do on this decision with models that the log, certain of another one, had no chance of trying. Of decisions left
 * to chance only the chosen model's probability is on record: what is missing there shows in the mean of the weights.
 */
function unsupportedShareOf(row: LoggedRow, choice: readonly number[]): number {
  if (!isCertain(row)) return 0
  return row.actions.reduce((sum, { seen }, action) => (seen === null ? sum + choice[action]! : sum), 0)
}

function failuresOf(measured: Omit<Diagnostics, 'failures'>, units: number): readonly string[] {
  const { effectiveSampleSize, meanWeight, meanWeightError, greatestShare, unsupported } = measured
  const failures: string[] = []
  if (measured.withoutPropensity > 0)
    failures.push(
      `${measured.withoutPropensity} of ${measured.decisions} decisions have no propensity on record, without which only the direct method and full information can tell something`,
    )
  if (unsupported > 0)
    failures.push(
      `on ${unsupported} of ${measured.decisions} decisions it would choose a model that the log had no chance of choosing (${measured.unsupportedIds.slice(0, 3).join(', ')}${unsupported > 3 ? ', …' : ''})`,
    )
  if (effectiveSampleSize < Math.max(leastEffective, leastEffectiveShare * units))
    failures.push(
      `the log is worth ${effectiveSampleSize.toFixed(1)} decisions of this policy's own, and ${Math.ceil(Math.max(leastEffective, leastEffectiveShare * units))} are needed`,
    )
  // Without any spread the error is what rounding leaves.
  if (Math.abs(meanWeight - 1) > mostErrors * meanWeightError + 1e-6)
    failures.push(
      `the weights have the mean ${meanWeight.toFixed(3)} ± ${meanWeightError.toFixed(3)} where 1 is due: the propensities on record are not those that were acted on, or the log never tries some of its choices`,
    )
  if (greatestShare > mostOfOneUnit)
    failures.push(
      `${(100 * greatestShare).toFixed(1)} % of all weight is on one session or decision, and ${100 * mostOfOneUnit} % is the most`,
    )
  return failures
}
