import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hedgeBook, noteSpent, nothingSpent, spendExtra } from './hedge-spending.ts'

describe('what second calls may cost', () => {
  test('is a share of what requests have cost', () => {
    const spending = nothingSpent()
    expect(spendExtra(spending, 0.01, 0.05)).toBe(false)
    for (let request = 0; request < 21; request++) noteSpent(spending, 0.01)
    expect(spendExtra(spending, 0.01, 0.05)).toBe(true)
    expect(spendExtra(spending, 0.01, 0.05)).toBe(false)
  })

  test('is nothing where the price is not known, whatever was spent', () => {
    const spending = nothingSpent()
    noteSpent(spending, 1e9)
    expect(spendExtra(spending, Number.POSITIVE_INFINITY, 1)).toBe(false)
    expect(spendExtra(spending, Number.NaN, 1)).toBe(false)
  })

  test('stays within the share over all time, whatever is asked for', () => {
    const usd = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.record({ spent: usd, extra: usd }), { maxLength: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (requests, share) => {
          const spending = nothingSpent()
          let spent = 0
          let extra = 0
          for (const request of requests) {
            if (spendExtra(spending, request.extra, share)) extra += request.extra
            noteSpent(spending, request.spent)
            spent += request.spent
          }
          expect(extra).toBeLessThanOrEqual(share * spent + 1e-9)
        },
      ),
    )
  })

  test('is counted for each policy by itself', () => {
    const book = hedgeBook()
    noteSpent(book('auto'), 1)
    expect(book('auto').spentUsd).toBe(1)
    expect(book('support').spentUsd).toBe(0)
  })
})
