import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate } from '../../test/support/builders.ts'
import { byCost, byQuality, type Candidate, expectedUsd } from './candidate.ts'
import { seededDraw, shuffle } from './random.ts'

const ids = (candidates: readonly Candidate[]) => candidates.map(({ id }) => id)

/** Few different values, so that ties are common. */
const pools = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'a/6'),
      quality: fc.constantFrom(0.2, 0.5, 0.9),
      usd: fc.constantFrom(null, 0, 0.001, 0.02),
    })
    .map(aCandidate),
  { selector: ({ id }) => id },
)

test('an unknown price is dearer than any known one', () => {
  expect(expectedUsd(aCandidate({ usd: null }))).toBe(Number.POSITIVE_INFINITY)
  expect(expectedUsd(aCandidate({ usd: 0 }))).toBe(0)
})

describe.each([
  ['by cost', byCost],
  ['by quality', byQuality],
])('an order %s', (_, order) => {
  test('does not depend on the order before, and loses nobody', () => {
    fc.assert(
      fc.property(pools, fc.string(), (pool, seed) => {
        expect(ids(order(shuffle(seededDraw(seed), pool)))).toEqual(ids(order(pool)))
        expect(new Set(order(pool))).toEqual(new Set(pool))
      }),
    )
  })

  test('leaves the list as it was', () => {
    const pool = Object.freeze([aCandidate({ id: 'a/2', usd: 2 }), aCandidate({ id: 'a/1', usd: 1 })])
    order(pool)
    expect(ids(pool)).toEqual(['a/2', 'a/1'])
  })
})

test('by cost: cheapest first, equal costs by quality, then by id', () => {
  fc.assert(
    fc.property(pools, (pool) => {
      const order = byCost(pool)
      for (let at = 1; at < order.length; at++) {
        const [before, after] = [order[at - 1]!, order[at]!]
        expect(expectedUsd(before)).toBeLessThanOrEqual(expectedUsd(after))
        if (expectedUsd(before) !== expectedUsd(after)) continue
        expect(before.quality.mean).toBeGreaterThanOrEqual(after.quality.mean)
        if (before.quality.mean === after.quality.mean) expect(before.id < after.id).toBe(true)
      }
    }),
  )
})

test('by quality: best first, equal ones by cost, then by id', () => {
  fc.assert(
    fc.property(pools, (pool) => {
      const order = byQuality(pool)
      for (let at = 1; at < order.length; at++) {
        const [before, after] = [order[at - 1]!, order[at]!]
        expect(before.quality.mean).toBeGreaterThanOrEqual(after.quality.mean)
        if (before.quality.mean !== after.quality.mean) continue
        expect(expectedUsd(before)).toBeLessThanOrEqual(expectedUsd(after))
        if (expectedUsd(before) === expectedUsd(after)) expect(before.id < after.id).toBe(true)
      }
    }),
  )
})
