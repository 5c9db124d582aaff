import { expect, test } from 'vitest'
import { aModel } from '../../test/support/builders.ts'
import { callLatency } from './latency.ts'

const model = aModel({ speed: { firstTokenMs: 500, tokensPerSecond: 50 } })

test('is the first token and then the rest at the model’s rate', () => {
  expect(callLatency(model, { mean: 100, deviation: 0 })).toEqual({ mean: 2500, deviation: 625 })
})

test('is uncertain by the speed and by the length', () => {
  // A quarter of 2500 ms, and 30 tokens at 20 ms each.
  expect(callLatency(model, { mean: 100, deviation: 30 }).deviation).toBeCloseTo(Math.hypot(625, 600), 9)
})

test('of no output is the first token', () => {
  expect(callLatency(model, { mean: 0, deviation: 0 }).mean).toBe(500)
})

test('goes by what was observed of the first token, where it was', () => {
  const observed = { mean: 100, deviation: 40 }
  // A quarter of 2000 ms of writing is uncertain still.
  expect(callLatency(model, { mean: 100, deviation: 0 }, observed)).toEqual({
    mean: 2100,
    deviation: Math.hypot(40, 500),
  })
})
