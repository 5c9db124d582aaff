import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aModel, aRequest } from '../../test/support/builders.ts'
import { callCost, limitedOutput } from './cost.ts'

const tokens = { mean: 400, deviation: 100 }
const model = aModel({ usdPerMillion: { input: 2, output: 10 } })

describe('the cost of a call', () => {
  test('is input and expected output at their prices; only the output is uncertain', () => {
    const cost = callCost(model, 1000, tokens)
    expect(cost).toEqual({ kind: 'known', usd: { mean: 0.006, deviation: 0.001 } })
  })

  test('of several answers pays the prompt once; their lengths are independent', () => {
    const cost = callCost(model, 1000, tokens, 4)
    expect(cost).toEqual({ kind: 'known', usd: { mean: 0.018, deviation: 0.002 } })
  })

  test('is unknown where either price is, and says which', () => {
    for (const missing of ['input', 'output'] as const) {
      const cost = callCost(aModel({ prices: { ...model.prices, [missing]: 'unknown' } }), 1000, tokens)
      expect(cost).toEqual({ kind: 'unknown', why: `the catalogue has no ${missing} price for acme/small` })
    }
  })

  test('of a free model is known to be nothing', () => {
    const free = aModel({ usdPerMillion: { input: 0, output: 0 } })
    expect(callCost(free, 1000, tokens)).toEqual({ kind: 'known', usd: { mean: 0, deviation: 0 } })
  })
})

describe('output within limits', () => {
  const request = (maxOutputTokens: number | null) => aRequest({ sampling: { maxOutputTokens } })

  test('is left alone below them', () => {
    expect(limitedOutput(tokens, request(null), model)).toBe(tokens)
    expect(limitedOutput(tokens, request(400), model)).toBe(tokens)
  })

  test('is cut by the request’s or the model’s, the lower one', () => {
    expect(limitedOutput(tokens, request(100), model)).toEqual({ mean: 100, deviation: 25 })
    expect(limitedOutput(tokens, request(null), aModel({ maxOutputTokens: 300 })).mean).toBe(300)
    expect(limitedOutput(tokens, request(100), aModel({ maxOutputTokens: 50 })).mean).toBe(50)
  })

  test('never is above a limit or more uncertain than it was', () => {
    const amount = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(amount, amount, fc.option(amount), amount, (mean, deviation, limit, most) => {
        const limited = limitedOutput({ mean, deviation }, request(limit), aModel({ maxOutputTokens: most }))
        expect(limited.mean).toBeLessThanOrEqual(Math.min(mean, limit ?? most, most))
        expect(limited.deviation).toBeLessThanOrEqual(deviation)
      }),
    )
  })
})
