import { expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { auroc, calibration } from './calibration.ts'

const cells = (...values: number[]) => Float64Array.from(values)

test('figures of four cells, by hand', () => {
  const found = calibration(cells(0.9, 0.8, 0.3, 0.2), cells(1, 0, 1, 0))
  expect(found.brier).toBeCloseTo((0.01 + 0.64 + 0.49 + 0.04) / 4)
  expect(found.brierOfMean).toBeCloseTo(0.25)
  expect(found.logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.2) + Math.log(0.3) + Math.log(0.8)) / 4)
  // Pairs (right, wrong): .9>.8, .9>.2, .3<.8, .3>.2.
  expect(found.auroc).toBeCloseTo(0.75)
})

test('a constant prediction has AUROC 1/2 and the error of its level', () => {
  const found = calibration(cells(0.7, 0.7, 0.7, 0.7), cells(1, 0, 1, 0))
  expect(found.auroc).toBe(0.5)
  expect(found.ece).toBeCloseTo(0.2)
})

test('AUROC is undefined where all answers are right', () => {
  expect(auroc(cells(0.1, 0.2), cells(1, 1))).toBeNaN()
})

test('predictions that are true probabilities are well calibrated; shifted ones are off by the shift', () => {
  const draw = seededDraw('calibration')
  const chances = Float64Array.from({ length: 20_000 }, () => 0.2 + 0.6 * draw())
  const scores = chances.map((chance) => (draw() < chance ? 1 : 0))
  expect(calibration(chances, scores).ece).toBeLessThan(0.02)
  expect(
    calibration(
      chances.map((chance) => chance + 0.15),
      scores,
    ).ece,
  ).toBeCloseTo(0.15, 1)
})

test('certain and wrong costs much, not infinitely much', () => {
  expect(calibration(cells(1, 0), cells(0, 1)).logLoss).toBeCloseTo(-Math.log(1e-6))
})
