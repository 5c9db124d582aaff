import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { type LeftOutSet, notScored, summarise, withoutSet } from './left-out-sets.ts'
import type { Splits } from './split.ts'

const splits: Splits = {
  fitName: 'train',
  scoreName: 'dev',
  fitRows: [
    aRow({ dataset: 'one', qhash: 'a' }),
    aRow({ dataset: 'two', qhash: 'b' }),
    aRow({ dataset: 'two', qhash: 'c', outcomes: { cheap: {}, other: {} } }),
  ],
  scoreRows: [aRow({ dataset: 'one', qhash: 'c' }), aRow({ dataset: 'two', qhash: 'd' })],
  notes: [],
}

test('a set left out is scored and fitted nowhere, nor are its questions in other sets', () => {
  const apart = withoutSet(splits, 'one')
  expect(apart.scoreRows.map(({ qhash }) => qhash)).toEqual(['c'])
  expect(apart.fitRows.map(({ qhash }) => qhash)).toEqual(['b'])
})

test('models that the scored rows lack are kept out of the pool', () => {
  expect(notScored(splits)).toEqual(['other'])
})

test('the mean counts each set once, and its interval is narrower than theirs', () => {
  const set = (name: string, value: number): LeftOutSet => ({
    set: name,
    rows: 100,
    quality: { value, low: value - 0.1, high: value + 0.1 },
    aheadOf: { 'random mix': { value: 0.02, low: -0.01, high: 0.05 } },
  })
  const { mean } = summarise([set('one', 0.6), set('two', 0.8)])
  expect(mean.rows).toBe(200)
  expect(mean.quality.value).toBeCloseTo(0.7)
  expect(mean.quality.high - mean.quality.low).toBeCloseTo(0.2 / Math.SQRT2)
  expect(mean.aheadOf['random mix']!.low).toBeCloseTo(0.02 - 0.03 / Math.SQRT2)
})
