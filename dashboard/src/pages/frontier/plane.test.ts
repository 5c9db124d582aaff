import { expect, test } from 'vitest'
import { planeRows, spaced } from './plane.ts'

const mean = (value: number) => ({ mean: value, low: null, high: null, count: 1 })
const point = (name: string, quality: number, usd: number) => ({
  name,
  quality: mean(quality),
  usd: mean(usd),
})
const policy = { ...point('auto', 0.8, 0.001), observedQuality: mean(0.7), paidUsd: null }

const report = {
  policies: [policy],
  models: [point('acme/small', 0.801, 0.001), point('acme/large', 0.9, 0.1)],
  oracle: point('oracle', 0.95, 0.01),
  controls: [{ family: 'cheapest' as const, ...point('cheapest', 0.5, 0.0001) }],
}
const room = { width: 500, height: 300, logarithmic: true }

test('everything stands on the plane, what feedback says beside the policies', () => {
  const rows = planeRows(report)
  expect(rows.map(({ kind }) => kind)).toEqual(['policy', 'model', 'model', 'oracle', 'control'])
  expect(rows[0]?.observed?.mean).toBe(0.7)
  expect(rows[1]?.observed).toBeNull()
  expect(planeRows({ ...report, oracle: null })).toHaveLength(4)
})

test('of names that would overlap the first one is written', () => {
  const names = spaced(planeRows(report), room).map(({ name }) => name)
  expect(names).toEqual(['auto', 'acme/large', 'oracle'])
  // At the right edge a name stands to the left of its sign.
  expect(spaced(planeRows(report), room).map(({ side }) => side)).toEqual(['right', 'left', 'right'])
  expect(spaced([], room)).toEqual([])
})

test('a plane of one point has its name', () => {
  const alone = planeRows({
    ...report,
    policies: [],
    oracle: null,
    controls: [],
    models: [point('a/b', 0.5, 0.1)],
  })
  expect(spaced(alone, { ...room, logarithmic: false })).toHaveLength(1)
})
