import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate } from '../../../test/support/builders.ts'
import { banditDims } from './features.ts'
import { lambdaOf, preferenceHead, readHead, softmax, thriftOf } from './head.ts'

const positive = fc.double({ min: 1e-4, max: 1e4, noNaN: true })

describe('the dial', () => {
  test('turns lambda into a weight of thrift and back', () => {
    fc.assert(
      fc.property(positive, positive, (lambda, scaleUsd) => {
        const w = thriftOf(lambda, scaleUsd)
        expect(w).toBeGreaterThan(0)
        expect(w).toBeLessThan(1)
        expect(lambdaOf(w, scaleUsd) / lambda).toBeCloseTo(1, 4)
      }),
    )
  })

  test('has ends: quality alone, and money alone', () => {
    expect(thriftOf(0, 0.01)).toBe(0)
    expect(thriftOf(Number.POSITIVE_INFINITY, 0.01)).toBe(1)
  })
})

describe('values of an empty head', () => {
  const valueUnder = readHead(preferenceHead.parse({ scaleUsd: 0.01, models: {} }), null)
  const x = new Float64Array(banditDims)

  test('cost no more than the scale: what is dearer is as dear as can be', () => {
    const [dear, dearest] = [0.01, 1].map((usd) => aCandidate({ usd }))
    const rates = { lambda: 100, mu: 0 }
    expect(valueUnder(dear!, x, rates)).toBe(valueUnder(dearest!, x, rates))
  })

  test('of an unknown price are the worst where money counts, and no worse where it does not', () => {
    const unknown = aCandidate({ quality: 0.9, usd: null })
    expect(valueUnder(unknown, x, { lambda: 1, mu: 0 })).toBe(Number.NEGATIVE_INFINITY)
    expect(valueUnder(unknown, x, { lambda: 0, mu: 0 })).toBeCloseTo(0.9, 12)
  })

  test('take off what waiting costs', () => {
    const slow = aCandidate({ quality: 0.9, latencyMs: 3000 })
    expect(valueUnder(slow, x, { lambda: 0, mu: 0.1 })).toBeCloseTo(0.6, 12)
  })
})

describe('softmax', () => {
  test('sums to 1 for values however large, the better being the likelier', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (values) => {
          const chances = softmax(values, 5)
          expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
          expect(chances[values.indexOf(Math.max(...values))]).toBe(Math.max(...chances))
        },
      ),
    )
  })
})
