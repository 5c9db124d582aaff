import { expect, it } from 'vitest'
import type { KeptReply, Store } from '../store.ts'

export function keepingState(store: () => Store): void {
  const saved = (text: string) => ({ savedAt: '2026-03-01T10:00:00.000Z', text })

  it('is nothing before anything was saved', async () => {
    expect(await store().savedState('breakers')).toBeNull()
  })

  it('is what was saved last, of each kind by itself', async () => {
    await store().saveState('breakers', saved('first'))
    await store().saveState('windows', saved('other'))
    const last = { savedAt: '2026-03-02T10:00:00.000Z', text: '{"it\'s": "änders"}' }
    await store().saveState('breakers', last)
    expect(await store().savedState('breakers')).toEqual(last)
    expect(await store().savedState('windows')).toEqual(saved('other'))
  })
}

export function keepingReplies(store: () => Store): void {
  const kept = (changes: Partial<KeptReply> = {}): KeptReply => ({
    id: 'resp_1',
    previous: null,
    keptAt: '2026-03-01T10:00:00.000Z',
    expiresAt: '2026-03-31T10:00:00.000Z',
    text: '{"said":"it\'s änders"}',
    ...changes,
  })
  const during = new Date('2026-03-15T00:00:00.000Z')
  const after = new Date('2026-04-15T00:00:00.000Z')

  it('is there by its id, as it was kept last, until it expires', async () => {
    expect(await store().keptReply('resp_1', during)).toBeNull()
    await store().keepReply(kept())
    await store().keepReply(kept({ id: 'resp_2', previous: 'resp_1', text: 'second' }))
    await store().keepReply(kept({ text: 'anew' }))
    expect(await store().keptReply('resp_1', during)).toEqual(kept({ text: 'anew' }))
    expect(await store().keptReply('resp_2', during)).toMatchObject({ previous: 'resp_1', text: 'second' })
    expect(await store().keptReply('resp_1', after)).toBeNull()
  })

  it('is gone when it is forgotten, which only happens once', async () => {
    await store().keepReply(kept())
    expect(await store().forgetReply('resp_1')).toBe(true)
    expect(await store().forgetReply('resp_1')).toBe(false)
    expect(await store().keptReply('resp_1', during)).toBeNull()
  })

  it('what has expired is forgotten, and nothing else', async () => {
    await store().keepReply(kept())
    await store().keepReply(kept({ id: 'resp_2', expiresAt: '2026-05-01T00:00:00.000Z' }))
    expect(await store().forgetExpired(after)).toBe(1)
    expect(await store().keptReply('resp_2', after)).not.toBeNull()
  })
}
