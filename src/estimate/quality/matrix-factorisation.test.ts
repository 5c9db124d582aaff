import { expect, test } from 'vitest'
import { factorisedLogOdds } from './matrix-factorisation.ts'

const weights = {
  rank: 2,
  projection: Float32Array.of(1, 2, 3, 0, -1, 0.5),
  bias: Float32Array.of(0.5, -1),
  output: Float32Array.of(2, -1),
  factors: Float32Array.of(1, 0, 0.5, 3),
}

test('log-odds are w2 . (v * (W1 e + b)), worked by hand', () => {
  // W1 e + b = [1 + 6 + 0.5, 1 - 1] = [7.5, 0], times w2: [15, 0].
  expect([...factorisedLogOdds(weights, [1, 0, 2])]).toEqual([15, 7.5])
  // [0 + 2 + 0 + 0.5, -1 - 1] = [2.5, -2], times w2: [5, 2].
  expect([...factorisedLogOdds(weights, [0, 1, 0])]).toEqual([5, 8.5])
})

test('an encoding of another length is refused', () => {
  expect(() => factorisedLogOdds(weights, new Float32Array(4))).toThrow(RangeError)
})
