import { describe, expect, test } from 'vitest'
import { quantiseRows } from '../quantise.ts'
import { localLogOdds } from './bradley-terry.ts'
import { solveRatings } from './pairwise-ratings.ts'
import type { StoredBattles } from './pairwise-weights.ts'

/** Tier 1 wins at a prompt to the east, tier 0 at one to the north; four battles each, one of them a tie. */
const compass = (changes: Partial<StoredBattles> = {}): StoredBattles => ({
  gamma: 10,
  priorVariance: 1,
  tiers: Uint8Array.of(0, 1, 1),
  offsets: Float32Array.of(0, 0.25, -0.25),
  tierRatings: Float32Array.of(0, 0),
  prompts: quantiseRows(Float32Array.of(1, 0, 0, 1), 2),
  battleCounts: Uint8Array.of(4, 4),
  battles: Uint8Array.from(
    [
      [1, 0, 2],
      [1, 0, 2],
      [0, 1, 0],
      [0, 1, 1],
      [0, 1, 2],
      [0, 1, 2],
      [1, 0, 0],
      [1, 0, 1],
    ].flat(),
  ),
  ...changes,
})

describe('ratings at a prompt', () => {
  test('are those of battles weighted by gamma^(1 + S), worked by hand', () => {
    // S is 1 and 0: weights 100 and 10, scaled by sum w / sum w^2 = (4 * 110) / (4 * 10_100).
    const scale = 110 / 10_100
    const east = 3.5 * 100 * scale
    const north = 0.5 * 10 * scale
    const lost = 0.5 * 100 * scale + 3.5 * 10 * scale
    const [low, high] = solveRatings(Float64Array.of(0, lost, east + north, 0), {
      centre: new Float64Array(2),
      variance: 1,
    })
    const ratings = localLogOdds(compass(), [1, 0])
    expect(ratings[0]).toBeCloseTo(low!, 5)
    expect(ratings[1]).toBeCloseTo(high! + 0.25, 5)
    expect(ratings[2]).toBeCloseTo(high! - 0.25, 5)
  })

  test('lean to who won at the prompts that are near', () => {
    const east = localLogOdds(compass(), [1, 0])
    const north = localLogOdds(compass(), [0, 1])
    expect(east[1]! - east[0]!).toBeGreaterThan(0.25)
    expect(north[1]! - north[0]!).toBeLessThan(0.25)
    expect(north[0]! - north[1]! + 0.25).toBeCloseTo(east[1]! - east[0]! - 0.25, 4)
  })

  test('lean the more the larger gamma is', () => {
    const gap = (gamma: number) => {
      const ratings = localLogOdds(compass({ gamma }), [1, 0])
      return ratings[1]! - ratings[0]!
    }
    expect(gap(1)).toBeCloseTo(0.25, 5)
    expect(gap(10)).toBeGreaterThan(gap(1))
    expect(gap(1000)).toBeGreaterThan(gap(10))
  })

  test.each([
    ['a prompt in no direction', [0, 0]],
    ['a prompt away from all', [-0.6, -0.8]],
  ])('count all battles alike for %s', (_, vector) => {
    const ratings = localLogOdds(compass(), vector)
    expect(ratings[0]).toBeCloseTo(0, 6)
    expect(ratings[1]).toBeCloseTo(0.25, 6)
  })

  test('stay at the ratings over all prompts as the prior allows no change', () => {
    const ratings = localLogOdds(
      compass({ priorVariance: 1e-9, tierRatings: Float32Array.of(-1, 1) }),
      [1, 0],
    )
    expect(ratings[0]).toBeCloseTo(-1, 5)
    expect(ratings[1]).toBeCloseTo(1.25, 5)
  })
})

test('a vector of another length is refused', () => {
  expect(() => localLogOdds(compass(), new Float32Array(3))).toThrow(RangeError)
})
