import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aTarget } from '../../test/support/an-engine.ts'
import { aModel } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Clock } from '../domain/transport.ts'
import { blockedUntil, noteFailed, readinessOf } from '../engine/health/admission.ts'
import { createHealth } from '../engine/health/health.ts'
import { hedgeBook } from '../engine/health/hedge-spending.ts'
import { createObservedWindows } from '../engine/health/observed-windows.ts'
import { createSessions } from '../engine/sessions/sessions.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import type { Store } from '../storage/store.ts'
import type { Experience } from './experience.ts'
import { keepExperience } from './keep-experience.ts'

const target = aTarget({ baseUrl: 'https://acme.example/v1' })
const model = aModel({ contextWindow: 128_000 })
const tooLong = "This model's maximum context length is 8192 tokens."

/** A process that starts its own monotonic clock at 1000, at a moment of the wall's. */
function aProcess(wallMs: number) {
  const clock: Clock = { now: () => 1000, wall: () => new Date(wallMs) }
  const experience: Experience = {
    health: createHealth(),
    windows: createObservedWindows(clock.now),
    sessions: createSessions({ affinity: true, ttlMs: 1, maxSessions: 1, cacheMs: 1 }, clock.now),
    hedges: hedgeBook(),
    state: openMemoryState({ clock, report: () => {} }),
  }
  return { clock, experience }
}

function learn({ health, windows }: Experience, at = target): void {
  noteFailed(health.of(at), 1000, failure('rate-limited', 'slow down', { retryAfterMs: 60_000 }), 1000, 0)
  windows.learn(model, tooLong)
}

async function aStore(path = join(aFolder(), 'log.db')): Promise<Store> {
  const store = await openSqliteStore({ path })
  onTestFinished(() => store.close())
  return store
}

const noon = Date.parse('2026-03-01T12:00:00Z')

async function restarted(store: Store, afterMs: number): Promise<Experience> {
  const { clock, experience } = aProcess(noon + afterMs)
  const kept = await keepExperience(experience, store, clock)
  onTestFinished(kept.close)
  return experience
}

async function lived(store: Store, at = target): Promise<void> {
  const { clock, experience } = aProcess(noon)
  const kept = await keepExperience(experience, store, clock)
  learn(experience, at)
  await kept.close()
}

describe('what was learnt of targets', () => {
  test('outlives the process: what is closed off for a while, and windows that are smaller than told', async () => {
    const store = await aStore()
    await lived(store)
    const { health, windows } = await restarted(store, 20_000)
    expect(blockedUntil(health.of(target), 1000)).toBe(1000 + 40_000)
    expect(windows.of(model)).toBe(8192)
  })

  test('is forgotten when its time is over', async () => {
    const store = await aStore()
    await lived(store)
    const { health, windows } = await restarted(store, 25 * 3_600_000)
    expect(readinessOf(health.of(target), 1000)).toBe('ready')
    expect(windows.of(model)).toBe(128_000)
  })

  test('lasts no longer than it would have, where the wall clock was set back', async () => {
    const store = await aStore()
    await lived(store)
    const { health } = await restarted(store, -3_600_000)
    expect(blockedUntil(health.of(target), 1000)).toBe(1000 + 60_000)
  })

  test('is written while the process runs, too', async () => {
    const store = await aStore()
    const { clock, experience } = aProcess(noon)
    const kept = await keepExperience(experience, store, clock, 5)
    onTestFinished(kept.close)
    learn(experience)
    await expect
      .poll(() => store.savedState('breakers'))
      .toMatchObject({ savedAt: '2026-03-01T12:00:00.000Z' })
  })

  test('is not written while it stays as it is', async () => {
    const store = await aStore()
    const { clock, experience } = aProcess(noon)
    await (await keepExperience(experience, store, clock)).close()
    expect(await store.savedState('breakers')).toBeNull()
  })

  test.each(['', 'null', '{"breakers": 7}', '[{"model": 1}]'])(
    'is nothing where it can’t be read: %j',
    async (text) => {
      const store = await aStore()
      for (const kind of ['breakers', 'windows'])
        await store.saveState(kind, { savedAt: new Date(noon).toISOString(), text })
      const { health } = await restarted(store, 0)
      expect(health.snapshot(0).breakers).toEqual([])
    },
  )

  test('gives away neither keys nor passwords in addresses', async () => {
    const store = await aStore()
    await lived(store, aTarget({ baseUrl: 'https://me:pass-word@acme.example/v1' }))
    expect(await store.savedState('windows')).not.toBeNull()
    expect((await store.savedState('breakers'))?.text ?? '').not.toContain('pass-word')
    await lived(store)
    const { text } = (await store.savedState('breakers'))!
    expect(text).toContain('acme.example')
    expect(text).not.toContain(target.credential!.reveal())
  })

  test('is no reason not to start or not to stop where the store fails', async () => {
    const store = await aStore()
    await store.close()
    await expect(lived(store)).resolves.toBeUndefined()
  })
})
