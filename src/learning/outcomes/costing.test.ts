import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { createCosting } from './costing.ts'
import { priceBook } from './prices.ts'

const book = priceBook({ m: [{ input_per_m: 2, output_per_m: 10 }] }, 'prices.json')

test('recorded dollars come before all else', () => {
  const row = aRow({ outcomes: { m: { costUsd: 0.5, inputTokens: 1, outputTokens: 1 } } })
  expect(createCosting(book).costOf(row, 'm')).toEqual({ usd: 0.5, basis: 'billed' })
})

test('reported tokens are multiplied by the price', () => {
  const row = aRow({ outcomes: { m: { inputTokens: 1000, outputTokens: 100, outputChars: 9 } } })
  // (1000 x 2 + 100 x 10) / 1e6; the overhead is in the reported count already.
  expect(createCosting(book, 500).costOf(row, 'm')).toEqual({ usd: 0.003, basis: 'reported tokens' })
})

test('tokens are estimated from characters, tools and overhead', () => {
  const tools = [{ a: 1 }]
  const row = aRow({ prompt: 'x'.repeat(33), tools, outcomes: { m: { outputChars: 400 } } })
  // ((33 + 9) / 4 + 10) input and 100 output tokens.
  expect(JSON.stringify(tools)).toHaveLength(9)
  expect(createCosting(book, 10).costOf(row, 'm')).toEqual({
    usd: (20.5 * 2 + 100 * 10) / 1e6,
    basis: 'estimated tokens',
  })
})

test('without a price or an output length the cost is unknown, never 0', () => {
  const row = aRow({ outcomes: { m: {}, unpriced: { outputChars: 4 } } })
  const { costOf } = createCosting(book)
  expect(costOf(row, 'm')).toBeNull()
  expect(costOf(row, 'unpriced')).toBeNull()
  expect(costOf(row, 'absent')).toBeNull()
  expect(createCosting(null).costOf(row, 'm')).toBeNull()
})
