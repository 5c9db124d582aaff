import { onTestFinished, expect, test, vi } from 'vitest'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { Estimates } from './consider.ts'
import { openObjectiveOverrides } from './objective-overrides.ts'

const clock = { now: () => performance.now(), wall: () => new Date() }
const written: ObjectiveStatement = { kind: 'quality', share: 0.95 }
const set: ObjectiveStatement = { kind: 'willingness-to-pay', usdPerTenPoints: 0.02 }
const auto = { name: 'auto', objective: written } as Parameters<Estimates['objective']>[0]

async function opened() {
  const store = await openSqliteStore({ path: ':memory:' })
  const state = openMemoryState({ clock, report: () => {} })
  const parts = { store, state, clock, onProblem: vi.fn() }
  const overrides = await openObjectiveOverrides(parts)
  onTestFinished(async () => {
    overrides.close()
    await store.close()
  })
  return { store, parts, overrides }
}

const told: Estimates['objective'] = (_, statement) => ({
  lambda: 1,
  mu: 0,
  maxCostUsd: null,
  statedAs: statement.kind,
})

test('what is set stands in place of what is configured until it is lifted', async () => {
  const { overrides } = await opened()
  const resolve = overrides.over(told)
  expect(resolve(auto, written).statedAs).toBe('quality')
  await overrides.set('auto', set)
  expect(overrides.of('auto')).toEqual(set)
  expect(resolve(auto, auto.objective).statedAs).toBe('willingness-to-pay')
  // A request’s own statement is its own.
  expect(resolve(auto, { kind: 'lambda', lambda: 3 }).statedAs).toBe('lambda')
  expect(resolve({ ...auto, name: 'other' }, written).statedAs).toBe('quality')
  await overrides.set('auto', null)
  expect(overrides.of('auto')).toBeNull()
  expect(resolve(auto, auto.objective).statedAs).toBe('quality')
})

test('it outlives the process, with all that held before', async () => {
  const { overrides, parts, store } = await opened()
  await overrides.set('auto', written)
  await overrides.set('auto', set)
  const again = await openObjectiveOverrides(parts)
  expect(again.of('auto')).toEqual(set)
  again.close()
  expect(await store.documentHistory('objective', 'auto', 10)).toHaveLength(2)
})

test('what can’t be read is as if it were not there', async () => {
  const { parts, store } = await opened()
  const changedAt = clock.wall().toISOString()
  for (const [id, text] of [
    ['a', 'no JSON'],
    ['b', '{"statement":{"kind":"wish"}}'],
    ['c', '{"statement":{"kind":"quality","share":7}}'],
  ] as const)
    await store.putDocument({ kind: 'objective', id, version: 1, changedAt, text }, 0)
  const overrides = await openObjectiveOverrides(parts)
  expect(['a', 'b', 'c'].map(overrides.of)).toEqual([null, null, null])
  overrides.close()
})
