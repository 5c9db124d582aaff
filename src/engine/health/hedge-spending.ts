/** What second calls cost, kept within a share of what the requests of their policy cost. */

import { LRUCache } from 'lru-cache'

/**
 * Expected dollars of a policy's requests and of its second calls, as sums in which a request counts half after some seven
 * hundred more. Both shrink alike and at the same moments, so that a share that is kept at every moment is kept over all
 * time too.
 */
export type HedgeSpending = { spentUsd: number; extraUsd: number }

const keptPerRequest = 1 - 1 / 1000

export const nothingSpent = (): HedgeSpending => ({ spentUsd: 0, extraUsd: 0 })

/** By the policy's name; outlives configurations. */
export type HedgeBook = (policy: string) => HedgeSpending

const mostPolicies = 4096

export function hedgeBook(): HedgeBook {
  const book = new LRUCache<string, HedgeSpending>({ max: mostPolicies })
  return (policy) => {
    const spending = book.get(policy) ?? nothingSpent()
    book.set(policy, spending)
    return spending
  }
}

export function noteSpent(spending: HedgeSpending, usd: number): void {
  spending.spentUsd = spending.spentUsd * keptPerRequest + usd
  spending.extraUsd *= keptPerRequest
}

/** Books a second call if the share allows it. An unknown price is infinite, and never allowed. */
export function spendExtra(spending: HedgeSpending, usd: number, maxShare: number): boolean {
  const extraUsd = spending.extraUsd + usd
  if (!(extraUsd <= maxShare * spending.spentUsd)) return false
  spending.extraUsd = extraUsd
  return true
}
