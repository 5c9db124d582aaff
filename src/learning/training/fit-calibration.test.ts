import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import { calibrated } from '../../estimate/quality/calibration.ts'
import { deviationOf, fitCalibration } from './fit-calibration.ts'
import { uncalibrated } from './platt.ts'

const prior = { towards: uncalibrated, weight: 4 }

function sample(count: number, chance: (z: number) => number, seed = 'calibration') {
  const draw = seededDraw(seed)
  const logOdds = Array.from({ length: count }, () => 2 * normal(draw))
  return { logOdds, targets: logOdds.map((z) => (draw() < chance(z) ? 1 : 0)) }
}
/** Right half of the time below 0, nearly always above: no logistic curve. */
const step = (z: number) => (z < 0 ? 0.5 : 0.97)
const logistic = (z: number) => sigmoid(0.7 * z - 0.4)

describe('the curve is', () => {
  test('isotonic where outcomes are many and bend it', () => {
    const { logOdds, targets } = sample(2000, step)
    const fitted = fitCalibration(logOdds, targets, prior)
    expect(fitted.kind).toBe('isotonic')
    for (const z of [-3, -1, 1, 3]) expect(Math.abs(calibrated(fitted, z) - step(z))).toBeLessThan(0.06)
  })

  test('Platt’s where it is logistic', () => {
    const { logOdds, targets } = sample(400, logistic)
    const fitted = fitCalibration(logOdds, targets, prior)
    expect(fitted.kind).toBe('platt')
    for (const z of [-3, 0, 3]) expect(Math.abs(calibrated(fitted, z) - logistic(z))).toBeLessThan(0.08)
  })

  test('Platt’s where outcomes are fewer than 200, bent or not', () => {
    const { logOdds, targets } = sample(199, step)
    expect(fitCalibration(logOdds, targets, prior).kind).toBe('platt')
    expect(fitCalibration([], [], prior)).toEqual({ kind: 'platt', ...uncalibrated })
  })
})

describe('deviation', () => {
  test('is small where predictions are right and large where they are off', () => {
    const { logOdds, targets } = sample(4000, logistic)
    expect(deviationOf(logOdds.map(logistic), targets)).toBeLessThan(0.035)
    const off = deviationOf(
      logOdds.map((z) => Math.min(1, logistic(z) + 0.15)),
      targets,
    )
    expect(off).toBeGreaterThan(0.1)
    expect(off).toBeLessThan(0.2)
  })

  test('is wide where too few outcomes tell', () => {
    expect(deviationOf([0.5], [1])).toBe(0.1)
  })
})
