/**
 * Whether a log can say anything of a policy: what of the policy's choices it had no way of showing, and whether the weights of those that it
 * shows can be trusted. Where one of these fails, estimates that go by weights are not reported: they would be precise about the
 * wrong thing.
 */

import { unreachable } from '../../domain/unreachable.ts'
import { sumByUnit } from '../../statistics/off-policy/unit-values.ts'
import {
  type WeightFault,
  weightFaults,
  type Weights,
  weightsOf,
} from '../../statistics/off-policy/weights.ts'
import { rowWeights } from './estimators.ts'
import type { LoggedRow, MetricRow, TargetPolicy } from './logged-row.ts'

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

const idsShown = 10

export function diagnose(
  logged: readonly LoggedRow[],
  rows: readonly MetricRow[],
  target: TargetPolicy,
): Diagnostics {
  const weights = weightsOf(
    sumByUnit(
      rows.map(({ unit }) => unit),
      rowWeights(rows, target.choices).map((numerator) => ({ numerator, denominator: 1 })),
    ),
  )
  const missing = logged.map((row, place) => unsupportedShareOf(row, target.choices[place]!))
  const ids = logged.flatMap(({ id }, place) => (missing[place]! > supportTolerance ? [id] : []))
  const measured = {
    decisions: rows.length,
    seen: rows.filter(({ seen }, place) => seen.some(({ action }) => !logged[place]!.actions[action]!.fixed))
      .length,
    effectiveSampleSize: weights.effectiveSampleSize,
    meanWeight: weights.mean,
    meanWeightError: weights.meanError,
    greatestShare: weights.greatestShare,
    unsupported: ids.length,
    unsupportedIds: ids.slice(0, idsShown),
    unsupportedShare: missing.reduce((total, share) => total + share, 0) / Math.max(1, rows.length),
    withoutPropensity: logged.filter(({ actions, chosen }) => actions[chosen]?.seen?.propensity === null)
      .length,
    certainShare: logged.filter(isCertain).length / Math.max(1, logged.length),
  }
  return { ...measured, failures: failuresOf(measured, weights) }
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

function failuresOf(measured: Omit<Diagnostics, 'failures'>, weights: Weights): readonly string[] {
  const { decisions, unsupported, unsupportedIds, withoutPropensity } = measured
  const failures: string[] = []
  if (withoutPropensity > 0)
    failures.push(
      `${withoutPropensity} of ${decisions} decisions have no propensity on record, without which only the direct method and full information can tell something`,
    )
  if (unsupported > 0)
    failures.push(
      `on ${unsupported} of ${decisions} decisions it would choose a model that the log had no chance of choosing (${unsupportedIds.slice(0, 3).join(', ')}${unsupported > 3 ? ', …' : ''})`,
    )
  return [...failures, ...weightFaults(weights).map(inWords)]
}

function inWords(fault: WeightFault): string {
  switch (fault.kind) {
    case 'few':
      return `the log is worth ${fault.effective.toFixed(1)} decisions of this policy's own, and ${fault.needed} are needed`
    case 'off':
      return `the weights have the mean ${fault.mean.toFixed(3)} ± ${fault.error.toFixed(3)} where 1 is due: the propensities on record are not those that were acted on, or the log never tries some of its choices`
    case 'uneven':
      return `${(100 * fault.share).toFixed(1)} % of all weight is on one session or decision, and ${100 * fault.most} % is the most`
    default:
      return unreachable(fault)
  }
}
