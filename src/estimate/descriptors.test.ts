import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anArtefact } from '../../test/support/a-router.ts'
import { aModel } from '../../test/support/builders.ts'
import type { Model } from '../domain/model.ts'
import { type DescriptorName, descriptorNames, descriptors, logOdds, logOutputPrice } from './descriptors.ts'

const { scale } = anArtefact().prior

function described(model: Model): Record<DescriptorName, number> {
  const values = descriptors(model, scale)
  return Object.fromEntries(descriptorNames.map((name, index) => [name, values[index]!])) as Record<
    DescriptorName,
    number
  >
}

const freeOrUnknown = (output: number | 'unknown', benchmarks: Model['benchmarks'] = {}) =>
  aModel({ benchmarks, prices: { input: 0, cachedRead: 0, cacheWrite: 0, output } })

test('there is one value for each name', () => {
  expect(descriptors(aModel(), scale).length).toBe(descriptorNames.length)
})

describe('benchmark scores', () => {
  test('say the ability that explains them, less sure of it than the score alone would be', () => {
    const { overall } = described(freeOrUnknown('unknown', { mmlu: 0.9 }))
    const alone = (logOdds(0.9) - 1) / 0.5
    // One score of noise 0.5 beside N(0, 1): four parts of five.
    expect(overall).toBeCloseTo(0.8 * alone, 5)
  })

  test('of a hard benchmark count for what they are worth there', () => {
    const hard = described(freeOrUnknown('unknown', { math: 0.7 })).overall
    const easy = described(freeOrUnknown('unknown', { 'human-eval': 0.7 })).overall
    expect(hard).toBeGreaterThan(easy)
  })

  test('that agree say more together than one alone', () => {
    const one = described(freeOrUnknown('unknown', { mmlu: 0.9 })).overall
    // The log-odds of 0.9 on mmlu lie as far out as these on math.
    const agreeing = 1 / (1 + Math.exp(-(0.5 + (logOdds(0.9) - 1) / 0.5)))
    const two = described(freeOrUnknown('unknown', { mmlu: 0.9, math: agreeing })).overall
    expect(two).toBeGreaterThan(one)
  })

  test('by area stand beside the overall level', () => {
    const mathematician = described(aModel({ benchmarks: { mmlu: 0.7, math: 0.9 } }))
    expect(mathematician.mathematics).toBeGreaterThan(0)
    expect(mathematician.knowledge).toBeLessThan(0)
  })

  test('that are missing in an area say nothing of it', () => {
    const { mathematics, code } = described(aModel({ benchmarks: { mmlu: 0.8 } }))
    expect([mathematics, code]).toEqual([0, 0])
  })

  test('of benchmarks that the scale does not know are not read', () => {
    expect(described(aModel({ benchmarks: { bfcl: 0.99 } }))).toEqual(described(aModel()))
  })

  test('of 0 and 1 stay finite', () => {
    for (const score of [0, 1]) {
      const values = descriptors(aModel({ benchmarks: { mmlu: score, math: score } }), scale)
      expect(values.every(Number.isFinite)).toBe(true)
    }
  })

  test('never lower the ability by being higher', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
    fc.assert(
      fc.property(share, share, share, (one, other, math) => {
        const at = (mmlu: number) => described(aModel({ benchmarks: { mmlu, math } })).overall
        expect(at(Math.max(one, other))).toBeGreaterThanOrEqual(at(Math.min(one, other)))
      }),
    )
  })
})

describe('price', () => {
  const at = (output: number, benchmarks: Model['benchmarks'] = {}) =>
    described(aModel({ usdPerMillion: { input: 1, output }, benchmarks }))

  test('stands for the ability of a model without scores: dearer is better', () => {
    expect(at(10).overall).toBeCloseTo(-0.2 + 0.4 * Math.log(10), 5)
    expect(at(60).overall).toBeGreaterThan(at(10).overall)
    expect(at(10).aheadOfPrice).toBeCloseTo(0, 5)
  })

  test('says the less, the more scores there are', () => {
    const gap = (benchmarks: Model['benchmarks']) => at(60, benchmarks).overall - at(1, benchmarks).overall
    expect(gap({ mmlu: 0.8 })).toBeLessThan(gap({}))
    expect(gap({ mmlu: 0.8, math: 0.6 })).toBeLessThan(gap({ mmlu: 0.8 }))
  })

  test('is beaten by a model that scores better than others of its price', () => {
    expect(at(1, { mmlu: 0.95 }).aheadOfPrice).toBeGreaterThan(0)
    expect(at(60, { mmlu: 0.5 }).aheadOfPrice).toBeLessThan(0)
  })

  test('that is unknown or nothing says nothing', () => {
    for (const output of ['unknown', 0] as const) {
      expect(logOutputPrice(freeOrUnknown(output))).toBeNull()
      expect(described(freeOrUnknown(output, { mmlu: 0.73 })).aheadOfPrice).toBe(0)
    }
  })
})

test('a model with neither score nor price is taken for less than a middling one', () => {
  expect(described(freeOrUnknown('unknown')).overall).toBe(-1)
})

test('reasoning is told by the capability', () => {
  expect(described(aModel({ capabilities: ['reasoning'] })).reasoning).toBe(1)
  expect(described(aModel()).reasoning).toBe(0)
})
