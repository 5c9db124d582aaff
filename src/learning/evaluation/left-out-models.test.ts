import { describe, expect, test } from 'vitest'
import { easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { groupMeans } from './group-means.ts'
import { isTold, judgeInTurn, judgeLeftOut } from './left-out-models.ts'
import { type Predictions, predictAll } from './policy-curve.ts'
import { buildTable, type OutcomeTable } from './table.ts'

const pool = ['cheap', 'middle', 'dear']
const options = { seed: '1', resamples: 100 }

const table = (split: string): OutcomeTable =>
  buildTable(easyAndHardRows(300, split), pool, createCosting(null))
const tables = { fit: table('train'), score: table('dev'), priced: true }

const trained: Predictions = predictAll(
  groupMeans('by kind', tables.fit, ({ category }) => category ?? ''),
  tables.score.rows,
  pool,
  true,
)

/** Predictions in which one model stands where it does not. */
function misplaced(model: string, shift: number): Predictions {
  const quality = trained.quality.slice()
  for (let cell = pool.indexOf(model); cell < quality.length; cell += pool.length) quality[cell]! += shift
  return { ...trained, quality }
}

describe('a model left out', () => {
  test('that is placed as training places it gives all of what training gives', () => {
    const found = judgeLeftOut(['dear'], tables, { fromDescriptors: trained, trained }, options)
    expect(found.shareOfGain.value).toBe(1)
    expect(found.shareOfAddition.value).toBe(1)
    expect(isTold(found.gain)).toBe(true)
  })

  test('that is placed so low that nobody chooses it adds nothing, whatever the rest of the pool gains', () => {
    const fromDescriptors = misplaced('dear', -5)
    const found = judgeLeftOut(['dear'], tables, { fromDescriptors, trained }, options)
    expect(found.fromDescriptors.value).toBeCloseTo(found.without.value, 10)
    expect(found.shareOfAddition.value).toBeCloseTo(0, 10)
    expect(found.shareOfGain.value).toBeLessThan(1)
  })

  test('that training never chooses is said to add nothing sure', () => {
    const never = misplaced('middle', -5)
    const { addition } = judgeLeftOut(['middle'], tables, { fromDescriptors: never, trained: never }, options)
    expect(addition.value).toBeCloseTo(0, 10)
    expect(isTold(addition)).toBe(false)
  })
})

test('shares over several cases are of sums, so that a case with little to gain counts for little', () => {
  const cases = [
    { models: ['dear'], fromDescriptors: trained },
    { models: ['middle'], fromDescriptors: misplaced('middle', -5) },
  ]
  const found = judgeInTurn(cases, tables, trained, options)
  const sums = found.cases.map(({ addition, shareOfAddition }) => ({
    addition: addition.value,
    reached: addition.value * (addition.value === 0 ? 0 : shareOfAddition.value),
  }))
  const total = sums.reduce((sum, { addition }) => sum + addition, 0)
  const reached = sums.reduce((sum, one) => sum + one.reached, 0)
  expect(found.shareOfAddition.value).toBeCloseTo(reached / total, 6)
  expect(found.cases.map(({ models }) => models)).toEqual([['dear'], ['middle']])
})
