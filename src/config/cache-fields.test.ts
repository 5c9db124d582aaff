import { describe, expect, it } from 'vitest'
import type { CacheRules } from '../caching/rules.ts'
import { type CacheEntry, cacheSchema } from './cache-fields.ts'

const refusal = (written: unknown): string => {
  const result = cacheSchema.safeParse(written)
  return result.success
    ? ''
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')
}

describe('the cache of a policy in a configuration', () => {
  it('is for one key, holds no tool calls and no chance, unless told otherwise', () => {
    const entry: CacheEntry = cacheSchema.parse({ exact: { seconds: 3600 } })
    // What the caches go by: the layers may not import each other, and this is where the two must agree.
    const rules: CacheRules = entry
    expect(rules).toEqual({
      exact: {
        seconds: 3600,
        scope: 'key',
        maxBytes: 256_000,
        toolCalls: false,
        anyTemperature: false,
        waitMs: 30_000,
        maxWaiters: 256,
      },
      semantic: null,
    })
  })

  it('by meaning is guarded and verified, unless told otherwise', () => {
    expect(cacheSchema.parse({ semantic: { seconds: 60, verify: '10%' } })).toEqual({
      exact: null,
      semantic: {
        seconds: 60,
        scope: 'key',
        maxBytes: 256_000,
        similarity: 0.75,
        guard: 'words',
        maxTemperature: 0,
        verify: 0.1,
        maxFalseHits: 0.02,
        maxEntries: 2_000,
      },
    })
  })

  it.each([
    [{}, 'says of no cache that it is wanted. Write `exact: { seconds: 3600 }`'],
    [{ exact: {} }, 'exact.seconds'],
    [{ exact: { seconds: 0 } }, 'exact.seconds'],
    [{ exact: { seconds: 60, scope: 'everybody' } }, 'exact.scope'],
    [{ exact: { seconds: 60, maxBytes: 10 } }, 'exact.maxBytes'],
    [{ exact: { seconds: 60, tools: true } }, 'tools'],
    [{ semantic: { seconds: 60, similarity: 0.2 } }, 'semantic.similarity'],
    [{ semantic: { seconds: 60, verify: 5 } }, 'semantic.verify: 5 is above 1. Write 0.05.'],
    [{ semantic: { seconds: 60, maxFalseHits: 0 } }, 'can’t be told from chance by counting'],
  ])('is refused as %j', (written, message) => {
    expect(refusal(written)).toContain(message)
  })
})
