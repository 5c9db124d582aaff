import { expect, test } from 'vitest'
import { crossFit } from './cross-fit.ts'
import { findRate } from './find-rate.ts'
import { realise, rowsWhere, type Sample } from './sample.ts'

/** Four rows a fold; the strong model costs $3, the weak one $1; gains differ from fold to fold. */
const gains = [0.1, 0.2, 0.3, 0.4, 0.15, 0.25, 0.35, 0.45, 0.5, 0.6, 0.7, 0.8]
const foldOf = gains.map((_, row) => Math.floor(row / 4))
const sampleWith = (costs: readonly number[] = gains.map(() => 3)): Sample => ({
  predictions: {
    rows: gains.length,
    models: 2,
    quality: Float64Array.from(gains.flatMap((gain) => [0, gain])),
    costUsd: Float64Array.from(gains.flatMap(() => [1, 3])),
  },
  quality: Float64Array.from(gains.flatMap((_, row) => [0, row % 2])),
  costUsd: Float64Array.from(costs.flatMap((cost) => [1, cost])),
})
const statement = { kind: 'mean-cost', usd: 2 } as const

test('each fold is judged at the rate of the others', () => {
  const sample = sampleWith()
  const { folds, realised } = crossFit(statement, sample, foldOf, 1)
  expect(folds.map(({ rows }) => rows)).toEqual([4, 4, 4])
  folds.forEach(({ rate }, fold) => {
    const others = rowsWhere(sample, (row) => foldOf[row] !== fold)
    expect(rate).toEqual(findRate(statement, others, 1))
    const own = realise(
      rowsWhere(sample, (row) => foldOf[row] === fold),
      rate,
    )
    expect([...realised.costUsd.slice(4 * fold, 4 * fold + 4)]).toEqual([...own.costUsd])
  })
  // The last fold's gains are the highest: at the others' rate all of it goes to the strong model.
  expect([...realised.costUsd.slice(8)]).toEqual([3, 3, 3, 3])
})

test("a row's own outcomes have no part in how it is judged", () => {
  const before = crossFit(statement, sampleWith(), foldOf, 1)
  for (let fold = 0; fold < 3; fold++) {
    const changed = sampleWith(gains.map((_, row) => (foldOf[row] === fold ? 50 : 3)))
    const after = crossFit(statement, changed, foldOf, 1)
    expect(after.folds[fold]!.rate).toEqual(before.folds[fold]!.rate)
    expect([...after.folds[fold]!.realised.chosen]).toEqual([...before.folds[fold]!.realised.chosen])
  }
})

test('outcomes have a part in how the other folds are judged', () => {
  const dearLast = sampleWith(gains.map((_, row) => (foldOf[row] === 2 ? 50 : 3)))
  const [first, second] = crossFit(statement, dearLast, foldOf, 1).folds
  const before = crossFit(statement, sampleWith(), foldOf, 1).folds
  expect(first!.rate.lambda).toBeGreaterThan(before[0]!.rate.lambda)
  expect(second!.rate.lambda).toBeGreaterThan(before[1]!.rate.lambda)
})
