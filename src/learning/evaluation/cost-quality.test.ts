import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  aiq,
  byCost,
  costOfReaching,
  meanHeight,
  nonDecreasingHull,
  type Point,
  qualityAt,
} from './cost-quality.ts'

const at = (costUsd: number, quality: number): Point => ({ costUsd, quality })
const cheapest = at(1, 0.4)

test('the area of a line and of a flat end', () => {
  const line = [at(1, 0.4), at(3, 0.8)]
  expect(meanHeight(line, 1, 3)).toBeCloseTo(0.6)
  // 2 dollars at mean 0.6, then 2 dollars at 0.8.
  expect(meanHeight(line, 1, 5)).toBeCloseTo(0.7)
  // From the middle: 0.6 to 0.8.
  expect(meanHeight(line, 2, 3)).toBeCloseTo(0.7)
  expect(meanHeight(line, 2, 2)).toBeNaN()
})

test('a step at one cost counts from there on', () => {
  const step = [at(1, 0.4), at(2, 0.4), at(2, 0.8), at(3, 0.8)]
  expect(meanHeight(step, 1, 3)).toBeCloseTo(0.6)
  expect(meanHeight(step, 1, 2)).toBeCloseTo(0.4)
})

test('a curve that begins late is joined to the cheapest model', () => {
  expect(byCost([at(3, 0.8)], cheapest)).toEqual([cheapest, at(3, 0.8)])
  expect(byCost([at(0.5, 0.3), at(3, 0.8)], cheapest)[0]).toEqual(at(0.5, 0.3))
  expect(qualityAt([cheapest, at(3, 0.8)], 2)).toBeCloseTo(0.6)
})

test('the hull leaves out what mixing beats, and what costs more for less', () => {
  const points = [at(1, 0.4), at(2, 0.5), at(3, 0.8), at(4, 0.7), at(5, 0.9)]
  expect(nonDecreasingHull(points)).toEqual([at(1, 0.4), at(3, 0.8), at(5, 0.9)])
  // (0.4 + 0.8) / 2 over two dollars, (0.8 + 0.9) / 2 over two more.
  expect(aiq(points, cheapest, 1, 5)).toBeCloseTo((0.6 + 0.85) / 2)
})

test('the cost of reaching a quality, between two points and out of reach', () => {
  const curve = [at(1, 0.4), at(3, 0.8)]
  expect(costOfReaching(curve, 0.3)).toBe(1)
  expect(costOfReaching(curve, 0.5)).toBeCloseTo(1.5)
  expect(costOfReaching(curve, 0.8)).toBe(3)
  expect(costOfReaching(curve, 0.9)).toBe(Number.POSITIVE_INFINITY)
})

test('the hull is never below the curve it covers', () => {
  const point = fc.record({
    costUsd: fc.double({ min: 0.1, max: 10, noNaN: true }),
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (points) => {
      const low = points.reduce((a, b) => (b.costUsd < a.costUsd ? b : a))
      const hull = nonDecreasingHull(points)
      for (const { costUsd, quality } of points) {
        expect(qualityAt(hull, costUsd)).toBeGreaterThanOrEqual(quality - 1e-9)
      }
      expect(aiq(points, low, 0.1, 10)).toBeGreaterThanOrEqual(
        meanHeight(byCost(points, low), 0.1, 10) - 1e-9,
      )
    }),
  )
})
