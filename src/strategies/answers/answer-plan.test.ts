import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAnswerModel, type Observed } from './answer-model.ts'
import { type Plan, planAnswers, type PlanOptions } from './answer-plan.ts'

const shared = { sharedDifficulty: 2, wrongAgreement: 0.4 }
const plan = (
  qualities: readonly number[],
  options: Partial<PlanOptions>,
  observed: readonly Observed[] = [],
  failed: readonly number[] = [],
): Plan =>
  planAnswers(createAnswerModel(qualities, shared), observed, failed, {
    prices: qualities.map(() => 0),
    depth: 3,
    comparable: true,
    check: null,
    ...options,
  })

test('with one call allowed it is routing: the best of quality less price', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          quality: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
          price: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      (candidates) => {
        const best = Math.max(...candidates.map(({ quality, price }) => quality - price))
        const chosen = plan(
          candidates.map(({ quality }) => quality),
          { depth: 1, prices: candidates.map(({ price }) => price) },
        )
        expect(chosen.kind).toBe('ask')
        expect(chosen.value).toBeCloseTo(best, 6)
      },
    ),
  )
})

test('looking further ahead is never worth less', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.05, max: 0.95, noNaN: true }), { minLength: 2, maxLength: 4 }),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      (qualities, price) => {
        const prices = qualities.map((_, place) => price * (place + 1))
        const values = [1, 2, 3].map((depth) => plan(qualities, { depth, prices }).value)
        expect(values[1]!).toBeGreaterThanOrEqual(values[0]! - 1e-9)
        expect(values[2]!).toBeGreaterThanOrEqual(values[1]! - 1e-9)
      },
    ),
    { numRuns: 40 },
  )
})

describe('two cheap models and a dear one', () => {
  const qualities = [0.7, 0.68, 0.8]
  const prices = [0.001, 0.001, 0.15]
  const first = { candidate: 0, cluster: 0, evidence: 0 }

  test('begin with a cheap one, though the dear one is better on its own', () => {
    expect(plan(qualities, { prices })).toMatchObject({ kind: 'ask', candidate: 0 })
  })

  test('stop when the cheap ones agree', () => {
    const agreed = [first, { candidate: 1, cluster: 0, evidence: 0 }]
    expect(plan(qualities, { prices }, agreed)).toMatchObject({ kind: 'stop' })
  })

  test('ask the dear one when they differ, unless it costs more than it can bring', () => {
    const differing = [first, { candidate: 1, cluster: 1, evidence: 0 }]
    expect(plan(qualities, { prices }, differing)).toMatchObject({ kind: 'ask', candidate: 2 })
    expect(plan(qualities, { prices: [0.001, 0.001, 0.6] }, differing)).toMatchObject({ kind: 'stop' })
  })

  test('a price that is not known is never paid', () => {
    expect(plan(qualities, { prices: [0.001, 0.001, Number.POSITIVE_INFINITY] })).toMatchObject({
      kind: 'ask',
      candidate: 0,
    })
  })

  test('a model that has failed counts towards the depth and is not asked again', () => {
    expect(plan(qualities, { prices, depth: 2 }, [], [0, 1])).toMatchObject({ kind: 'stop', best: -1 })
    expect(plan(qualities, { prices }, [], [0])).toMatchObject({ kind: 'ask', candidate: 1 })
  })
})

test('where answers cannot be compared a second one is worth nothing, and a check makes it worth its price', () => {
  const qualities = [0.6, 0.8]
  const prices = [0.001, 0.1]
  const alone = plan(qualities, { prices, comparable: false })
  expect(alone).toMatchObject({ kind: 'ask', candidate: 1 })
  const checked = plan(qualities, {
    prices,
    comparable: false,
    check: { passesIfRight: 0.98, passesIfWrong: 0.1 },
  })
  expect(checked).toMatchObject({ kind: 'ask', candidate: 0 })
  expect(checked.value).toBeGreaterThan(alone.value)
})
