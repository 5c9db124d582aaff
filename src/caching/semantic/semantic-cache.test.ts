import { describe, expect, it } from 'vitest'
import type { Clock } from '../../domain/transport.ts'
import { openMemoryState } from '../../storage/state/memory-state.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import type { SemanticRules } from '../rules.ts'
import { createSemanticCache, type SemanticQuestion } from './semantic-cache.ts'

const rules: SemanticRules = {
  seconds: 60,
  scope: 'key',
  maxBytes: 10_000,
  similarity: 0.8,
  guard: 'words',
  maxTemperature: 0,
  verify: 0.05,
  maxFalseHits: 0.02,
  maxEntries: 100,
}
const aClock: Clock = { now: () => 0, wall: () => new Date(0) }
const aState = () => openMemoryState({ clock: aClock, report: () => {} })
const right = Float32Array.of(1, 0)
const near = Float32Array.of(Math.cos(0.3), Math.sin(0.3))
const far = Float32Array.of(0, 1)

const asking = (prompt: string, changes: Partial<SemanticQuestion> = {}): SemanticQuestion => ({
  policy: 'auto',
  partition: 'p',
  prompt,
  language: 'en',
  vector: right,
  rules,
  ...changes,
})
const keysOf = async (cache: ReturnType<typeof createSemanticCache>, question: SemanticQuestion) =>
  (await cache.find(question)).hits.map(({ key }) => key)

describe('the semantic cache', () => {
  it('finds what is near and agrees', async () => {
    const cache = createSemanticCache(aState())
    cache.remember(asking('How do I reset my password?'), 'k1')
    expect(await keysOf(cache, asking('how can I reset my password', { vector: near }))).toEqual(['k1'])
    expect(await keysOf(cache, asking('how can I reset my password', { vector: far }))).toEqual([])
  })

  it('says where only the guard stood in the way', async () => {
    const cache = createSemanticCache(aState())
    cache.remember(asking('How do I reset my password?'), 'k1')
    expect(await cache.find(asking('How do I reset my phone?'))).toEqual({ hits: [], guarded: true })
    expect(await cache.find(asking('How do I reset my password?', { vector: far }))).toMatchObject({
      guarded: false,
    })
  })

  it.each([
    ['another partition', { partition: 'q' }],
    ['another language, by facts', { language: 'de', rules: { ...rules, guard: 'facts' as const } }],
  ])('finds nothing in %s', async (_, changes) => {
    const cache = createSemanticCache(aState())
    cache.remember(asking('Was ist ein Hut?'), 'k1')
    expect(await keysOf(cache, asking('Was ist ein Hut?', changes))).toEqual([])
  })

  it('remembers an answer that is stored again once', async () => {
    const cache = createSemanticCache(aState())
    for (let time = 0; time < 5; time++) cache.remember(asking('Why?  rain'), 'k1')
    expect(await keysOf(cache, asking('Why rain'))).toEqual(['k1'])
  })

  it('forgets what it is told to forget', async () => {
    const cache = createSemanticCache(aState())
    cache.remember(asking('Why rain'), 'k1')
    const { hits } = await cache.find(asking('Why rain'))
    hits[0]?.forget()
    expect(await keysOf(cache, asking('Why rain'))).toEqual([])
  })

  it('stays within its bytes, whoever fills it', () => {
    const cache = createSemanticCache(aState(), { bytes: 50_000, partitions: 1_000, policies: 10 })
    for (let partition = 0; partition < 200; partition++)
      for (let prompt = 0; prompt < 5; prompt++)
        cache.remember(
          asking(`Why ${prompt} ${'rain '.repeat(20)}`, { partition: `p${partition}` }),
          `k${prompt}`,
        )
    expect(cache.bytes()).toBeLessThanOrEqual(50_000)
    expect(cache.bytes()).toBeGreaterThan(10_000)
  })

  it('turns a policy off whose hits are false too often, and no other, until it is reset', async () => {
    const cache = createSemanticCache(aState())
    const other = asking('Why rain', { policy: 'other' })
    for (const question of [asking('Why rain'), other]) cache.remember(question, 'k1')
    let trips = 0
    for (let verified = 0; verified < 100; verified++) if (cache.verified(asking('Why rain'), true)) trips++
    expect(trips).toBe(1)
    expect(await keysOf(cache, asking('Why rain'))).toEqual([])
    expect(await keysOf(cache, other)).toEqual(['k1'])
    expect(cache.status().map(({ policy, on }) => [policy, on])).toEqual(
      expect.arrayContaining([
        ['auto', false],
        ['other', true],
      ]),
    )
    expect(cache.reset('auto')).toBe(true)
    expect(await keysOf(cache, asking('Why rain'))).toEqual(['k1'])
    expect(cache.reset('unknown')).toBe(false)
  })

  it('is off in a process that starts, or runs beside, after another has turned it off', async () => {
    const first = aState()
    const listeners = new Set<(text: string) => void>()
    // Two processes on one state, which the memory of one is not: what it publishes reaches the other.
    const shared: SharedState = {
      ...first,
      read: async (key) => first.read(key),
      publish: (_, text) => {
        for (const listener of listeners) listener(text)
      },
      subscribe: (_, listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    const beside = createSemanticCache(shared)
    beside.remember(asking('Why rain'), 'k1')
    expect(await keysOf(beside, asking('Why rain'))).toEqual(['k1'])
    const cache = createSemanticCache(shared)
    for (let verified = 0; verified < 100; verified++) cache.verified(asking('Why rain'), true)
    expect(await keysOf(beside, asking('Why rain'))).toEqual([])
    const started = createSemanticCache(shared)
    started.remember(asking('Why rain'), 'k1')
    expect(await keysOf(started, asking('Why rain'))).toEqual([])
    expect(started.status()).toMatchObject([{ policy: 'auto', on: false }])
  })
})
