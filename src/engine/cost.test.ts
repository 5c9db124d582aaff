import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noUsage, type Usage } from '../domain/answer.ts'
import type { Prices } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { costOf, nameOfPrices, sumOfCosts } from './cost.ts'

const prices: Prices = { input: 2, cachedRead: 0.5, cacheWrite: 2.5, output: 8 }
const usage = (changes: Partial<Usage>): Usage => ({ ...noUsage, source: 'reported', ...changes })

describe('costOf', () => {
  test('prices plain input, cached reads, cache writes and output apart', () => {
    const used = usage({ inputTokens: 1000, cachedReadTokens: 600, cacheWriteTokens: 100, outputTokens: 50 })
    expect(costOf(used, prices)).toBe(300 * 2 + 600 * 0.5 + 100 * 2.5 + 50 * 8)
  })

  test('prices what is kept for an hour at its own price, where there is one', () => {
    const used = usage({ inputTokens: 1000, cacheWriteTokens: 500, longCacheWriteTokens: 200 })
    expect(costOf(used, { ...prices, longCacheWrite: 4 })).toBe(500 * 2 + 300 * 2.5 + 200 * 4)
    expect(costOf(used, prices)).toBe(500 * 2 + 500 * 2.5)
    expect(costOf(used, { ...prices, longCacheWrite: 'unknown' })).toBeNull()
  })

  test('reasoning tokens are part of the output and not charged twice', () => {
    expect(costOf(usage({ outputTokens: 50, reasoningTokens: 40 }), prices)).toBe(400)
  })

  test.each(['input', 'cachedRead', 'cacheWrite', 'output'] as const)('is unknown when %s is', (name) => {
    const used = usage({ inputTokens: 30, cachedReadTokens: 10, cacheWriteTokens: 10, outputTokens: 10 })
    expect(costOf(used, { ...prices, [name]: 'unknown' })).toBeNull()
  })

  test('a price that no token needs may be unknown', () => {
    expect(costOf(usage({ inputTokens: 10, outputTokens: 1 }), { ...prices, cacheWrite: 'unknown' })).toBe(28)
  })

  test('a free model costs nothing', () => {
    const free: Prices = { input: 0, cachedRead: 0, cacheWrite: 0, output: 0 }
    expect(costOf(usage({ inputTokens: 10_000, outputTokens: 1000 }), free)).toBe(0)
  })

  test('more cached tokens than tokens never make a call cheaper than its cached reads', () => {
    expect(costOf(usage({ inputTokens: 10, cachedReadTokens: 100 }), prices)).toBe(50)
  })

  test('is a whole number of micro-dollars, and never falls with more tokens', () => {
    const tokens = fc.nat(2_000_000)
    fc.assert(
      fc.property(tokens, tokens, fc.nat(1000), (inputTokens, outputTokens, more) => {
        const less = costOf(usage({ inputTokens, outputTokens }), prices)!
        const greater = costOf(usage({ inputTokens: inputTokens + more, outputTokens }), prices)!
        return Number.isInteger(less) && greater >= less
      }),
    )
  })
})

test('prices are named by what they are', () => {
  expect(nameOfPrices(prices)).toBe('in 2, read 0.5, write 2.5, write 1h 2.5, out 8')
  expect(nameOfPrices({ ...prices, longCacheWrite: 4 })).toContain('write 1h 4')
})

test('a sum with one unknown cost is unknown', () => {
  expect(sumOfCosts([microUsd(0.5), microUsd(0.25)])).toBe(750_000)
  expect(sumOfCosts([microUsd(0.5), null])).toBeNull()
  expect(sumOfCosts([])).toBe(0)
})
