import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, aSignals, aTurn } from '../../test/support/builders.ts'
import { chooserOf, someExploration, tryingOptions, withLearnt } from '../../test/support/learnt.ts'
import { banditFeatures } from './bandit/features.ts'
import { barp } from './barp.ts'
import { contractModels, orderOf, strategyContract } from './strategies.contract.ts'
import { utility } from './utility.ts'

const weights = fc.dictionary(
  fc.constantFrom(...banditFeatures),
  fc.double({ min: -1, max: 1, noNaN: true }),
  { maxKeys: 5 },
)
const options = fc
  .tuple(
    tryingOptions,
    fc.record({
      scaleUsd: fc.double({ min: 0.001, max: 1, noNaN: true }),
      sharpness: fc.double({ min: 0.1, max: 50, noNaN: true }),
      models: fc.dictionary(
        fc.constantFrom(...contractModels),
        fc.record({ quality: weights, thrift: weights }),
      ),
    }),
  )
  .map(([trying, head]) => ({ ...trying, head }))

strategyContract(barp, options)
describe('with money to try models', () => {
  strategyContract(withLearnt(barp, someExploration()), options)
})

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.0005 })
const large = aCandidate({ id: 'acme/large', quality: 0.95, usd: 0.01 })
const turnOf = (lambda: number, changes: Parameters<typeof aTurn>[0] = {}) =>
  aTurn({
    candidates: [small, large],
    objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
    ...changes,
  })

describe('barp', () => {
  const plain = chooserOf(barp, { head: { scaleUsd: 1, models: {} } })

  test('with an empty head it chooses as utility does, at any setting of the dial', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (lambda) => {
        expect(orderOf(plain(turnOf(lambda)))).toEqual(orderOf(chooserOf(utility)(turnOf(lambda))))
      }),
    )
  })

  test('what was learnt of a model counts for requests that it was learnt of', () => {
    const head = {
      scaleUsd: 1,
      models: {
        'acme/small': { quality: { 'task:math': 0.9 } },
        'acme/large': { quality: { 'task:math': -0.9 } },
      },
    }
    const choose = chooserOf(barp, { head })
    expect(orderOf(choose(turnOf(10)))[0]).toBe('acme/large')
    expect(orderOf(choose(turnOf(10, { signals: aSignals({ taskType: 'math' }) })))[0]).toBe('acme/small')
  })

  test('what was learnt of thrift counts the more the more money counts', () => {
    const head = { scaleUsd: 0.02, models: { 'acme/small': { thrift: { always: 0.4 } } } }
    const choose = chooserOf(barp, { head })
    expect(orderOf(choose(turnOf(0)))[0]).toBe('acme/large')
    expect(orderOf(choose(turnOf(20)))[0]).toBe('acme/small')
    expect(orderOf(plain(turnOf(20)))[0]).toBe('acme/large')
  })

  test('features of text are read only under the encoder that they were learnt with', () => {
    const text = Object.fromEntries(
      banditFeatures.filter((name) => name.startsWith('text:')).map((name) => [name, -1] as const),
    )
    const written = { head: { scaleUsd: 1, encoder: 'mine', models: { 'acme/large': { quality: text } } } }
    const parsed = barp.options.parse(written)
    const valuesBy = (id: string) => {
      const prepared = barp.prepare!(parsed, { id, vectorOf: () => null })
      const x = new Float64Array(banditFeatures.length).fill(0.1)
      return prepared(large, x, { lambda: 0, mu: 0 })
    }
    expect(valuesBy('another')).toBeCloseTo(0.95, 12)
    expect(valuesBy('mine')).toBeCloseTo(0.95 - 1.6, 12)
  })

  test('where models may be tried each is drawn by the chance that the head gives it', () => {
    const choose = chooserOf(barp, {
      explore: { usd: 1, per: 'day' },
      floor: 0,
      tryWithin: 1,
      head: { scaleUsd: 1, sharpness: 4, models: {} },
    })
    const verdict = choose(turnOf(0, { exploration: someExploration() }))
    const chance = 1 / (1 + Math.exp(-4 * 0.25))
    expect(verdict.propensity).toBeCloseTo(orderOf(verdict)[0] === 'acme/large' ? chance : 1 - chance, 9)
  })

  test('what trying gives up is in good answers, wherever the dial stands', () => {
    const choose = chooserOf(barp, {
      explore: { usd: 1, per: 'day' },
      floor: 0.5,
      tryWithin: 1,
      head: { scaleUsd: 0.02, sharpness: 1, models: {} },
    })
    const givenUp = (lambda: number) => {
      for (let seed = 0; seed < 200; seed++) {
        const { explores } = choose(turnOf(lambda, { exploration: someExploration(), seed: `${seed}` }))
        if (explores) return explores
      }
      throw new Error('it tries nothing')
    }
    // Large is better by a quarter, and costs 0.0095 dollars more.
    expect(givenUp(0)).toEqual({ usd: 0, worth: expect.closeTo(0.25, 10) })
    expect(givenUp(10).worth).toBeCloseTo(0.25 - 0.095, 10)
    expect(givenUp(100)).toEqual({ usd: 0.0095, worth: expect.closeTo(0.95 - 0.25, 10) })
  })

  test('a feature that does not exist is refused by name', () => {
    const head = { scaleUsd: 1, models: { 'acme/small': { quality: { 'task:maths': 1 } } } }
    const parsed = barp.options.safeParse({ head })
    expect(JSON.stringify(parsed.error?.issues)).toContain('is no feature')
  })
})
