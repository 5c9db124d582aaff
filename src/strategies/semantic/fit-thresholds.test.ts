import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitThresholds, type Trial, untriedThreshold } from './fit-thresholds.ts'

const right = (score: number, route = 0): Trial => ({ best: route, score, route, weight: 1 })
const wrong = (score: number, best = 0): Trial => ({ best, score, route: null, weight: 1 })

const f1At = (trials: readonly Trial[], threshold: number): number => {
  let [tp, fp, wanted] = [0, 0, 0]
  for (const { best, score, route, weight } of trials) {
    if (route !== null) wanted += weight
    if (score < threshold) continue
    if (best === route) tp += weight
    else fp += weight
  }
  return tp === 0 ? 0 : (2 * tp) / (tp + fp + wanted)
}

describe('the threshold of all routes', () => {
  test('parts what is right from what is wrong where it can, in the middle between them', () => {
    expect(fitThresholds([right(0.9), right(0.8), wrong(0.4), wrong(0.2)], 1).overall).toBeCloseTo(0.6, 9)
  })

  test('is the best there is: no other gives a higher F1', () => {
    const trial = fc.record({
      best: fc.integer({ min: 0, max: 2 }),
      score: fc.integer({ min: -4, max: 10 }).map((tenths) => tenths / 10),
      route: fc.option(fc.integer({ min: 0, max: 2 })),
      weight: fc.constantFrom(0.5, 1),
    })
    fc.assert(
      fc.property(fc.array(trial, { minLength: 1, maxLength: 15 }), (trials) => {
        const { overall } = fitThresholds(trials, 3)
        const reached = f1At(trials, overall)
        for (let threshold = -0.45; threshold <= 1.1; threshold += 0.05)
          expect(f1At(trials, threshold)).toBeLessThanOrEqual(reached + 1e-9)
      }),
    )
  })

  test('takes everything where nothing speaks against it, and may be zero or below', () => {
    expect(fitThresholds([right(0.1), right(0.9)], 1).overall).toBeLessThan(0.1)
    expect(fitThresholds([right(0.1), wrong(-0.1)], 1).overall).toBeCloseTo(0, 9)
  })

  test('is what holds untried where there is no trial', () => {
    const { overall, ofRoute } = fitThresholds([], 2)
    expect([overall, ...ofRoute]).toEqual([untriedThreshold, untriedThreshold, untriedThreshold])
  })
})

describe('the threshold of one route', () => {
  const many = (count: number, trial: Trial): Trial[] => Array.from({ length: count }, () => trial)

  test('departs from that of all as its own trials speak for it', () => {
    // Route 0 scores low and route 1 high; what is wrong stands at 0.3 for the one and at 0.7 for the other.
    const trials = [
      ...many(60, right(0.5, 0)),
      ...many(60, wrong(0.3, 0)),
      ...many(60, right(0.9, 1)),
      ...many(60, wrong(0.7, 1)),
    ]
    const [low, high] = fitThresholds(trials, 2).ofRoute
    expect(low).toBeCloseTo(0.4, 9)
    expect(high).toBeCloseTo(0.8, 9)
  })

  test('is that of all where it has no trial of its own', () => {
    const trials = [...many(20, right(0.9, 0)), ...many(20, wrong(0.5, 0))]
    const { overall, ofRoute } = fitThresholds(trials, 2)
    expect(ofRoute[1]).toBeCloseTo(overall, 9)
  })

  test('is not moved far by one odd trial', () => {
    const trials = [...many(100, right(0.8, 0)), ...many(100, wrong(0.4, 0)), right(0.1, 1)]
    expect(fitThresholds(trials, 2).ofRoute[1]).toBeCloseTo(0.6, 9)
  })
})
