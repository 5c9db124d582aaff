import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { factorise, halfSolve, solve } from './triangular.ts'

/** A = I + sum x x^T as a full matrix and as its triangle, and a right side. */
function system(size: number, seed: string) {
  const draw = seededDraw(seed)
  const full = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => (row === column ? 1 : 0)),
  )
  for (let rank = 0; rank < 3; rank++) {
    const x = Array.from({ length: size }, () => draw() - 0.5)
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) full[row]![column]! += x[row]! * x[column]!
  }
  const triangle = Float64Array.from(full.flatMap((row, place) => row.slice(0, place + 1)))
  const right = Float64Array.from({ length: size }, () => draw() - 0.5)
  return { full, triangle, right }
}

const times = (full: readonly number[][], x: Float64Array): number[] =>
  full.map((row) => row.reduce((sum, value, place) => sum + value * x[place]!, 0))

test('what is solved for gives the right side back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.string(), (size, seed) => {
      const { full, triangle, right } = system(size, seed)
      const theta = solve(factorise(triangle, size), right)
      times(full, theta).forEach((value, place) => {
        expect(value).toBeCloseTo(right[place]!, 9)
      })
    }),
  )
})

test('the square of a half solution is x A^-1 x', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.string(), (size, seed) => {
      const { triangle, right } = system(size, seed)
      const lower = factorise(triangle, size)
      const half = halfSolve(lower, right).reduce((sum, value) => sum + value * value, 0)
      const whole = solve(lower, right).reduce((sum, value, place) => sum + value * right[place]!, 0)
      expect(half).toBeCloseTo(whole, 9)
    }),
  )
})

test('a matrix that rounding has made singular still gives finite numbers', () => {
  const lower = factorise(Float64Array.from([1, 1, 1 - 1e-16]), 2)
  expect([...solve(lower, Float64Array.from([1, 1]))].every(Number.isFinite)).toBe(true)
})
