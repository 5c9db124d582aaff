import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/router.ts'
import { type Calibration, fitPlatt, uncalibrated } from './platt.ts'

/** Scores up to `reach` from zero, with outcomes as a calibration would have them. */
function outcomes({ slope, intercept }: Calibration, count: number, reach: number) {
  const draw = seededDraw(`${slope} ${intercept} ${reach}`)
  const scores = Array.from({ length: count }, () => reach * (2 * draw() - 1))
  const targets: readonly number[] = scores.map((x) => (draw() < sigmoid(slope * x + intercept) ? 1 : 0))
  return { scores, targets }
}

const lossOf = ({ slope, intercept }: Calibration, scores: readonly number[], targets: readonly number[]) =>
  scores.reduce((sum, x, index) => {
    const z = slope * x + intercept
    return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[index]! * z
  }, 0)

describe('slope and intercept', () => {
  test.each<Calibration & { reach: number }>([
    { slope: 1, intercept: 0, reach: 4 },
    { slope: 0.6, intercept: -0.8, reach: 4 },
    { slope: 2.5, intercept: 1, reach: 2 },
    { slope: 0.3, intercept: 0.5, reach: 10 },
    { slope: 0.1, intercept: -0.5, reach: 40 },
  ])('are recovered: %o', ({ reach, ...calibration }) => {
    const { scores, targets } = outcomes(calibration, 8000, reach)
    const fitted = fitPlatt(scores, targets)
    expect(fitted.slope / calibration.slope).toBeGreaterThan(0.85)
    expect(fitted.slope / calibration.slope).toBeLessThan(1.15)
    expect(fitted.intercept).toBeCloseTo(calibration.intercept, 0)
  })

  test('are recovered from shares as from right and wrong', () => {
    const scores = Array.from({ length: 400 }, (_, index) => (index - 200) / 50)
    const fitted = fitPlatt(
      scores,
      scores.map((x) => sigmoid(0.7 * x + 0.3)),
    )
    expect(fitted.slope).toBeCloseTo(0.7, 1)
    expect(fitted.intercept).toBeCloseTo(0.3, 1)
  })

  test('never leave the scores worse than they came, however far those are from zero', () => {
    const score = fc.double({ min: -80, max: 80, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(score, fc.constantFrom(0, 0.5, 1)), { maxLength: 80 }), (pairs) => {
        const scores = pairs.map(([x]) => x)
        const targets = pairs.map(([, y]) => y)
        const fitted = fitPlatt(scores, targets)
        expect(Number.isFinite(fitted.slope) && Number.isFinite(fitted.intercept)).toBe(true)
        // At the floor of the slope the fit is not the minimum: there the scores are given up.
        if (fitted.slope > 0.05)
          expect(lossOf(fitted, scores, targets)).toBeLessThanOrEqual(
            lossOf(uncalibrated, scores, targets) + 1e-6,
          )
      }),
    )
  })
})

describe('little to go by', () => {
  test('no outcome leaves the scores as they are', () => {
    expect(fitPlatt([], [])).toEqual(uncalibrated)
  })

  test('a prior is kept without outcomes, moved by few and forgotten over many', () => {
    const towards = { slope: 0.5, intercept: 1 }
    const distance = (count: number) => {
      const { scores, targets } = outcomes({ slope: 1.5, intercept: -1 }, count, 3)
      return fitPlatt(scores, targets, { towards, weight: 100 }).intercept
    }
    expect(fitPlatt([], [], { towards, weight: 100 })).toEqual(towards)
    expect(fitPlatt([], [], { towards: { slope: 0.05, intercept: 2 }, weight: 100 }).intercept).toBe(2)
    expect(distance(20)).toBeGreaterThan(0.6)
    expect(distance(20)).toBeLessThan(1)
    expect(distance(8000)).toBeCloseTo(-1, 0)
  })

  test('a handful moves them only a little', () => {
    const { slope, intercept } = fitPlatt([0.5, -0.2, 1], [1, 1, 0])
    expect(Math.abs(slope - 1)).toBeLessThan(0.3)
    expect(Math.abs(intercept)).toBeLessThan(0.6)
  })

  test.each([0, 1])('outcomes that are all %d give finite probabilities on their side', (target) => {
    const { scores } = outcomes(uncalibrated, 500, 3)
    const { slope, intercept } = fitPlatt(scores, new Array<number>(500).fill(target))
    const mean = scores.reduce((sum, x) => sum + sigmoid(slope * x + intercept), 0) / scores.length
    expect(Math.abs(mean - target)).toBeLessThan(0.05)
    expect(Math.abs(intercept)).toBeLessThan(20)
  })
})

test('scores that rank the wrong way round are given up, not turned round', () => {
  const { scores, targets } = outcomes({ slope: -1, intercept: 0 }, 1000, 3)
  const { slope, intercept } = fitPlatt(scores, targets)
  expect(slope).toBe(0.05)
  expect(sigmoid(intercept)).toBeCloseTo(targets.reduce((sum, y) => sum + y, 0) / 1000, 6)
})
