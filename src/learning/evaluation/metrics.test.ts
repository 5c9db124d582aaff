import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededDraw, shuffle } from '../../domain/random.ts'
import { apgr, cpt, pgr, rankByScore, shareCurve } from './metrics.ts'

const equal = (rows: number) => new Float64Array(rows).fill(1)
const curveOf = (scores: number[], weak: number[], strong: number[]) =>
  shareCurve(rankByScore(scores), Float64Array.from(weak), Float64Array.from(strong), equal(scores.length))

// Four prompts: the strong model helps on the first two.
const weak = [0, 0, 1, 1]
const strong = [1, 1, 1, 1]

test('the best order recovers the whole gap with half of the calls', () => {
  const curve = curveOf([4, 3, 2, 1], weak, strong)
  expect([...curve.shares]).toEqual([0, 0.25, 0.5, 0.75, 1])
  expect([...pgr(curve)]).toEqual([0, 0.5, 1, 1, 1])
  // Trapezoids of width 0.25: (0 + .5)/2, (.5 + 1)/2, 1, 1.
  expect(apgr(curve)).toBeCloseTo(0.75)
  expect(cpt(curve, 0.5)).toBeCloseTo(0.25)
  expect(cpt(curve, 0.2)).toBeCloseTo(0.1)
  expect(cpt(curve, 0.8)).toBeCloseTo(0.4)
})

test('the worst order mirrors the best', () => {
  expect(apgr(curveOf([1, 2, 3, 4], weak, strong))).toBeCloseTo(0.25)
  expect(cpt(curveOf([1, 2, 3, 4], weak, strong), 0.5)).toBeCloseTo(0.75)
})

test('a router without an opinion has APGR 0.5 and CPT(x) = x, whatever the order of rows', () => {
  const curve = curveOf([7, 7, 7, 7], weak, strong)
  expect(apgr(curve)).toBe(0.5)
  for (const gain of [0.2, 0.5, 0.8]) expect(cpt(curve, gain)).toBeCloseTo(gain)
})

test('without a gap between the models nothing is defined', () => {
  const curve = curveOf([2, 1], [1, 0], [0, 1])
  expect(apgr(curve)).toBeNaN()
  expect(cpt(curve, 0.5)).toBeNaN()
})

test('the order of rows never matters, and weights count as copies', () => {
  const row = fc.record({
    score: fc.integer({ min: 0, max: 3 }),
    weak: fc.integer({ min: 0, max: 1 }),
    strong: fc.integer({ min: 0, max: 1 }),
    copies: fc.integer({ min: 1, max: 3 }),
  })
  const measure = (rows: { score: number; weak: number; strong: number; copies: number }[]) =>
    apgr(
      shareCurve(
        rankByScore(rows.map(({ score }) => score)),
        Float64Array.from(rows, (r) => r.weak),
        Float64Array.from(rows, (r) => r.strong),
        Float64Array.from(rows, (r) => r.copies),
      ),
    )
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.string(), (rows, seed) => {
      const expected = measure(rows)
      const copied = rows.flatMap((r) => Array.from({ length: r.copies }, () => ({ ...r, copies: 1 })))
      for (const other of [shuffle(seededDraw(seed), rows), copied]) {
        if (Number.isNaN(expected)) expect(measure(other)).toBeNaN()
        else expect(measure(other)).toBeCloseTo(expected, 9)
      }
    }),
  )
})
