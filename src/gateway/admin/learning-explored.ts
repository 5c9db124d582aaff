/**
 * What a policy has booked for trying models, against what it may: the account as its saved versions saw it, and as it stands. Between two
 * versions nothing is known, and what was booked after the last one of a period is lost with the period: the total is the least that it can be.
 * Beside it, what the decisions of a window say themselves, which is exact but for the account's rounding up to micro-dollars. Pure.
 */

import type { Decision } from '../../domain/decision.ts'
import { isAside } from '../../domain/experiment.ts'
import { periodAt } from '../../domain/period.ts'
import type { BudgetRules } from '../../domain/policy.ts'
import { checkpoints } from './learning-thin.ts'

/** Dollars that trying was expected to cost beyond the best model. */
export type ExploredPoint = {
  /** ISO 8601, UTC. */
  readonly at: string
  /** In the period that runs. */
  readonly spentUsd: number
  readonly limitUsd: number
  /** Since the first point, over all periods. */
  readonly totalUsd: number
}

export type Explored = {
  readonly per: BudgetRules['per']
  readonly points: readonly ExploredPoint[]
  readonly recorded: RecordedTrying
}

/** By the decisions of the window, one by one. */
export type RecordedTrying = {
  /** Decisions that tried a model. */
  readonly decisions: number
  readonly usd: number
  /** Sums up to and with a decision; the first is nothing, as the window opens. */
  readonly points: readonly { readonly at: string; readonly usd: number }[]
}

/** One decision that tried a model, and the dollars that this was expected to cost beyond the best one. */
export type Tried = { readonly at: string; readonly usd: number }

/** What a decision booked; `null`: it tried nothing, or its record does not say. What is made beside the served path books nothing. */
export function triedOn(decision: Decision): Tried | null {
  const { trace, time } = decision
  if (trace.end.kind !== 'forward' || !trace.end.explores || isAside(decision)) return null
  return { at: time, usd: trace.end.explores.usd }
}

/** @param tried oldest first @param since when the window opens: the time of its first decision, ISO 8601, UTC */
export function recordedTrying(tried: readonly Tried[], since: string | null, most: number): RecordedTrying {
  const shown = checkpoints(tried.length, most)
  const points = since === null ? [] : [{ at: since, usd: 0 }]
  let total = 0
  tried.forEach(({ at, usd }, place) => {
    total += usd
    if (shown.has(place + 1)) points.push({ at, usd: total })
  })
  return { decisions: tried.length, usd: total, points }
}

export type AccountSeen = Pick<ExploredPoint, 'at' | 'spentUsd' | 'limitUsd'>

/** @param seen oldest first */
export function accountPoints(
  seen: readonly AccountSeen[],
  per: BudgetRules['per'],
): readonly ExploredPoint[] {
  const points: ExploredPoint[] = []
  for (const { at, spentUsd, limitUsd } of seen) {
    const before = points.at(-1)
    const { beganAt } = periodAt(per, new Date(at))
    // An account that holds less than before has begun anew, whatever the clock says.
    const goesOn = before !== undefined && Date.parse(before.at) >= beganAt && spentUsd >= before.spentUsd
    const total = (before?.totalUsd ?? 0) + spentUsd - (goesOn ? before.spentUsd : 0)
    const opensAt = Math.max(beganAt, before === undefined ? beganAt : Date.parse(before.at))
    if (!goesOn && opensAt < Date.parse(at))
      points.push({
        at: new Date(opensAt).toISOString(),
        spentUsd: 0,
        limitUsd,
        totalUsd: before?.totalUsd ?? 0,
      })
    points.push({ at, spentUsd, limitUsd, totalUsd: total })
  }
  return points
}
