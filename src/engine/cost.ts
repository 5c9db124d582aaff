import type { Usage } from '../domain/answer.ts'
import { type MicroUsd, microUsd } from '../domain/money.ts'
import type { Price, Prices } from '../domain/model.ts'

/**
 * What a call cost: (input - cached reads - cache writes) x input price, and each other kind of token at its own price.
 * Prices are dollars per million tokens. `null` where tokens were used whose price is not known; a local model's prices are 0.
 */
export function costOf(usage: Usage, prices: Prices): MicroUsd | null {
  const { cachedReadTokens, cacheWriteTokens } = usage
  const longTokens = Math.min(usage.longCacheWriteTokens ?? 0, cacheWriteTokens)
  // Vendors have reported more cached tokens than tokens; a negative count would make the call cheaper than it was.
  const plainTokens = Math.max(0, usage.inputTokens - cachedReadTokens - cacheWriteTokens)
  const dollars =
    (charge(plainTokens, prices.input) +
      charge(cachedReadTokens, prices.cachedRead) +
      charge(cacheWriteTokens - longTokens, prices.cacheWrite) +
      charge(longTokens, prices.longCacheWrite ?? prices.cacheWrite) +
      charge(usage.outputTokens, prices.output)) /
    1e6
  return Number.isNaN(dollars) ? null : microUsd(dollars)
}

/** NaN for an unknown price: it makes the whole sum unknown. */
function charge(tokens: number, price: Price): number {
  if (tokens === 0) return 0
  return price === 'unknown' ? Number.NaN : tokens * price
}

/** The sum of the costs of several calls; one unknown makes it unknown. */
export function sumOfCosts(costs: readonly (MicroUsd | null)[]): MicroUsd | null {
  let sum = 0
  for (const cost of costs) {
    if (cost === null) return null
    sum += cost
  }
  return sum as MicroUsd
}

const names = new WeakMap<Prices, string>()

/**
 * What the ledger calls a set of prices: the prices themselves, in dollars per million tokens, so that a row can be
 * reckoned again when the list has long changed.
 */
export function nameOfPrices(prices: Prices): string {
  const known = names.get(prices)
  if (known !== undefined) return known
  const { input, cachedRead, cacheWrite, longCacheWrite = cacheWrite, output } = prices
  const name = `in ${input}, read ${cachedRead}, write ${cacheWrite}, write 1h ${longCacheWrite}, out ${output}`
  names.set(prices, name)
  return name
}
