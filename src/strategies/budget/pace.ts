/** What money is worth now, by how much of it is left and how much of the period. */

import type { BudgetFacts } from '../../domain/strategy.ts'

export type Pace = {
  /** Shares of the budget and of the period; spent may be above 1. */
  readonly spentShare: number
  readonly elapsedShare: number
  readonly leftUsd: number
}

export function paceOf({ limitUsd, spentUsd, elapsedShare }: BudgetFacts): Pace {
  return {
    spentShare: limitUsd > 0 ? Math.max(0, spentUsd / limitUsd) : 1,
    elapsedShare: Math.min(1, Math.max(0, elapsedShare)),
    leftUsd: Math.max(0, limitUsd - spentUsd),
  }
}

export type LambdaBounds = { readonly lowest: number; readonly highest: number }

/**
 * Dual pacing: lambda rises as spending runs ahead of the period and falls as it lags behind, in proportion, so that it is
 * positive and free of scale:
 *
 *     lambda = clip( base x (time left / money left) ^ strength )       both as shares of their wholes
 *
 * On pace it is the base. With nothing left it is the highest; a base of 0 (money no object) counts as the lowest.
 */
export function pacedLambda(
  base: number,
  { spentShare, elapsedShare }: Pace,
  strength: number,
  { lowest, highest }: LambdaBounds,
): number {
  const moneyLeft = 1 - spentShare
  if (moneyLeft <= 0) return highest
  const paced = Math.max(base, lowest) * ((1 - elapsedShare) / moneyLeft) ** strength
  return Math.min(highest, Math.max(lowest, paced))
}

/** Quality per dollar of what is offered: the lowest that still counts, and the highest. */
export type RatioBounds = { readonly lowest: number; readonly highest: number }

/**
 * The threshold on quality per dollar of the online knapsack (Zhou, Chakrabarty and Lukose 2008; PILOT, arXiv 2508.21141): rising
 * with the share of the money that is spent, from what buys nearly all to what buys only the best bargains.
 *
 *     (highest e / lowest)^spent x (lowest / e)
 */
export const knapsackThreshold = (spent: number, { lowest, highest }: RatioBounds): number =>
  Math.exp(Math.min(1, Math.max(0, spent)) * Math.log((highest * Math.E) / lowest)) * (lowest / Math.E)

/**
 * PILOT cuts the period into bins with an equal part of the money each, and carries over what a bin leaves: else the knapsack,
 * which knows no time, spends most of it at the front. The share of its own part that the bin under way has spent; what is carried
 * over makes it less.
 */
export function spentOfBin({ spentShare, elapsedShare }: Pace, bins: number): number {
  const bin = Math.min(bins - 1, Math.floor(elapsedShare * bins))
  const allowed = (bin + 1) / bins
  return 1 - (allowed - spentShare) * bins
}
