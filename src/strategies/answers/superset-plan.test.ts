import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { createAnswerModel, type Observed } from './answer-model.ts'
import { clark, planSupersets, type SupersetOptions } from './superset-plan.ts'

const plan = (
  qualities: readonly number[],
  prices: readonly number[],
  {
    observed = [],
    failed = [],
    ...options
  }: Partial<SupersetOptions> & {
    readonly observed?: readonly Observed[]
    readonly failed?: readonly number[]
  } = {},
) =>
  planSupersets(
    createAnswerModel(qualities, { sharedDifficulty: 0, wrongAgreement: 0.4 }),
    observed,
    failed,
    {
      prices,
      depth: 3,
      unsettled: 0.25,
      ...options,
    },
  )

const seen = (candidate: number, evidence = 0): Observed => ({ candidate, cluster: null, evidence })

test("Clark's formula is the mean and variance of the greater of two normals", () => {
  const draw = seededDraw('clark')
  for (const [mean, variance, other, otherVariance] of [
    [0.6, 0.04, 0.7, 0.01],
    [0.2, 0.09, 0.25, 0.09],
    [0.9, 0, 0.5, 0.04],
  ] as const) {
    const draws = Array.from({ length: 40_000 }, () =>
      Math.max(mean + Math.sqrt(variance) * normal(draw), other + Math.sqrt(otherVariance) * normal(draw)),
    )
    const average = draws.reduce((sum, one) => sum + one, 0) / draws.length
    const spread = draws.reduce((sum, one) => sum + (one - average) ** 2, 0) / draws.length
    const [foundMean, foundVariance] = clark(mean, variance, other, otherVariance)
    expect(foundMean).toBeCloseTo(average, 2)
    expect(foundVariance).toBeCloseTo(spread, 2)
  }
})

describe('the search over sets', () => {
  test('routes where one call may be made: the best of quality less price', () => {
    expect(plan([0.7, 0.9], [0.01, 0.3], { depth: 1 })).toMatchObject({ kind: 'ask', candidate: 0 })
    expect(plan([0.7, 0.9], [0.01, 0.1], { depth: 1 })).toMatchObject({ kind: 'ask', candidate: 1 })
  })

  test('begins with the cheapest of the best set', () => {
    expect(plan([0.9, 0.85], [0.05, 0.001])).toMatchObject({ kind: 'ask', candidate: 1 })
  })

  test('stops with the answer in hand where it is sure, goes on where it is not', () => {
    expect(plan([0.6, 0.8], [0.01, 0.1], { observed: [seen(0, 4)] })).toMatchObject({ kind: 'stop', best: 0 })
    expect(plan([0.6, 0.8], [0.01, 0.1], { observed: [seen(0, -4)] })).toMatchObject({
      kind: 'ask',
      candidate: 1,
    })
  })

  test('never asks twice, nor at a price that is not known, nor deeper than allowed', () => {
    const asked = plan([0.5, 0.9], [0.01, 0.01], { failed: [1] })
    expect(asked).toMatchObject({ kind: 'ask', candidate: 0 })
    expect(plan([0.5, 0.9], [0.01, Number.POSITIVE_INFINITY])).toMatchObject({ candidate: 0 })
    expect(plan([0.5, 0.9], [0.01, 0.01], { failed: [1], depth: 1 })).toMatchObject({
      kind: 'stop',
      best: -1,
    })
  })

  test('pruned, it finds what trying every set finds', () => {
    const qualities = fc.array(fc.double({ min: 0.05, max: 0.95, noNaN: true }), {
      minLength: 2,
      maxLength: 5,
    })
    fc.assert(
      fc.property(qualities, fc.double({ min: 0.001, max: 0.3, noNaN: true }), (list, price) => {
        const prices = list.map((_, place) => price * (place + 1))
        let best = Number.NEGATIVE_INFINITY
        for (let set = 1; set < 2 ** list.length; set++) {
          const members = list.flatMap((_, place) => (set & (2 ** place) ? [place] : []))
          if (members.length > 3) continue
          let [mean, variance] = [Number.NEGATIVE_INFINITY, 0]
          for (const place of members) {
            const own = list[place]!
            const ownVariance = 0.25 ** 2 * 4 * own * (1 - own)
            if (mean === Number.NEGATIVE_INFINITY) [mean, variance] = [own, ownVariance]
            else [mean, variance] = clark(mean, variance, own, ownVariance)
          }
          best = Math.max(
            best,
            members.reduce((sum, place) => sum - prices[place]!, mean),
          )
        }
        expect(plan(list, prices).value).toBeGreaterThanOrEqual(best - 1e-6)
        expect(plan(list, prices).value).toBeLessThanOrEqual(best + 1e-6)
      }),
      { numRuns: 60 },
    )
  })
})
