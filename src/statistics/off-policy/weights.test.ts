import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { momentsOf } from '../moments.ts'
import { spreadOfMean } from '../spread.ts'
import type { Pair } from './unit-values.ts'
import { correctedSpread, weightFaults, weightsOf } from './weights.ts'

const one = (weight: number, decisions = 1): Pair => ({ numerator: weight, denominator: decisions })

/** Weights of a policy that always takes what the log draws with this chance, a unit each. */
const drawnWith = (chance: number, count: number): readonly Pair[] => {
  const draw = seededDraw(`${chance}`)
  return Array.from({ length: count }, () => one(draw() < chance ? 1 / chance : 0))
}

const kindsOf = (sums: readonly Pair[]) => weightFaults(weightsOf(sums)).map(({ kind }) => kind)

describe('weights', () => {
  it('are as many decisions as make a sum of the same noise', () => {
    const { effectiveSampleSize, mean, meanError, greatestShare, units } = weightsOf([one(2), one(2), one(0)])
    expect(effectiveSampleSize).toBe(2)
    expect(mean).toBeCloseTo(4 / 3, 12)
    expect(meanError).toBeCloseTo(Math.sqrt(4 / 3 / 3), 12)
    expect([greatestShare, units]).toEqual([0.5, 3])
  })

  it('are averaged over the decisions on which there could be any', () => {
    expect(weightsOf([one(2, 2), one(0, 0), one(3, 3)])).toMatchObject({ mean: 1, units: 3 })
  })

  it('of nothing are nothing', () => {
    const none = { effectiveSampleSize: 0, mean: 0, meanError: 0, greatestShare: 0 }
    expect(weightsOf([])).toEqual({ ...none, units: 0 })
    expect(weightsOf([one(0, 0)])).toEqual({ ...none, units: 1 })
    expect(kindsOf([])).toEqual(['few', 'off'])
  })

  it('are worth at most as many as there are units, and at least one where there is any', () => {
    const sums = fc.array(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }).map((weight) => one(weight)),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(sums, (some) => {
        const { effectiveSampleSize, greatestShare } = weightsOf(some)
        expect(effectiveSampleSize).toBeGreaterThanOrEqual(1 - 1e-9)
        expect(effectiveSampleSize).toBeLessThanOrEqual(some.length + 1e-9)
        expect(greatestShare).toBeGreaterThanOrEqual(1 / some.length - 1e-9)
      }),
    )
  })
})

describe('they are trusted', () => {
  it('where a policy was left to chance often enough', () => {
    expect(kindsOf(drawnWith(0.3, 1_000))).toEqual([])
    expect(kindsOf(Array.from({ length: 100 }, () => one(1)))).toEqual([])
  })

  it('not where too few decisions hold them, of very many a hundredth', () => {
    const faults = weightFaults(weightsOf(drawnWith(0.05, 1_000)))
    expect(faults).toEqual([{ kind: 'few', effective: expect.any(Number), needed: 100 }])
    expect(weightFaults(weightsOf(drawnWith(0.008, 20_000)))).toMatchObject([{ kind: 'few', needed: 200 }])
  })

  it('not where their mean is not 1', () => {
    const lies = drawnWith(0.5, 2_000).map(({ numerator }) => one(numerator * 0.8))
    expect(weightFaults(weightsOf(lies))).toMatchObject([{ kind: 'off', mean: expect.closeTo(0.8, 1) }])
  })

  it('not where one unit holds more than a twentieth', () => {
    const sums = [...Array.from({ length: 300 }, () => one(1)), one(16, 16)]
    expect(weightFaults(weightsOf(sums))).toEqual([{ kind: 'uneven', share: 16 / 316, most: 0.05 }])
  })
})

it('terms that hardly differ are no better known than the outcomes that they are made of', () => {
  const terms = momentsOf(Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? 0.7 : 0.71)))
  const rare = momentsOf(Array.from({ length: 400 }, (_, at) => (at % 100 === 0 ? 0 : 1)))
  const own = spreadOfMean(terms)
  const found = correctedSpread(terms, rare)
  expect(found.variance).toBe(own.variance)
  const relative = ({ variance, varianceOfVariance }: typeof own) => Math.sqrt(varianceOfVariance) / variance
  expect(relative(found)).toBeCloseTo(relative(spreadOfMean(rare)), 12)
  expect(relative(found)).toBeGreaterThan(10 * relative(own))
})
