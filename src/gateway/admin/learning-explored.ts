/**
 * What a policy has booked for trying models, against what it may: the account as its saved versions saw it, and as it stands. Between two
 * versions nothing is known, and what was booked after the last one of a period is lost with the period: the total is the least that it can be. Pure.
 */

import { periodAt } from '../../domain/period.ts'
import type { BudgetRules } from '../../domain/policy.ts'

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

export type Explored = { readonly per: BudgetRules['per']; readonly points: readonly ExploredPoint[] }

export type AccountSeen = Pick<ExploredPoint, 'at' | 'spentUsd' | 'limitUsd'>

/** @param seen oldest first */
export function exploredBy(seen: readonly AccountSeen[], per: BudgetRules['per']): Explored {
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
  return { per, points }
}
