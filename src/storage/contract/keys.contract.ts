import { expect, it } from 'vitest'
import { noRateLimits } from '../../domain/limits.ts'
import {
  fullAccess,
  type KeyGroup,
  type KeyId,
  type KeySecret,
  type VirtualKey,
} from '../../domain/virtual-key.ts'
import type { Store } from '../store.ts'

export function keepingKeys(store: () => Store): void {
  it('is found by its id and by the hash of each of its secrets, as it was', async () => {
    const key = aKey({ secrets: [aSecret('old', { expiresAt: '2026-04-01T00:00:00.000Z' }), aSecret('new')] })
    await store().putKey(key)
    await store().putKey(aKey({ id: 'k-2' as KeyId, secrets: [aSecret('other')] }))
    expect(await store().key(key.id)).toEqual(key)
    expect(await store().keyByHash('hash of old')).toEqual(key)
    expect(await store().keyByHash('hash of new')).toEqual(key)
    expect((await store().keyByHash('hash of other'))?.id).toBe('k-2')
    expect(await store().keyByHash('hash of none')).toBeNull()
    expect(await store().key('none' as KeyId)).toBeNull()
  })

  it('keeps limits and access, and what is null of them', async () => {
    const limited = aKey({
      policies: ['auto'],
      models: ['acme/*'],
      tools: [],
      user: 'u',
      group: 'g',
      tags: ['a', 'a'],
      spendLimits: [{ unit: 'usd', limit: 0.1, per: 'month', softAt: 0.8, alertAt: [0.5, 0.9] }],
      rateLimits: { requestsPerMinute: 60, tokensPerMinute: null, concurrency: 2 },
      revokedAt: '2026-03-02T10:00:00.000Z',
      expiresAt: '2027-01-01T00:00:00.000Z',
    })
    await store().putKey(limited)
    expect(await store().keys()).toEqual([limited])
  })

  it('is no longer found by a secret that it has lost, nor by any once it has none', async () => {
    await store().putKey(aKey({ secrets: [aSecret('old')] }))
    await store().putKey(aKey({ name: 'renamed', secrets: [aSecret('new')] }))
    expect(await store().keyByHash('hash of old')).toBeNull()
    expect(await store().keyByHash('hash of new')).toMatchObject({ name: 'renamed' })
    await store().putKey(aKey({ secrets: [] }))
    expect(await store().keyByHash('hash of new')).toBeNull()
    expect(await store().key(aKey().id)).toMatchObject({ secrets: [] })
  })

  it('stays revoked, whatever another process writes that had read it before', async () => {
    const before = aKey({ secrets: [aSecret('one')] })
    await store().putKey(before)
    await store().putKey({ ...before, revokedAt: '2026-03-02T10:00:00.000Z' })
    await store().putKey({ ...before, name: 'renamed' })
    expect(await store().keyByHash('hash of one')).toMatchObject({
      name: 'renamed',
      revokedAt: '2026-03-02T10:00:00.000Z',
    })
  })

  it('can not take the secret of another, and is then as it was', async () => {
    await store().putKey(aKey({ secrets: [aSecret('mine')] }))
    const thief = aKey({ id: 'k-2' as KeyId, secrets: [aSecret('mine')] })
    await expect(store().putKey(thief)).rejects.toThrow()
    expect(await store().keys()).toEqual([aKey({ secrets: [aSecret('mine')] })])
  })

  it('is listed by name, big letters before small ones as bytes have it', async () => {
    for (const [id, name] of [
      ['k-1', 'b'],
      ['k-2', 'C'],
      ['k-3', 'a'],
      ['k-4', 'C'],
    ])
      await store().putKey(aKey({ id: id as KeyId, name: name!, secrets: [aSecret(id!)] }))
    const keys = await store().keys()
    expect(keys.map(({ id }) => id)).toEqual(['k-2', 'k-4', 'k-3', 'k-1'])
    expect(keys.map(({ secrets }) => secrets[0]?.hint)).toEqual(['k-2', 'k-4', 'k-3', 'k-1'])
  })

  it('stands in groups, which are replaced, listed by name, and removed once', async () => {
    await store().putGroup(aGroup())
    await store().putGroup(aGroup({ id: 'p', kind: 'project', name: 'alpha', team: 't', models: ['acme/*'] }))
    await store().putGroup(aGroup({ name: 'renamed' }))
    expect(await store().groups()).toEqual([
      aGroup({ id: 'p', kind: 'project', name: 'alpha', team: 't', models: ['acme/*'] }),
      aGroup({ name: 'renamed' }),
    ])
    expect(await store().removeGroup('p')).toBe(true)
    expect(await store().removeGroup('p')).toBe(false)
    expect(await store().groups()).toHaveLength(1)
  })
}

const aSecret = (name: string, changes: Partial<KeySecret> = {}): KeySecret => ({
  hash: `hash of ${name}`,
  hint: name,
  expiresAt: null,
  ...changes,
})

const aKey = (changes: Partial<VirtualKey> = {}): VirtualKey => ({
  ...fullAccess,
  id: 'k-1' as KeyId,
  name: 'a key',
  secrets: [],
  group: null,
  user: null,
  tags: [],
  spendLimits: [],
  rateLimits: noRateLimits,
  createdAt: '2026-03-01T10:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  ...changes,
})

const aGroup = (changes: Partial<KeyGroup> = {}): KeyGroup => ({
  ...fullAccess,
  id: 't',
  kind: 'team',
  name: 'beta',
  team: null,
  spendLimits: [],
  rateLimits: noRateLimits,
  createdAt: '2026-03-01T10:00:00.000Z',
  ...changes,
})
