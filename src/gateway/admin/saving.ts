/** What routing has saved against one model for everything, with an interval and the way it was found. */

import { isAside } from '../../domain/experiment.ts'
import type { ModelId } from '../../domain/model.ts'
import { usdOf } from '../../domain/money.ts'
import { studentQuantile } from '../../statistics/distributions.ts'
import type { DecisionCost } from '../../storage/store.ts'

export type Saving = {
  readonly baseline: ModelId
  /** `hold-out`: a share of the requests, drawn at random, was answered by the baseline. `estimates`: its costs were predicted. */
  readonly by: 'hold-out' | 'estimates'
  /** Of the routed decisions. */
  readonly decisions: number
  readonly usd: number
  /** What they would have cost with the baseline. */
  readonly baselineUsd: number
  /** 1 - cost / cost of the baseline, with a 95 % interval. */
  readonly share: Interval
  /** Of the hold-out; `null` where there is none. */
  readonly heldOut: number | null
}

export type Interval = { readonly mean: number; readonly low: number; readonly high: number }

/** The experiment whose `baseline` arm is the hold-out of a policy. */
export const holdOutOf = (policy: string): string => `hold-out ${policy}`

/** Its policy is the baseline's: what it was asked for stands in the experiment. */
const isHeldOut = ({ decision }: DecisionCost): boolean =>
  decision.experiment?.id.startsWith(holdOutOf('')) === true

/** Fewer in either arm make no interval that holds. */
const fewest = 30

type Cost = { readonly cluster: string; readonly usd: number; readonly baselineUsd: number | null }

/**
 * By hold-out, where both arms have enough: the ratio of the arms' mean costs. Else by estimates: of each decision, what the
 * baseline was predicted to cost beside what was paid. Both intervals are those of a ratio of means by the delta method, over
 * sessions, since the requests of one session are alike. `null`: nothing is known to compare with.
 */
export function savingOf(found: readonly DecisionCost[], baseline: ModelId): Saving | null {
  const routed: Cost[] = []
  const held: Cost[] = []
  for (const one of found) {
    if (isAside(one.decision)) continue
    const cost = costOf(one, baseline)
    if (cost === null) continue
    if (isHeldOut(one)) held.push(cost)
    else routed.push(cost)
  }
  return byHoldOut(routed, held, baseline) ?? byEstimates(routed, baseline)
}

function costOf({ decision, outcome }: DecisionCost, baseline: ModelId): Cost | null {
  if (outcome?.status !== 'answered' || outcome.cost === null) return null
  const predicted = decision.candidates.find(({ id }) => id === baseline)?.cost
  return {
    cluster: decision.caller?.session ?? decision.id,
    usd: usdOf(outcome.cost),
    baselineUsd: predicted?.kind === 'known' ? predicted.usd.mean : null,
  }
}

function byHoldOut(routed: readonly Cost[], held: readonly Cost[], baseline: ModelId): Saving | null {
  const paid = clusters(routed, ({ usd }) => usd)
  const control = clusters(held, ({ usd }) => usd)
  if (paid.length < fewest || control.length < fewest) return null
  const [a, b] = [meanOf(paid), meanOf(control)]
  if (b.mean <= 0) return null
  const ratio = a.mean / b.mean
  // The arms are independent: relative variances add up.
  const spread = Math.abs(ratio) * Math.sqrt(relative(a) + relative(b))
  const usd = total(routed, ({ usd: one }) => one)
  return {
    baseline,
    by: 'hold-out',
    decisions: routed.length,
    usd,
    baselineUsd: b.mean * routed.length,
    share: around(1 - ratio, spread, Math.min(paid.length, control.length)),
    heldOut: held.length,
  }
}

function byEstimates(routed: readonly Cost[], baseline: ModelId): Saving | null {
  const known = routed.filter((cost): cost is Cost & { baselineUsd: number } => cost.baselineUsd !== null)
  const paid = clusters(known, ({ usd }) => usd)
  const other = clusters(known, ({ baselineUsd }) => baselineUsd)
  const [a, b] = [meanOf(paid), meanOf(other)]
  if (known.length === 0 || b.mean <= 0) return null
  const ratio = a.mean / b.mean
  // Of the same requests: the residuals of cost on the baseline's cost are what varies.
  const residuals = paid.map((one, index) => ({ sum: one.sum - ratio * other[index]!.sum, count: one.count }))
  const spread = residuals.length < 2 ? Number.POSITIVE_INFINITY : meanOf(residuals).error / b.mean
  return {
    baseline,
    by: 'estimates',
    decisions: known.length,
    usd: total(known, ({ usd }) => usd),
    baselineUsd: total(known, ({ baselineUsd }) => baselineUsd),
    share: around(1 - ratio, spread, paid.length),
    heldOut: null,
  }
}

type Cluster = { sum: number; count: number }

function clusters<T extends Cost>(costs: readonly T[], of: (cost: T) => number): readonly Cluster[] {
  const found = new Map<string, Cluster>()
  for (const cost of costs) {
    const one = found.get(cost.cluster) ?? { sum: 0, count: 0 }
    one.sum += of(cost)
    one.count += 1
    found.set(cost.cluster, one)
  }
  return [...found.values()]
}

type Mean = { readonly mean: number; readonly error: number }

/**
 * Per request, with the standard error of a ratio estimator over clusters:
 * mean = sum s_i / sum n_i, error = sqrt( k/(k-1) sum (s_i - mean n_i)^2 ) / sum n_i.
 */
function meanOf(found: readonly Cluster[]): Mean {
  const count = total(found, (one) => one.count)
  if (count === 0) return { mean: 0, error: Number.POSITIVE_INFINITY }
  const mean = total(found, ({ sum }) => sum) / count
  const k = found.length
  if (k < 2) return { mean, error: Number.POSITIVE_INFINITY }
  const squares = total(found, (one) => (one.sum - mean * one.count) ** 2)
  return { mean, error: Math.sqrt((k / (k - 1)) * squares) / count }
}

const relative = ({ mean, error }: Mean): number => (mean === 0 ? 0 : (error / mean) ** 2)

const total = <T>(list: readonly T[], of: (one: T) => number): number =>
  list.reduce((sum, one) => sum + of(one), 0)

/** 95 % by Student's t: of few sessions, a deviation says little. */
function around(mean: number, spread: number, clustersFound: number): Interval {
  if (!Number.isFinite(spread)) return { mean, low: Number.NEGATIVE_INFINITY, high: 1 }
  const reach = studentQuantile(0.975, Math.max(1, clustersFound - 1)) * spread
  return { mean, low: mean - reach, high: Math.min(1, mean + reach) }
}
