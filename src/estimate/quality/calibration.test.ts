import { expect, test } from 'vitest'
import { logOddsOf, sigmoid } from '../log-odds.ts'
import { calibrated } from './calibration.ts'

test('Platt’s curve is a logistic function of the log-odds', () => {
  expect(calibrated({ kind: 'platt', slope: 2, intercept: -1 }, 0.7)).toBeCloseTo(sigmoid(0.4), 12)
})

test('a line through points runs between them, and goes on in log-odds beyond', () => {
  const line = { kind: 'isotonic', logOdds: [-1, 0, 2], shares: [0.1, 0.4, 0.8] } as const
  expect([-1, -0.5, 0, 1, 2].map((z) => calibrated(line, z))).toEqual(
    [0.1, 0.25, 0.4, 0.6, 0.8].map((share) => expect.closeTo(share, 12)),
  )
  expect(calibrated(line, -2)).toBeCloseTo(sigmoid(logOddsOf(0.1) - 1), 12)
  expect(calibrated(line, 3)).toBeCloseTo(sigmoid(logOddsOf(0.8) + 1), 12)
})

test('a line of one point is a shift', () => {
  expect(calibrated({ kind: 'isotonic', logOdds: [0], shares: [0.3] }, 0)).toBeCloseTo(0.3, 12)
})
