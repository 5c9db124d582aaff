import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantiseRows, restoreRows } from './quantise.ts'

test('every number comes back within half a step of its row', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 5, maxLength: 60 }),
      (columns, list) => {
        const values = Float32Array.from(list.slice(0, list.length - (list.length % columns)))
        const restored = restoreRows(quantiseRows(values, columns), columns)
        values.forEach((value, at) => {
          const row = Math.floor(at / columns) * columns
          const largest = Math.max(...values.subarray(row, row + columns).map(Math.abs))
          expect(Math.abs(restored[at]! - value)).toBeLessThanOrEqual((largest / 127) * 0.5001 + 1e-40)
        })
      },
    ),
  )
})

describe('rows', () => {
  test('have scales of their own: a small row is not drowned by a large one', () => {
    const quantised = quantiseRows(Float32Array.of(1000, -500, 0.001, 0.0005), 2)
    const restored = restoreRows(quantised, 2)
    expect(restored[2]).toBeCloseTo(0.001, 8)
    expect(restored[3]).toBeCloseTo(0.0005, 5)
  })

  test('keep their largest magnitude, its sign, and zero', () => {
    const restored = restoreRows(quantiseRows(Float32Array.of(-8, 0, 4, 0, 0, 0), 3), 3)
    expect(restored[0]).toBeCloseTo(-8, 5)
    expect([...restored.subarray(3)]).toEqual([0, 0, 0])
    expect(restored[1]).toBe(0)
  })
})
