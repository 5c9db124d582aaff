import { describe, expect, test } from 'vitest'
import { type ConfiguredLimit, noRateLimits, type SpendLimit } from '../domain/limits.ts'
import { noRoutingOptions } from '../domain/routing-options.ts'
import { fullAccess, type KeyId, nobody, type VirtualKey } from '../domain/virtual-key.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import { accountsOf, meansOf } from './purse.ts'
import type { Identity } from './key-ring.ts'
import { callerOf, subjectsOf } from './subjects.ts'

const spend: SpendLimit = { unit: 'usd', limit: 10, per: 'day', softAt: 0.5, alertAt: [] }
const limit = (scope: ConfiguredLimit['scope'], name: string | null = null): ConfiguredLimit => ({
  scope,
  name,
  spendLimits: [spend],
  rateLimits: noRateLimits,
})

const key = {
  ...fullAccess,
  id: 'key_1' as KeyId,
  name: 'ci',
  secrets: [],
  group: null,
  user: 'ada',
  tags: ['nightly'],
  spendLimits: [spend],
  rateLimits: noRateLimits,
  createdAt: '',
  expiresAt: null,
  revokedAt: null,
} satisfies VirtualKey
const identity: Identity = { key, project: null, team: null }

const names = (
  configured: readonly ConfiguredLimit[],
  who: Identity | null,
  caller = nobody,
  policy = 'auto',
) => subjectsOf(configured, who, caller, policy).map(({ scope, name }) => `${scope} ${name}`)

describe('the limits of a request', () => {
  test('are its key’s own, and those of the configuration that mean it', () => {
    const caller = callerOf(identity, { ...noRoutingOptions, tags: ['blue'] })
    const configured = [
      limit('all'),
      limit('user'),
      limit('tag', 'nightly'),
      limit('tag', 'red'),
      limit('key', 'ci'),
    ]
    expect(names(configured, identity, caller)).toEqual([
      'key key_1',
      'all all',
      'user ada',
      'tag nightly',
      'key key_1',
    ])
  })

  test('of each one are that one’s own account', () => {
    const caller = { ...nobody, user: 'bob', tags: ['a', 'b'] }
    expect(names([limit('user'), limit('tag')], null, caller)).toEqual(['user bob', 'tag a', 'tag b'])
    expect(names([limit('policy'), limit('policy', 'auto'), limit('policy', 'other')], null)).toEqual([
      'policy auto',
      'policy auto',
    ])
  })

  test('keep names that clients make up short, and few', () => {
    const caller = {
      ...nobody,
      user: 'x'.repeat(10_000),
      tags: Array.from({ length: 1_000 }, (_, n) => `t${n}`),
    }
    const found = subjectsOf([limit('user'), limit('tag')], null, caller, 'auto')
    expect(found.length).toBeLessThanOrEqual(17)
    expect(Math.max(...found.map(({ name }) => name.length))).toBeLessThanOrEqual(128)
  })
})

test('who asks is the request’s word over the key’s, and tags are those of both', () => {
  expect(callerOf(identity, noRoutingOptions)).toMatchObject({ key: 'key_1', user: 'ada', tags: ['nightly'] })
  expect(callerOf(identity, { ...noRoutingOptions, user: 'bob', tags: ['blue', 'nightly'] })).toMatchObject({
    user: 'bob',
    tags: ['nightly', 'blue'],
  })
  expect(callerOf(null, noRoutingOptions)).toBe(nobody)
})

test('what is left is the least of all limits, and past a soft one dollars are dearer the nearer the hard one is', () => {
  const clock = { now: () => 0, wall: () => new Date('2026-03-01T12:00:00Z') }
  const state = openMemoryState({ clock, report: () => {} })
  const accounts = accountsOf(subjectsOf([limit('all')], null, nobody, 'auto'))
  const spendMore = (usd: number) => {
    const held = state.hold([{ account: accounts[0]!.account, amount: usd * 1e6, limit: null }], 1_000)
    if (held instanceof Promise || held.kind !== 'held') throw new Error('not held')
    void held.hold.settle([usd * 1e6])
  }
  expect(meansOf(state, accounts)).toMatchObject({
    leftUsd: 10,
    squeeze: 1,
    leftTokens: Number.POSITIVE_INFINITY,
  })
  spendMore(4)
  expect(meansOf(state, accounts)).toMatchObject({ leftUsd: 6, squeeze: 1 })
  spendMore(1)
  const soft = meansOf(state, accounts).squeeze
  expect(soft).toBeCloseTo(10, 6)
  spendMore(4)
  expect(meansOf(state, accounts).squeeze).toBeGreaterThan(soft)
  spendMore(3)
  expect(meansOf(state, accounts)).toMatchObject({ leftUsd: 0 })
  expect(meansOf(state, accounts).squeeze).toBeCloseTo(1000, 6)
})
