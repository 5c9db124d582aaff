import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { highestLambda, lowestLambda, mixed, type Rate, rateMeeting } from './staircase.ts'

/** A figure with a step down after each of `edges`. */
const stairs = (steps: readonly { readonly edge: number; readonly drop: number }[]) => (lambda: number) =>
  steps.reduce((sum, { edge, drop }) => sum + (lambda <= edge ? drop : 0), 1)

const expected = (figureAt: (lambda: number) => number, { lambda, mixture }: Rate): number =>
  mixture
    ? (1 - mixture.share) * figureAt(lambda) + mixture.share * figureAt(mixture.lambda)
    : figureAt(lambda)

describe('a rate that meets a target', () => {
  // 3 up to lambda 10, then 1.
  const figureAt = stairs([{ edge: 10, drop: 2 }])

  test('between two steps mixes them', () => {
    const rate = rateMeeting(figureAt, 2.5)
    expect(rate.lambda).toBeLessThan(10)
    expect(rate.mixture?.lambda).toBeGreaterThan(10)
    expect(rate.mixture?.share).toBeCloseTo(0.25, 12)
  })

  test('on a step mixes nothing', () => {
    const rate = rateMeeting(figureAt, 3)
    expect(rate.mixture).toBeUndefined()
    expect(figureAt(rate.lambda)).toBe(3)
  })

  test('that is out of reach is the nearest end', () => {
    expect(rateMeeting(figureAt, 4)).toEqual({ lambda: lowestLambda })
    expect(rateMeeting(figureAt, 0.5)).toEqual({ lambda: highestLambda })
  })

  test('within the tolerance of a step mixes nothing', () => {
    const near = rateMeeting(figureAt, 2.99, 0.01)
    expect(near.mixture).toBeUndefined()
    expect(figureAt(near.lambda)).toBe(3)
    expect(figureAt(rateMeeting(figureAt, 1.01, 0.01).lambda)).toBe(1)
    expect(rateMeeting(figureAt, 2.9, 0.01).mixture).toBeDefined()
  })

  test('takes each lambda from within its step, not from the edge', () => {
    const three = stairs([
      { edge: 1, drop: 4 },
      { edge: 4, drop: 2 },
      { edge: 64, drop: 2 },
    ])
    const { lambda, mixture } = rateMeeting(three, 4)
    expect(lambda).toBeCloseTo(2, 6)
    expect(mixture?.lambda).toBeCloseTo(16, 6)
    expect(mixture?.share).toBeCloseTo(0.5, 9)
  })

  test('meets it in expectation, whatever the stairs', () => {
    const step = fc.record({
      edge: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
      drop: fc.double({ min: 0.01, max: 10, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, place) => {
          const figure = stairs(steps)
          const target = 1 + place * (figure(lowestLambda) - 1)
          expect(expected(figure, rateMeeting(figure, target))).toBeCloseTo(target, 9)
        },
      ),
    )
  })

  test('meets it even where the figure rises here and there', () => {
    const uneven = (lambda: number) => figureAt(lambda) + (lambda > 2 && lambda < 3 ? -0.5 : 0)
    expect(expected(uneven, rateMeeting(uneven, 2.75))).toBeCloseTo(2.75, 9)
  })
})

test('a mixture of one is none', () => {
  expect(mixed(1, 2, 0)).toEqual({ lambda: 1 })
  expect(mixed(1, 2, 1)).toEqual({ lambda: 2 })
  expect(mixed(1, 2, 0.5)).toEqual({ lambda: 1, mixture: { lambda: 2, share: 0.5 } })
})
