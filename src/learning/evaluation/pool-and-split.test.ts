import { expect, test } from 'vitest'
import { aRow } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { choosePool, type PoolRequest } from './pool.ts'
import { splitRows } from './split.ts'

const costing = createCosting(null)
const anyPool: PoolRequest = { models: null, exclude: [] }
const rowsOf = (outcomes: Record<string, { score: number; costUsd?: number }>, count = 10) =>
  Array.from({ length: count }, () => aRow({ outcomes }))

test('by default: models that are costed and run on most rows, the front and the best', () => {
  const rows = [
    ...rowsOf({ front: { score: 0.5, costUsd: 1 }, best: { score: 0.9, costUsd: 2 }, free: { score: 1 } }, 9),
    ...rowsOf({
      front: { score: 0.5, costUsd: 1 },
      best: { score: 0.9, costUsd: 2 },
      free: { score: 1 },
      rare: { score: 1, costUsd: 1 },
    }),
  ]
  const result = choosePool(rows, costing, anyPool)
  expect(result).toMatchObject({ kind: 'pool', pool: { models: ['best', 'front'], priced: true } })
  const notes = result.kind === 'pool' ? result.pool.notes.join(' ') : ''
  expect(notes).toContain('cost not known: free')
  expect(notes).toContain('too few rows: rare')
})

test('at most 12 models, the cheapest of the front among them', () => {
  const outcomes = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`m${index}`, { score: 0.1 + index / 50, costUsd: 1 + index }]),
  )
  const result = choosePool(rowsOf(outcomes), costing, anyPool)
  const models = result.kind === 'pool' ? result.pool.models : []
  expect(models).toHaveLength(12)
  expect(models).toContain('m0')
  expect(models).toContain('m29')
})

test('without costs the pool is compared on quality, and says why', () => {
  const result = choosePool(rowsOf({ a: { score: 1 }, b: { score: 0 } }), costing, anyPool)
  expect(result).toMatchObject({ pool: { models: ['a', 'b'], priced: false } })
  expect(result.kind === 'pool' && result.pool.notes[0]).toContain('quality only')
})

test('a named pool is taken as it is; an unpriced member makes it quality only', () => {
  const rows = rowsOf({ a: { score: 1, costUsd: 1 }, b: { score: 0 }, c: { score: 0, costUsd: 1 } })
  expect(choosePool(rows, costing, { models: ['c', 'a'], exclude: [] })).toMatchObject({
    pool: { priced: true },
  })
  const mixed = choosePool(rows, costing, { models: ['a', 'b'], exclude: [] })
  expect(mixed).toMatchObject({
    pool: { priced: false, notes: [expect.stringContaining('No cost is known for b')] },
  })
})

test('an unknown name and a pool of one are refused', () => {
  const rows = rowsOf({ a: { score: 1 }, b: { score: 0 } })
  expect(choosePool(rows, costing, { models: ['a', 'x'], exclude: ['y'] })).toMatchObject({
    kind: 'impossible',
    problem: 'No row has an outcome of x, y',
    remedy: 'The models are: a, b.',
  })
  expect(choosePool(rows, costing, { models: null, exclude: ['b'] }).kind).toBe('impossible')
})

test('rows stand on the side of their split, and no question on both', () => {
  const rows = [
    aRow({ id: 'f1', qhash: 'p' }),
    aRow({ id: 'f2', qhash: 'q' }),
    aRow({ id: 's', qhash: 'q', split: 'dev' }),
    aRow({ split: 'test' }),
  ]
  const result = splitRows(rows, 'train', 'dev')
  expect(result.kind === 'split' && result.splits.fitRows.map(({ id }) => id)).toEqual(['f1'])
  expect(result.kind === 'split' && result.splits.scoreRows.map(({ id }) => id)).toEqual(['s'])
  expect(result.kind === 'split' && result.splits.notes).toEqual([expect.stringContaining('1 train rows')])
})

test('without a split to score on, one question in seven is set apart, always the same', () => {
  const rows = Array.from({ length: 700 }, (_, index) => aRow({ qhash: `question ${index >> 1}` }))
  const result = splitRows(rows, 'train', 'dev')
  if (result.kind !== 'split') throw new Error(result.problem)
  const { fitRows, scoreRows } = result.splits
  expect(scoreRows.length).toBeGreaterThan(50)
  expect(scoreRows.length).toBeLessThan(160)
  const scored = new Set(scoreRows.map(({ qhash }) => qhash))
  expect(fitRows.some(({ qhash }) => scored.has(qhash))).toBe(false)
  expect(splitRows(rows, 'train', 'dev')).toEqual(result)
})

test('a score split that is not among those there are is refused, not carved', () => {
  const rows = [aRow(), aRow({ split: 'dev' })]
  expect(splitRows(rows, 'train', 'dve')).toMatchObject({
    kind: 'impossible',
    problem: 'No row has the split dve',
    remedy: expect.stringContaining('dev, train'),
  })
})

test('an unknown fit split names those there are', () => {
  expect(splitRows([aRow()], 'fit', 'dev')).toMatchObject({ remedy: expect.stringContaining('train') })
})
