/** An episode that has a limit of money: as it runs out cheaper models answer, and the last step is answered still. */

import { byCost, type Candidate, expectedUsd } from '../../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../../domain/non-empty.ts'
import type { EpisodeFacts } from '../../domain/strategy.ts'

export type EpisodeRules = { readonly usd: number; readonly steps: number }

export type EpisodeMoney = {
  /** Of the dollars, the share that is spent: 0 or more. */
  readonly spentShare: number
  readonly leftUsd: number
  /** What money is worth by now, as a multiple of what it was worth at the beginning: 1 or more. */
  readonly pressure: number
}

/**
 * Ahead of its pace an episode minds money more: by (steps left / money left)^2, both as shares of their wholes. Behind it, it
 * does not mind it less: what is saved at the beginning is for errors later on.
 */
export function episodeMoney(spent: EpisodeFacts | undefined, { usd, steps }: EpisodeRules): EpisodeMoney {
  const spentShare = (spent?.usd ?? 0) / usd
  const stepsLeft = Math.max(1, steps - (spent?.steps ?? 0)) / steps
  const moneyLeft = Math.max(1e-6, 1 - spentShare)
  return {
    spentShare,
    leftUsd: Math.max(0, usd * (1 - spentShare)),
    pressure: Math.min(mostPressure, Math.max(1, (stepsLeft / moneyLeft) ** 2)),
  }
}

const mostPressure = 1e6

/** Steps that the money should still do for: no model is asked that would take it all at once. */
const stepsInReserve = 3

/**
 * Who may be asked: whose answer leaves money for a few more steps like it; near the end, whose answer can be paid; after it,
 * the cheapest alone, for an agent that is cut off in the middle of a task has spent all of it for nothing.
 */
export function payableFrom(
  candidates: NonEmpty<Candidate>,
  { leftUsd }: EpisodeMoney,
): { readonly candidates: NonEmpty<Candidate>; readonly limited: 'none' | 'some' | 'cheapest' } {
  for (const reserve of [stepsInReserve, 1]) {
    const payable = candidates.filter((one) => expectedUsd(one) * reserve <= leftUsd)
    if (isNonEmpty(payable))
      return { candidates: payable, limited: payable.length === candidates.length ? 'none' : 'some' }
  }
  return { candidates: [byCost(candidates)[0]!], limited: 'cheapest' }
}

export const saidOfMoney = ({ spentShare }: EpisodeMoney, { usd }: EpisodeRules): string =>
  `${Math.round(spentShare * 100)} % of the episode's $${usd} is spent`
