import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRow, easyAndHardRows } from '../../../../test/support/outcome-rows.ts'
import type { Predictions } from '../../evaluation/policy-curve.ts'
import { buildTable, type OutcomeTable } from '../../evaluation/table.ts'
import { createCosting } from '../costing.ts'
import { setFrontier } from './set-frontier.ts'

const bootstrap = { seed: 'tests', resamples: 200 }
const costing = createCosting(null)
const names = ['acme/cheap', 'acme/middle', 'acme/dear']

/** Whoever knows the outcomes before they are there. */
const foreseen = ({ rows, pool, quality, costUsd }: OutcomeTable): Predictions => ({
  rows: rows.length,
  models: pool.length,
  quality,
  costUsd,
})

const frontierOf = (table: OutcomeTable, predictions = foreseen(table), pool = names) =>
  setFrontier({ table, predictions, names: pool, promised: () => null, bootstrap })

describe('the frontier of an outcome set', () => {
  const table = buildTable(easyAndHardRows(400, 'dev'), ['cheap', 'middle', 'dear'], costing)
  const found = frontierOf(table)

  test('has what models have come to, by true outcomes', () => {
    expect(found.models.map(({ name }) => name)).toEqual(names)
    const right = table.rows.filter((row) => row.outcomes.get('dear')!.score === 1).length
    expect(found.models[2]!.quality.mean).toBeCloseTo(right / 400)
    expect(found.models.map(({ usd }) => usd.mean)).toEqual([
      expect.closeTo(0.0001),
      expect.closeTo(0.001),
      expect.closeTo(0.01),
    ])
    expect(found.bestModel).toBe('acme/dear')
    expect(found.bestSingle).toBe(found.models[2]!.quality.mean)
  })

  test('goes from the best choice of each row to the cheapest, by what was predicted', () => {
    const [first, last] = [found.frontier[0]!, found.frontier.at(-1)!]
    expect(first.quality.mean).toBeCloseTo(found.oracle.quality.mean)
    expect(first.usd.mean).toBeCloseTo(found.oracle.usd.mean)
    expect(last.shares).toEqual({ 'acme/cheap': 1 })
    expect(last.quality.mean).toBe(found.models[0]!.quality.mean)
    expect(last.changed).toBe(1)
  })

  test('gains nothing by predictions that know nothing of the prompt', () => {
    const blind: Predictions = {
      ...foreseen(table),
      quality: table.quality.map((_, cell) => [0.5, 0.6, 0.7][cell % 3]!),
      costUsd: table.costUsd.map((_, cell) => [1, 2, 3][cell % 3]!),
    }
    const { frontier } = frontierOf(table, blind)
    for (const { shares, quality } of frontier) {
      const [[name, share]] = Object.entries(shares) as [[string, number]]
      expect(share).toBe(1)
      expect(quality.mean).toBe(found.models.find((model) => model.name === name)!.quality.mean)
    }
  })

  test('has paired intervals: what is the same row by row differs by nothing', () => {
    const toDear = { ...foreseen(table), quality: table.quality.map((_, cell) => (cell % 3 === 2 ? 1 : 0)) }
    const { versus, quality } = frontierOf(table, toDear).frontier[0]!
    expect(versus.quality).toEqual({ mean: 0, low: 0, high: 0, count: 400 })
    expect(quality.high! - quality.low!).toBeGreaterThan(0.02)
  })

  test('has controls from the cheapest to the strongest', () => {
    const { controls } = found
    expect(controls.map(({ family }) => family)).toEqual([
      'cheapest',
      ...Array(4).fill('random-mix'),
      ...Array(7).fill('prompt-length'),
      'strongest',
    ])
    const [cheap, mix, strong] = [controls[0]!, controls[1]!, controls.at(-1)!]
    expect(mix.quality.mean).toBeCloseTo(0.8 * cheap.quality.mean + 0.2 * strong.quality.mean)
    const costs = controls.filter(({ family }) => family === 'prompt-length').map(({ usd }) => usd.mean)
    expect(costs).toEqual([...costs].sort((a, b) => b - a))
  })
})

test('whatever the outcomes, the oracle is not beaten and means lie within their intervals', () => {
  const cell = fc.record({
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    costUsd: fc.double({ min: 1e-7, max: 0.1, noNaN: true }),
  })
  const row = fc.record({ a: cell, b: cell })
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), (outcomes) => {
      const rows = outcomes.map((one) => aRow({ outcomes: one }))
      const { frontier, oracle } = frontierOf(buildTable(rows, ['a', 'b'], costing), undefined, ['a', 'b'])
      for (const [at, { quality, shares, lambda, usd }] of frontier.entries()) {
        expect(lambda).toBeGreaterThan(frontier[at - 1]?.lambda ?? 0)
        expect(quality.mean).toBeLessThanOrEqual(oracle.quality.mean + 1e-9)
        expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
        for (const { mean, low, high } of [quality, usd]) {
          expect(low).toBeLessThanOrEqual(high!)
          expect(Number.isFinite(mean)).toBe(true)
        }
      }
    }),
    { numRuns: 40 },
  )
})
