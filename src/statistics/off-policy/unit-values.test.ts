import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentsOf, varianceOf } from '../moments.ts'
import { meanByUnit, ratioByUnit, ratioOfSums, sumByUnit } from './unit-values.ts'

const pair = (numerator: number, denominator: number) => ({ numerator, denominator })

it('rows of one unit are added up', () => {
  expect(sumByUnit(['a', 'b', 'a'], [pair(1, 1), pair(2, 1), pair(3, 2)])).toEqual([pair(4, 3), pair(2, 1)])
})

describe('a ratio', () => {
  it('of a value for each unit is their mean', () => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(values, (some) => {
        const units = some.map((_, place) => `${place}`)
        const { mean } = meanByUnit(units, some)
        expect(mean).toBeCloseTo(momentsOf(some).mean, 12)
        expect(varianceOf(meanByUnit(units, some))).toBeCloseTo(varianceOf(momentsOf(some)), 12)
      }),
    )
  })

  it('is the sum over the sum, with the spread of the delta method', () => {
    const moments = ratioByUnit(['a', 'b', 'b', 'c'], [pair(3, 4), pair(1, 1), pair(0, 1), pair(1, 2)])
    expect(moments).toMatchObject({ count: 3, mean: 5 / 8 })
    // Beyond the ratio: 3 - 4 r, 1 - 2 r and 1 - 2 r, over 8 / 3 decisions a unit.
    const beyond = [0.5, -0.25, -0.25].map((value) => value / (8 / 3))
    expect(varianceOf(moments)).toBeCloseTo(varianceOf(momentsOf(beyond)), 12)
  })

  it('of units that are all alike has no spread, whatever rounding leaves', () => {
    // In doubles 0.1 + 0.2 is more than 0.3, and sums of many are off by more.
    const alike = Array.from({ length: 300 }, (_, at) => pair(at % 2 === 0 ? 0.1 + 0.2 : 0.3, 1))
    const moments = ratioOfSums(alike)
    expect(moments.mean).toBeCloseTo(0.3, 12)
    expect(varianceOf(moments)).toBe(0)
    const apart = ratioOfSums([...alike, pair(0.3 + 1e-9, 1)])
    expect(varianceOf(apart)).toBeGreaterThan(0)
  })

  it('of nothing is no number', () => {
    expect(ratioByUnit(['a'], [pair(0, 0)]).mean).toBeNaN()
  })
})
