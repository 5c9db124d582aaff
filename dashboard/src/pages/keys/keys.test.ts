import { describe, expect, test } from 'vitest'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { byFullness } from './by-fullness.ts'
import { emptyKey, keyBody } from './draft.ts'
import { sayLimits } from './say-limits.ts'

describe('a draft of a key', () => {
  test('says what is written and nothing else', () => {
    expect(keyBody({ ...emptyKey, name: ' ci ' })).toEqual({ kind: 'body', body: { name: 'ci' } })
    const whole = {
      name: 'ci',
      group: 'g-1',
      user: 'ada',
      policies: 'auto, cheap',
      models: 'acme/*',
      usd: '$20',
      per: 'week' as const,
      requestsPerMinute: '60',
      expiresIn: '30d',
    }
    expect(keyBody(whole)).toEqual({
      kind: 'body',
      body: {
        name: 'ci',
        group: 'g-1',
        user: 'ada',
        policies: ['auto', 'cheap'],
        models: ['acme/*'],
        limits: [{ usd: 20, per: 'week' }],
        requestsPerMinute: 60,
        expiresIn: '30d',
      },
    })
  })

  test('tells all its faults at once', () => {
    const read = keyBody({ ...emptyKey, usd: 'x', requestsPerMinute: '1.5', expiresIn: 'soon' })
    expect(read.kind === 'faults' && Object.keys(read.faults).sort()).toEqual([
      'expiresIn',
      'name',
      'requestsPerMinute',
      'usd',
    ])
  })
})

describe('a limit', () => {
  const limit = (changes: Partial<LimitStatus>): LimitStatus => ({
    scope: 'key',
    name: 'k',
    title: 'k',
    unit: 'usd',
    per: 'day',
    limit: 10,
    spent: 0,
    reserved: 0,
    softAt: null,
    endsAt: null,
    ...changes,
  })

  test('that is fuller stands further up', () => {
    const titles = byFullness([limit({ title: 'a', spent: 1 }), limit({ title: 'b', spent: 5 })])
    expect(titles.map(({ title }) => title)).toEqual(['b', 'a'])
  })
})

test('what a key may do is said in a few words', () => {
  const none = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null }
  expect(sayLimits({ spendLimits: [], rateLimits: none })).toBe('none')
  const spend = { softAt: null, alertAt: [] }
  expect(
    sayLimits({
      spendLimits: [
        { ...spend, unit: 'usd', limit: 20, per: 'week' },
        { ...spend, unit: 'tokens', limit: 5_000, per: 'lifetime' },
      ],
      rateLimits: { requestsPerMinute: 60, tokensPerMinute: 900, concurrency: 4 },
    }),
  ).toMatch(/20\.00 a week, 5.000 tokens in all, 60 requests a minute, 900 tokens a minute, 4 at once$/)
})
