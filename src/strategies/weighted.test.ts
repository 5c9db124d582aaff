import { describe, expect, test } from 'vitest'
import { aTurn } from '../../test/support/builders.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { weighted } from './weighted.ts'

const draw = (weights: Readonly<Record<string, number>>, seed = 'a') =>
  verdictOf((turn) => weighted.choose(turn, { weights }, noAids), aTurn({ seed }))

describe('a split by weight', () => {
  test('reports the share of its weight', () => {
    const propensities = Array.from({ length: 50 }, (_, seed) => {
      const verdict = draw({ 'acme/small': 3, 'acme/large': 1 }, `${seed}`)
      return [orderOf(verdict)[0], verdict.propensity] as const
    })
    expect(new Map(propensities)).toEqual(
      new Map([
        ['acme/small', 0.75],
        ['acme/large', 0.25],
      ]),
    )
  })

  test('shares out the weight of models that may not serve', () => {
    const verdict = draw({ 'acme/gone': 98, 'acme/large': 2 })
    expect(orderOf(verdict)[0]).toBe('acme/large')
    expect(verdict.propensity).toBe(1)
  })

  test('stands on the first candidate, for certain, where none has a weight', () => {
    const verdict = draw({ 'acme/gone': 1 })
    expect(orderOf(verdict)).toEqual(['acme/small', 'acme/large'])
    expect(verdict.propensity).toBe(1)
    expect(verdict.because).toContain('no weighted model may serve')
  })
})

describe('options', () => {
  test.each<readonly [Readonly<Record<string, number>>, string]>([
    [{}, 'no weight at all'],
    [{ 'acme/small': 0 }, 'a weight of nothing'],
    [{ 'acme/small': -1 }, 'a negative weight'],
    [{ 'acme/small': 1e308 }, 'weights whose sum is no number'],
  ])('refuse %o: %s', (weights, _what) => {
    expect(weighted.options.safeParse({ weights }).success).toBe(false)
  })
})
