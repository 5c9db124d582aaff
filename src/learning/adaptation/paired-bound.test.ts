import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { betBound, lowerBound } from './paired-bound.ts'

const repeated = (wins: number, losses: number, ties: number): number[] => [
  ...Array<number>(wins).fill(1),
  ...Array<number>(losses).fill(-1),
  ...Array<number>(ties).fill(0),
]

test('wins and losses are told apart just where a fair coin would not have it, ties left out', () => {
  // P(X >= 5 of 5) = 0.031; P(X >= 4 of 4) = 0.0625; P(X >= 15 of 20) = 0.0207; P(X >= 14 of 20) = 0.0577.
  expect(lowerBound(repeated(5, 0, 40), 0.05)).toBeGreaterThan(0)
  expect(lowerBound(repeated(4, 0, 0), 0.05)).toBeLessThan(0)
  expect(lowerBound(repeated(15, 5, 30), 0.05)).toBeGreaterThan(0)
  expect(lowerBound(repeated(14, 6, 30), 0.05)).toBeLessThan(0)
  expect(lowerBound(repeated(0, 0, 50), 0.05)).toBe(0)
  expect(lowerBound([], 0.05)).toBe(-1)
  // Clopper and Pearson's bound of 10 wins of 10 is 0.05^(1/10).
  expect(lowerBound(repeated(10, 0, 0), 0.05)).toBeCloseTo(2 * 0.05 ** 0.1 - 1, 6)
})

test('a bound lies at or below the mean, and does not hang on the order', () => {
  const graded = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(graded, (values) => {
      const bound = betBound(values, 0.05)
      expect(bound).toBeLessThanOrEqual(values.reduce((sum, value) => sum + value, 0) / values.length + 1e-9)
      expect(betBound([...values].reverse(), 0.05)).toBeCloseTo(bound, 9)
    }),
    { numRuns: 50 },
  )
})

test('misses the truth in at most one sample of twenty, graded or counted, however few', () => {
  const draw = seededDraw('coverage')
  const counted = () => (draw() < 0.3 ? 1 : draw() < 0.3 / 0.7 ? -1 : 0)
  const graded = () => Math.round((draw() * 2 - 1) * 10) / 10
  for (const value of [counted, graded]) {
    let missed = 0
    for (let run = 0; run < 1000; run++) {
      const sample = Array.from({ length: 8 + (run % 25) }, value)
      if (lowerBound(sample, 0.05) > 0) missed++
    }
    expect(missed).toBeLessThanOrEqual(50)
  }
})

test('a clear gain shows at a few dozen graded pairs', () => {
  const draw = seededDraw('gain')
  const sample = Array.from({ length: 40 }, () => 0.3 + (draw() - 0.5) * 0.8)
  expect(lowerBound(sample, 0.05)).toBeGreaterThan(0.1)
})
