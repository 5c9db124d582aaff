import { expect, test } from 'vitest'
import { easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { compareRouters, routerQuality, uninformedQuality } from './compare-routers.ts'
import { groupMeans } from './group-means.ts'
import { judgeLeftOut } from './left-out-models.ts'
import { type Predictions, predictAll } from './policy-curve.ts'
import { buildTable, type OutcomeTable } from './table.ts'

const pool = ['cheap', 'middle', 'dear']
const options = { seed: '1', resamples: 200 }

function tables(priced = true) {
  const sets = (split: string) => [
    ...easyAndHardRows(200, split).map((row) => ({ ...row, dataset: 'one' })),
    ...easyAndHardRows(200, split, 'others').map((row) => ({ ...row, dataset: 'two' })),
  ]
  const costing = priced ? createCosting(null) : null
  return {
    fit: buildTable(sets('train'), pool, costing),
    score: buildTable(sets('dev'), pool, costing),
    priced,
  }
}

const predictedBy = (fit: OutcomeTable, score: OutcomeTable, knows: boolean, priced = true): Predictions =>
  predictAll(
    groupMeans('by kind', fit, ({ category }) => (knows ? (category ?? '') : '')),
    score.rows,
    pool,
    priced,
  )

test('a router that reads the prompt is ahead of one that does not, over all and in each set', () => {
  const { fit, score } = tables()
  const knowing = { name: 'knowing', predictions: predictedBy(fit, score, true) }
  const blind = { name: 'blind', predictions: predictedBy(fit, score, false) }
  const found = compareRouters(fit, score, true, [knowing, blind], options)
  expect(found.verdict).toBe('first ahead')
  expect(found.bySet.map(({ set, rows }) => [set, rows])).toEqual([
    ['one', 200],
    ['two', 200],
  ])
  for (const { difference } of [found.overall, ...found.bySet]) expect(difference.low).toBeGreaterThan(0)
  const [target] = found.targets
  expect(target!.qualityShare).toBe(0.95)
  expect(target!.first.value).toBeLessThan(target!.second.value)
  expect(compareRouters(fit, score, true, [blind, knowing], options).verdict).toBe('second ahead')
})

test('differences are paired: a router against itself differs by nothing in every resample', () => {
  const { fit, score } = tables()
  const router = { name: 'one', predictions: predictedBy(fit, score, true) }
  const found = compareRouters(fit, score, true, [router, { ...router, name: 'other' }], options)
  expect(found.overall.difference).toEqual({ value: 0, low: 0, high: 0 })
  expect(found.verdict).toBe('not told apart')
})

test('without prices the best predicted models are compared, and there are no cost targets', () => {
  const { fit, score } = tables(false)
  const knowing = { name: 'knowing', predictions: predictedBy(fit, score, true, false) }
  const wrong = { ...knowing.predictions, quality: knowing.predictions.quality.map((quality) => 1 - quality) }
  const found = compareRouters(fit, score, false, [knowing, { name: 'wrong', predictions: wrong }], options)
  expect(found).toMatchObject({ measure: 'best-predicted', targets: [], verdict: 'first ahead' })
})

test('the uninformed choice is the mix of the cheapest and the best, halfway up on average', () => {
  const { fit, score } = tables()
  const equal = new Float64Array(score.rows.length).fill(1)
  const mean = (place: number) =>
    score.quality.filter((_, cell) => cell % 3 === place).reduce((sum, quality) => sum + quality, 0) / 400
  expect(uninformedQuality(fit, score, true)(equal)).toBeCloseTo((mean(0) + mean(2)) / 2, 6)
  expect(uninformedQuality(fit, score, false)(equal)).toBeCloseTo(mean(2), 6)
})

test('the share of the gain is 1 for predictions as good as the trained ones, and less for worse', () => {
  const all = tables()
  const trained = predictedBy(all.fit, all.score, true)
  const equal = new Float64Array(all.score.rows.length).fill(1)
  const judge = (fromDescriptors: Predictions) =>
    judgeLeftOut(['middle'], all, { fromDescriptors, trained }, options)
  expect(judge(trained).shareOfGain).toEqual({ value: 1, low: 1, high: 1 })
  const blind = judge(predictedBy(all.fit, all.score, false))
  expect(blind.trained.value).toBe(routerQuality(all.fit, all.score, true, trained)(equal))
  expect(blind.shareOfGain.high).toBeLessThan(0.8)
})
