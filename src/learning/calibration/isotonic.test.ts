import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rising } from './isotonic.ts'

test('neighbours out of order are pooled to their mean', () => {
  expect(rising([1, 2, 3])).toEqual([1, 2, 3])
  expect(rising([1, 3, 2, 4])).toEqual([1, 2.5, 2.5, 4])
  expect(rising([3, 2, 1])).toEqual([2, 2, 2])
  expect(rising([2, 4, 1, 1])).toEqual([2, 2, 2, 2])
  expect(rising([])).toEqual([])
})

test('the result rises, keeps the mean, and is left alone when it is made to rise again', () => {
  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(values, (given) => {
      const result = rising(given)
      const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0)
      expect(result.every((value, index) => index === 0 || value >= result[index - 1]! - 1e-12)).toBe(true)
      expect(sum(result)).toBeCloseTo(sum(given), 9)
      for (const [index, value] of rising(result).entries()) expect(value).toBeCloseTo(result[index]!, 9)
    }),
  )
})
