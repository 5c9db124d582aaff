import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { sigmoid } from '../log-odds.ts'
import { ratingDeviations, solveRatings } from './pairwise-ratings.ts'

const around = (...centre: number[]) => ({ centre: Float64Array.from(centre), variance: 1 })

describe('ratings', () => {
  test('of two players meet the condition of the minimum', () => {
    const [a, b] = solveRatings(Float64Array.of(0, 3, 1, 0), around(0, 0))
    // Won less expected wins is what the prior holds against: 3 - 4 P(a beats b) = a / variance.
    expect(3 - 4 * sigmoid(a! - b!)).toBeCloseTo(a!, 6)
    expect(b).toBeCloseTo(-a!, 9)
  })

  test('are the logarithm of the odds won where there are many battles', () => {
    const [a, b] = solveRatings(Float64Array.of(0, 8e6, 2e6, 0), around(0, 0))
    expect(a! - b!).toBeCloseTo(Math.log(4), 4)
  })

  test('stay at their centres without battles, and between ties', () => {
    expect([...solveRatings(new Float64Array(9), around(0.5, -1, 2))]).toEqual([0.5, -1, 2])
    const tied = solveRatings(Float64Array.of(0, 7, 7, 0), around(0, 0))
    expect(tied[0]).toBeCloseTo(0, 9)
    expect(tied[1]).toBeCloseTo(0, 9)
  })

  test('are finite where one side has won everything, and grow with the number of its wins', () => {
    const gapAfter = (wins: number) => {
      const [a, b] = solveRatings(Float64Array.of(0, wins, 0, 0), around(0, 0))
      return a! - b!
    }
    expect(gapAfter(1)).toBeGreaterThan(0)
    expect(gapAfter(100)).toBeGreaterThan(gapAfter(1))
    expect(gapAfter(1e6)).toBeLessThan(40)
  })

  test('recover those that battles were drawn by', () => {
    const truth = [1.2, 0.4, -0.3, -1.3]
    const draw = seededDraw('ratings')
    const won = new Float64Array(16)
    for (let battle = 0; battle < 20_000; battle++) {
      const a = Math.floor(draw() * 4)
      const b = (a + 1 + Math.floor(draw() * 3)) % 4
      const wins = draw() < sigmoid(truth[a]! - truth[b]!)
      won[wins ? a * 4 + b : b * 4 + a]! += 1
    }
    const ratings = solveRatings(won, around(0, 0, 0, 0))
    truth.forEach((rating, player) => {
      expect(Math.abs(ratings[player]! - rating)).toBeLessThan(0.08)
    })
  })

  test('do not change, but for the order, when players change places', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(counts, (won) => {
        const turned = won.map((_, cell) => won[(2 - Math.floor(cell / 3)) * 3 + (2 - (cell % 3))]!)
        const ratings = solveRatings(Float64Array.from(won), around(0, 0, 0))
        const others = solveRatings(Float64Array.from(turned), around(0, 0, 0))
        ratings.forEach((rating, player) => {
          expect(others[2 - player]).toBeCloseTo(rating, 5)
        })
      }),
    )
  })
})

describe('deviations', () => {
  test('are the prior’s without battles', () => {
    const won = new Float64Array(4)
    expect([...ratingDeviations(won, new Float64Array(2), around(0, 0))]).toEqual([1, 1])
  })

  test('are those of the inverse of the curvature', () => {
    // Eight ties: curvature [[1 + 2, -2], [-2, 1 + 2]], whose inverse has 3 / 5 on its diagonal.
    const won = Float64Array.of(0, 4, 4, 0)
    const [a] = ratingDeviations(won, new Float64Array(2), around(0, 0))
    expect(a).toBeCloseTo(Math.sqrt(3 / 5), 9)
  })
})
