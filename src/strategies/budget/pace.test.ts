import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { knapsackThreshold, pacedLambda, paceOf, spentOfBin } from './pace.ts'

const bounds = { lowest: 0.1, highest: 1000 }
const at = (spentShare: number, elapsedShare: number) =>
  paceOf({ limitUsd: 10, spentUsd: 10 * spentShare, elapsedShare })

describe('paced lambda', () => {
  test('on pace it is the base, whatever the time', () => {
    for (const share of [0, 0.3, 0.9]) expect(pacedLambda(5, at(share, share), 2, bounds)).toBeCloseTo(5)
  })

  test('rises with what is spent and falls as time goes by, within its bounds', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, share, (spent, more, elapsed) => {
        const [low, high] = [Math.min(spent, more), Math.max(spent, more)]
        const lambda = (money: number, time: number) => pacedLambda(5, at(money, time), 2, bounds)
        expect(lambda(high, elapsed)).toBeGreaterThanOrEqual(lambda(low, elapsed) - 1e-9)
        expect(lambda(elapsed, high)).toBeLessThanOrEqual(lambda(elapsed, low) + 1e-9)
        expect(lambda(spent, elapsed)).toBeGreaterThanOrEqual(bounds.lowest)
        expect(lambda(spent, elapsed)).toBeLessThanOrEqual(bounds.highest)
      }),
    )
  })

  test('with nothing left it is the highest, and a base of 0 counts as the lowest', () => {
    expect(pacedLambda(5, at(1.2, 0.1), 2, bounds)).toBe(1000)
    expect(pacedLambda(0, at(0.5, 0), 2, bounds)).toBeCloseTo(0.4)
  })
})

describe('the threshold of the knapsack', () => {
  test('runs from a fraction of the lowest ratio to the highest, as published', () => {
    const ratio = { lowest: 10, highest: 1000 }
    expect(knapsackThreshold(0, ratio)).toBeCloseTo(10 / Math.E)
    expect(knapsackThreshold(1, ratio)).toBeCloseTo(1000)
    expect(knapsackThreshold(0.5, ratio)).toBeCloseTo(Math.sqrt((10 / Math.E) * 1000))
    expect(knapsackThreshold(-3, ratio)).toBe(knapsackThreshold(0, ratio))
    expect(knapsackThreshold(7, ratio)).toBe(knapsackThreshold(1, ratio))
  })

  test('money that a bin leaves is carried over to the next', () => {
    expect(spentOfBin(at(0, 0), 4)).toBeCloseTo(0)
    expect(spentOfBin(at(0.25, 0.1), 4)).toBeCloseTo(1)
    expect(spentOfBin(at(0.25, 0.26), 4)).toBeCloseTo(0)
    expect(spentOfBin(at(0.1, 0.26), 4)).toBeLessThan(0)
    expect(spentOfBin(at(1, 1), 4)).toBeCloseTo(1)
  })
})

test('a budget of nothing is spent', () => {
  expect(paceOf({ limitUsd: 0, spentUsd: 0, elapsedShare: 0.5 })).toEqual({
    spentShare: 1,
    elapsedShare: 0.5,
    leftUsd: 0,
  })
})
