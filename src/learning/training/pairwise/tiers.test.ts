import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tiersOf } from './tiers.ts'

test('ratings in clumps fall into their clumps, the lowest first', () => {
  expect([...tiersOf([5.1, 0.1, 0, 9, 5, 0.2, 9.1], 3)]).toEqual([1, 0, 0, 2, 1, 0, 2])
})

test('no more ratings than tiers stand alone', () => {
  expect([...tiersOf([3, 1, 2], 10)]).toEqual([2, 0, 1])
  expect([...tiersOf([3], 10)]).toEqual([0])
})

test('one tier holds all', () => {
  expect([...tiersOf([3, 1, 2], 1)]).toEqual([0, 0, 0])
})

/** Sum of squares around the means of the tiers. */
function within(ratings: readonly number[], tiers: ArrayLike<number>): number {
  let sum = 0
  for (const tier of new Set(Array.from(tiers))) {
    const members = ratings.filter((_, place) => tiers[place] === tier)
    const mean = members.reduce((total, rating) => total + rating, 0) / members.length
    for (const rating of members) sum += (rating - mean) ** 2
  }
  return sum
}

test('no other cut of the ratings in three is better', () => {
  const ratings = fc.uniqueArray(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 4, maxLength: 9 })
  fc.assert(
    fc.property(ratings, (given) => {
      const found = within(given, tiersOf(given, 3))
      const sorted = [...given].sort((a, b) => a - b)
      for (let first = 1; first < sorted.length - 1; first++) {
        for (let second = first + 1; second < sorted.length; second++) {
          const cut = sorted.map((_, place) => (place < first ? 0 : place < second ? 1 : 2))
          expect(found).toBeLessThanOrEqual(within(sorted, cut) + 1e-9)
        }
      }
    }),
  )
})
