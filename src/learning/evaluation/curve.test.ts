import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { curveMeans, sharesOf } from './curve.ts'
import { buildTable } from './table.ts'

test('rows that lack a model of the pool, or its cost, are dropped and counted', () => {
  const costed = { score: 1, costUsd: 0.1 }
  const rows = [
    aRow({ outcomes: { a: costed, b: { score: 0, costUsd: 0.2 } } }),
    aRow({ outcomes: { a: costed } }),
    aRow({ outcomes: { a: costed, b: {} } }),
  ]
  const table = buildTable(rows, ['b', 'a'], createCosting(null))
  expect(table.dropped).toEqual({ missing: 1, uncosted: 1 })
  expect([...table.quality]).toEqual([0, 1])
  expect([...table.costUsd]).toEqual([0.2, 0.1])
  expect(table.costBasis.billed).toBe(2)
  expect(buildTable(rows, ['b', 'a'], null).dropped).toEqual({ missing: 1, uncosted: 0 })
})

test('means at each setting equal those counted from scratch, whatever the weights', () => {
  const models = 3
  const draws = fc.record({
    cells: fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        minLength: 15,
        maxLength: 15,
      },
    ),
    choices: fc.array(fc.array(fc.nat(models - 1), { minLength: 5, maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    }),
    weights: fc
      .array(fc.nat(3), { minLength: 5, maxLength: 5 })
      .filter((weights) => weights.some((w) => w > 0)),
  })
  fc.assert(
    fc.property(draws, ({ cells, choices, weights }) => {
      const table = {
        rows: Array.from({ length: 5 }, () => aRow()),
        pool: ['a', 'b', 'c'],
        quality: Float64Array.from(cells, ([quality]) => quality),
        costUsd: Float64Array.from(cells, ([, cost]) => cost),
        dropped: { missing: 0, uncosted: 0 },
        costBasis: { billed: 0, 'reported tokens': 0, 'estimated tokens': 0 },
      }
      const curve = { name: 'c', choices: choices.map((setting) => Uint16Array.from(setting)) }
      const points = curveMeans(curve, table)(Float64Array.from(weights))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      choices.forEach((setting, index) => {
        const mean = (values: Float64Array) =>
          setting.reduce((sum, model, row) => sum + weights[row]! * values[row * models + model]!, 0) / total
        expect(points[index]!.quality).toBeCloseTo(mean(table.quality), 9)
        expect(points[index]!.costUsd).toBeCloseTo(mean(table.costUsd), 9)
      })
    }),
  )
})

test('shares of calls', () => {
  expect(sharesOf(Uint16Array.of(0, 2, 2, 2), 3)).toEqual([0.25, 0, 0.75])
})
