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
  test('are log-odds in deviations from the mean of the benchmark', () => {
    const half = described(aModel({ benchmarks: { mmlu: 0.5 } }))
    expect(half.overall).toBeCloseTo((logOdds(0.5) - 1) / 0.5, 5)
  })

  test('by area stand beside the overall level', () => {
    const mathematician = described(aModel({ benchmarks: { mmlu: 0.7, math: 0.9 } }))
    expect(mathematician.mathematics).toBeGreaterThan(0)
    expect(mathematician.knowledge).toBeLessThan(0)
    expect(mathematician.mathematics + mathematician.knowledge).toBeCloseTo(0, 5)
  })

  test('that are missing in an area take the overall level', () => {
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
})

describe('price', () => {
  test('stands for the level of a model without scores: dearer is better', () => {
    const at = (output: number) => described(aModel({ usdPerMillion: { input: 1, output } }))
    expect(at(10).overall).toBeCloseTo(-0.2 + 0.4 * Math.log(10), 5)
    expect(at(60).overall).toBeGreaterThan(at(10).overall)
    expect(at(10).logPrice).toBeCloseTo(Math.log(10), 5)
  })

  test('that is unknown or nothing says nothing: no better and no worse than a model of its level', () => {
    for (const output of ['unknown', 0] as const) {
      expect(logOutputPrice(freeOrUnknown(output))).toBeNull()
      const { overall, logPrice } = described(freeOrUnknown(output, { mmlu: 0.73 }))
      expect(-0.2 + 0.4 * logPrice).toBeCloseTo(overall, 4)
    }
  })

  test('that is unknown is never taken for one that nobody asks', () => {
    const prodigy = described(freeOrUnknown('unknown', { mmlu: 0.99 }))
    const dunce = described(freeOrUnknown('unknown', { mmlu: 0.05 }))
    expect(Math.exp(prodigy.logPrice)).toBeCloseTo(100, 3)
    expect(Math.exp(dunce.logPrice)).toBeCloseTo(0.02, 5)
  })

  test('of a model with neither score nor price is that of the middle', () => {
    const nothing = described(freeOrUnknown('unknown'))
    expect(nothing.overall).toBeCloseTo(-0.2, 5)
    expect(nothing.logPrice).toBeCloseTo(0, 5)
  })
})

test('reasoning is told by the capability', () => {
  expect(described(aModel({ capabilities: ['reasoning'] })).reasoning).toBe(1)
  expect(described(aModel()).reasoning).toBe(0)
})
