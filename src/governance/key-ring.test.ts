import { describe, expect, test } from 'vitest'
import type { Clock } from '../domain/transport.ts'
import { fullAccess, type KeyGroup, type KeyId, type VirtualKey } from '../domain/virtual-key.ts'
import { noRateLimits } from '../domain/limits.ts'
import { createKeyRing } from './key-ring.ts'
import { newSecret } from './key-secret.ts'

const now = '2026-03-01T12:00:00.000Z'

function aWorld(changes: Partial<VirtualKey> = {}) {
  const { secret, hash, hint } = newSecret()
  const world = {
    clock: 0,
    asked: 0,
    down: false,
    secret: secret.reveal(),
    groups: [] as KeyGroup[],
    key: {
      ...fullAccess,
      id: 'key_1' as KeyId,
      name: 'a key',
      secrets: [{ hash, hint, expiresAt: null }],
      group: null,
      user: null,
      tags: [],
      spendLimits: [],
      rateLimits: noRateLimits,
      createdAt: now,
      expiresAt: null,
      revokedAt: null,
      ...changes,
    } as VirtualKey,
  }
  const clock: Clock = { now: () => world.clock, wall: () => new Date(Date.parse(now) + world.clock) }
  const store = {
    keyByHash: async (asked: string) => {
      world.asked++
      if (world.down) throw new Error('the store is down')
      return world.key.secrets.some((one) => one.hash === asked) ? world.key : null
    },
    groups: async () => world.groups,
  }
  return { world, ring: createKeyRing(store, clock) }
}

const codeOf = (found: object) => ('code' in found ? found.code : 'identified')

describe('a secret', () => {
  test('is looked up once for all who show it at the same time, and not again while what is known is fresh', async () => {
    const { world, ring } = aWorld()
    const all = await Promise.all(Array.from({ length: 50 }, () => ring.identify(world.secret)))
    expect(all.map(codeOf)).toEqual(Array(50).fill('identified'))
    expect(world.asked).toBe(1)
    world.clock = 4_000
    expect(ring.identify(world.secret)).not.toBeInstanceOf(Promise)
    world.clock = 6_000
    await ring.identify(world.secret)
    expect(world.asked).toBe(2)
  })

  test('that nobody knows is remembered as such', async () => {
    const { world, ring } = aWorld()
    for (let n = 0; n < 5; n++) expect(codeOf(await ring.identify('fl-nobody'))).toBe('invalid_api_key')
    expect(world.asked).toBe(1)
  })

  test('of another kind asks nobody', async () => {
    const { world, ring } = aWorld()
    expect(codeOf(await ring.identify('sk-something'))).toBe('invalid_api_key')
    expect(world.asked).toBe(0)
  })

  test('that was valid stays so for a while when the store can’t be asked; others must wait', async () => {
    const { world, ring } = aWorld()
    await ring.identify(world.secret)
    world.down = true
    world.clock = 60_000
    expect(codeOf(await ring.identify(world.secret))).toBe('identified')
    expect(codeOf(await ring.identify('fl-another'))).toBe('keys_unavailable')
    world.clock = 700_000
    expect(codeOf(await ring.identify(world.secret))).toBe('keys_unavailable')
  })

  test('ends at its moment, though it is remembered', async () => {
    const { world, ring } = aWorld({ expiresAt: new Date(Date.parse(now) + 2_000).toISOString() })
    expect(codeOf(await ring.identify(world.secret))).toBe('identified')
    world.clock = 2_001
    expect(codeOf(await ring.identify(world.secret))).toBe('api_key_expired')
  })

  test('that was rotated out ends before its key', async () => {
    const { world, ring } = aWorld()
    const [old] = world.key.secrets
    const next = newSecret()
    const ends = new Date(Date.parse(now) + 1_000).toISOString()
    world.key = {
      ...world.key,
      secrets: [
        { ...old!, expiresAt: ends },
        { hash: next.hash, hint: next.hint, expiresAt: null },
      ],
    }
    world.clock = 1_500
    expect(codeOf(await ring.identify(world.secret))).toBe('api_key_expired')
    expect(codeOf(await ring.identify(next.secret.reveal()))).toBe('identified')
  })

  test('is read anew when keys have changed, also where it was being read just then', async () => {
    const { world, ring } = aWorld()
    const early = ring.identify(world.secret)
    world.key = { ...world.key, revokedAt: now }
    ring.forget()
    await early
    expect(codeOf(await ring.identify(world.secret))).toBe('api_key_revoked')
  })

  test('brings the groups of its key', async () => {
    const team: KeyGroup = {
      ...fullAccess,
      id: 'team_1',
      kind: 'team',
      name: 'search',
      team: null,
      spendLimits: [],
      rateLimits: noRateLimits,
      createdAt: now,
    }
    const project: KeyGroup = { ...team, id: 'project_1', kind: 'project', name: 'ranking', team: 'team_1' }
    const { world, ring } = aWorld({ group: 'project_1' })
    world.groups = [team, project]
    expect(await ring.identify(world.secret)).toMatchObject({
      project: { id: 'project_1' },
      team: { id: 'team_1' },
    })
  })
})
