import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aRequest, aSignals } from '../../test/support/builders.ts'
import { type Circumstances, eligible, rules } from './index.ts'

const circumstances = (changes: Partial<Circumstances> = {}): Circumstances => ({
  request: aRequest(),
  signals: aSignals(),
  needsCost: true,
  maxCostUsd: 0.05,
  ...changes,
})

describe('eligible', () => {
  const fits = aCandidate({ id: 'acme/fits' })
  const dear = aCandidate({ id: 'acme/dear', usd: 1 })
  const unpriced = aCandidate({ id: 'acme/unpriced', usd: null })
  const narrow = aCandidate({ model: aModel({ id: 'acme/narrow', contextWindow: 5 }) })

  test('keeps the lawful in their order, and gives each other one its rule and reason', () => {
    const { lawful, refused } = eligible([dear, fits, narrow, unpriced], circumstances())
    expect(lawful).toEqual([fits])
    expect(refused.map(({ id, rule }) => [id, rule])).toEqual([
      ['acme/dear', 'max-cost'],
      ['acme/narrow', 'context-window'],
      ['acme/unpriced', 'known-price'],
    ])
    for (const { reason } of refused) expect(reason).not.toBe('')
  })

  test('reports the first rule that a candidate breaks', () => {
    const hopeless = aCandidate({ model: aModel({ contextWindow: 5, capabilities: [] }), usd: 9 })
    const { refused } = eligible([hopeless], circumstances({ request: aRequest({ topLogprobs: 1 }) }))
    expect(refused.map(({ rule }) => rule)).toEqual(['capabilities'])
  })

  test('may leave nobody', () => {
    expect(eligible([dear], circumstances()).lawful).toEqual([])
    expect(eligible([], circumstances())).toEqual({ lawful: [], refused: [] })
  })

  test('puts every candidate on one side, by what the rules say of it alone', () => {
    const candidates = fc
      .record({
        usd: fc.option(fc.double({ min: 0, max: 0.1, noNaN: true })),
        contextWindow: fc.constantFrom(5, 1000),
        capabilities: fc.subarray(['tools', 'logprobs'] as const),
      })
      .map(({ usd, ...model }) => aCandidate({ usd, model: aModel(model) }))
    const asked = fc
      .record({
        needsCost: fc.boolean(),
        maxCostUsd: fc.option(fc.constant(0.05)),
        topLogprobs: fc.constantFrom(null, 2),
      })
      .map(({ topLogprobs, ...rest }) => circumstances({ ...rest, request: aRequest({ topLogprobs }) }))
    fc.assert(
      fc.property(fc.array(candidates), asked, (pool, given) => {
        const { lawful, refused } = eligible(pool, given)
        const isLawful = (candidate: (typeof pool)[number]) =>
          rules.every(({ refuse }) => refuse(candidate, given) === null)
        expect(lawful).toEqual(pool.filter(isLawful))
        expect(refused.length).toBe(pool.length - lawful.length)
      }),
    )
  })
})

test('rules have names of their own', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
})
