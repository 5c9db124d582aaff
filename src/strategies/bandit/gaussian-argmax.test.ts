import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { normalShare } from '../answers/normal.ts'
import { argmaxChances, type Gaussian } from './gaussian-argmax.ts'

const gaussian = fc.record({
  mean: fc.double({ min: -2, max: 2, noNaN: true }),
  deviation: fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 1, noNaN: true })),
})

describe('the chances that each of several normal values is the largest', () => {
  test('sum to 1, and none is below 0', () => {
    fc.assert(
      fc.property(fc.array(gaussian, { minLength: 1, maxLength: 50 }), (values) => {
        const chances = argmaxChances(values)
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
        expect(Math.min(...chances)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('of two are known in closed form', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (ahead, one, other) => {
          const [first] = argmaxChances([
            { mean: ahead, deviation: one },
            { mean: 0, deviation: other },
          ])
          expect(first).toBeCloseTo(normalShare(ahead / Math.hypot(one, other)), 2)
        },
      ),
    )
  })

  test('are how often each is the largest of draws', () => {
    const values: Gaussian[] = [
      { mean: 0.5, deviation: 0.1 },
      { mean: 0.45, deviation: 0.3 },
      { mean: 0.6, deviation: 0 },
      { mean: 0.1, deviation: 0.2 },
      { mean: 0.58, deviation: 0.01 },
    ]
    const draw = seededDraw('argmax')
    const wins = values.map(() => 0)
    const draws = 40_000
    for (let round = 0; round < draws; round++) {
      const drawn = values.map(({ mean, deviation }) => mean + deviation * normal(draw))
      wins[drawn.indexOf(Math.max(...drawn))]!++
    }
    argmaxChances(values).forEach((chance, place) => {
      expect(Math.abs(chance - wins[place]! / draws)).toBeLessThan(0.01)
    })
  })

  test('of values that are certain go to the largest, the first of equal ones', () => {
    const certain = (mean: number) => ({ mean, deviation: 0 })
    expect([...argmaxChances([certain(0.2), certain(0.7), certain(0.7)])]).toEqual([0, 1, 0])
    expect([...argmaxChances([certain(0.2)])]).toEqual([1])
  })
})
