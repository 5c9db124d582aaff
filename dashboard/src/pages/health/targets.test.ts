import { expect, test } from 'vitest'
import { modelId } from '../../../../src/domain/model.ts'
import { byTrouble, sayMode, stateOf, type TargetRow } from './targets.ts'

const target = (name: string, changes: Partial<TargetRow> = {}): TargetRow => ({
  model: modelId('acme/small'),
  vendor: 'acme' as TargetRow['vendor'],
  target: name,
  readiness: 'ready',
  blockedForMs: 0,
  inFlight: 0,
  queued: 0,
  firstContentMs: 300,
  headroom: 1,
  ...changes,
})

test.each([
  ['ready', 1, 'ready', 'good'],
  ['ready', 0.1, 'near its rate limit', 'warn'],
  ['due', 1, 'about to be tried', 'warn'],
  ['blocked', 1, 'blocked', 'bad'],
] as const)('a target that is %s with headroom %d is said to be %s', (readiness, headroom, label, tone) => {
  expect(stateOf({ readiness, headroom })).toEqual({ label, tone })
})

test('trouble stands first, then the busiest', () => {
  const rows = byTrouble([
    target('idle'),
    target('busy', { inFlight: 3 }),
    target('blocked', { readiness: 'blocked' }),
    target('due', { readiness: 'due' }),
  ])
  expect(rows.map(({ target: name }) => name)).toEqual(['blocked', 'due', 'busy', 'idle'])
})

test('a shared state that is lost is bad news', () => {
  expect(sayMode('local').tone).toBe('bad')
  expect(sayMode('alone').tone).toBe('good')
  expect(sayMode('shared').tone).toBe('good')
})
