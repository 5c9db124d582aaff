import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aModel } from '../../test/support/builders.ts'
import { fitOf, levelOf, predictedCriteria } from './preferences.ts'

const level = (criterion: string, changes: Parameters<typeof aCandidate>[0]) =>
  levelOf(aCandidate(changes), criterion)

describe('the level of a criterion', () => {
  test('of cost falls by a fifth with each tenfold of dollars', () => {
    const costs = [0, 0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 50]
    const levels = [1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0]
    costs.forEach((usd, index) => {
      expect(level('cost', { usd })).toBeCloseTo(levels[index]!, 12)
    })
  })

  test('of an unknown price is the worst there is', () => {
    expect(level('cost', { usd: null })).toBe(0)
  })

  test('of speed falls by a third with each tenfold of seconds', () => {
    const latencies = [50, 100, 1000, 10_000, 100_000, 300_000]
    const levels = [1, 1, 2 / 3, 1 / 3, 0, 0]
    latencies.forEach((latencyMs, index) => {
      expect(level('speed', { latencyMs })).toBeCloseTo(levels[index]!, 12)
    })
  })

  test('of accuracy is the predicted quality', () => {
    expect(level('accuracy', { quality: 0.83 })).toBe(0.83)
  })

  test("of the user's own is the model's, or nobody's", () => {
    const model = { ...aModel(), criteria: { harmlessness: 0.9 } }
    expect(level('harmlessness', { model })).toBe(0.9)
    expect(level('helpfulness', { model })).toBeNull()
    expect(level('helpfulness', {})).toBeNull()
  })
})

describe('the fit', () => {
  test('is the weighted sum of squared shortfalls, below zero', () => {
    // Quality 0.7 for 0.9; $0.01 is 0.4, for 0.5; a criterion at the assumed middle, for 0.6.
    const { score, shortfalls, missing } = fitOf(aCandidate({ quality: 0.7, usd: 0.01 }), {
      accuracy: { weight: 3, want: 0.9 },
      cost: { weight: 2, want: 0.5 },
      helpfulness: { weight: 1, want: 0.6 },
    })
    expect(score).toBeCloseTo(-(3 * 0.04 + 2 * 0.01 + 1 * 0.01), 12)
    expect(shortfalls.map(({ criterion }) => criterion)).toEqual(['accuracy', 'cost', 'helpfulness'])
    expect(missing).toEqual(['helpfulness'])
  })

  test('never falls when a candidate gets better, and is 0 when it has all', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const wanted = fc.record({
      accuracy: fc.record({ weight: fc.double({ min: 0.1, max: 10, noNaN: true }), want: share }),
    })
    fc.assert(
      fc.property(wanted, share, share, (preferences, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        const scoreOf = (quality: number) => fitOf(aCandidate({ quality }), preferences).score
        expect(scoreOf(high)).toBeGreaterThanOrEqual(scoreOf(low))
        expect(scoreOf(1)).toBe(0)
      }),
    )
  })

  test('knows three dimensions that are predicted', () => {
    expect(predictedCriteria).toEqual(['accuracy', 'speed', 'cost'])
  })
})
