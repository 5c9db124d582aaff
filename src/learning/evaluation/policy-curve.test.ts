import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { chooseAt, type Predictions, policyCurve, predictAll, promised } from './policy-curve.ts'

const predictions = (quality: number[][], costUsd: number[][]): Predictions => ({
  rows: quality.length,
  models: quality[0]!.length,
  quality: Float64Array.from(quality.flat()),
  costUsd: Float64Array.from(costUsd.flat()),
})

// The first prompt gains 0.5 for 1 dollar, the second 0.1 for 1 dollar.
const two = predictions(
  [
    [0.3, 0.8],
    [0.8, 0.9],
  ],
  [
    [1, 2],
    [1, 2],
  ],
)

test('each prompt goes to the dearer model once lambda is below its gain per dollar', () => {
  expect([...chooseAt(two, 1)]).toEqual([0, 0])
  expect([...chooseAt(two, 0.3)]).toEqual([1, 0])
  expect([...chooseAt(two, 0.05)]).toEqual([1, 1])
})

test('the ends: the cheapest at infinity, the best at 0, ties to the cheaper', () => {
  const tied = predictions([[0.5, 0.5, 0.4]], [[3, 2, 1]])
  expect([...chooseAt(tied, Number.POSITIVE_INFINITY)]).toEqual([2])
  expect([...chooseAt(tied, 0)]).toEqual([1])
})

test('the curve visits every set of choices, from cheap to good', () => {
  const visited = policyCurve('router', two).choices.map((choices) => choices.join(''))
  expect([...new Set(visited)]).toEqual(['00', '10', '11'])
})

test('promised cost and quality both grow along the curve', () => {
  const cell = fc.double({ min: 0, max: 1, noNaN: true })
  const row = fc.array(fc.tuple(cell, cell), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 15 }), (rows) => {
      const predicted = predictions(
        rows.map((cells) => cells.map(([quality]) => quality)),
        rows.map((cells) => cells.map(([, cost]) => cost + 0.01)),
      )
      const points = policyCurve('router', predicted).choices.map((choices) => promised(predicted, choices))
      for (let setting = 1; setting < points.length; setting++) {
        expect(points[setting]!.quality).toBeGreaterThanOrEqual(points[setting - 1]!.quality - 1e-9)
        expect(points[setting]!.costUsd).toBeGreaterThanOrEqual(points[setting - 1]!.costUsd - 1e-9)
      }
    }),
  )
})

test('a prediction that is no number is the predictor’s bug, named with row and model', () => {
  const broken = { name: 'broken', predict: () => ({ quality: [0.5, Number.NaN], costUsd: [1, 1] }) }
  expect(() => predictAll(broken, [aRow({ id: 'r1' })], ['a', 'b'], true)).toThrow(
    /broken predicts .* b on row r1/,
  )
})
