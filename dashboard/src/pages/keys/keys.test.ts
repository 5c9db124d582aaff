import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ShownKey } from '../../../../src/gateway/admin/key-bodies.ts'
import type { LimitStatus } from '../../../../src/gateway/admin/limits.ts'
import { byFullness } from './by-fullness.ts'
import {
  changedBody,
  emptyGroup,
  emptyKey,
  type KeyDraft,
  keyDraftOf,
  newBody,
  nothingAllowed,
  rebased,
} from './draft.ts'
import { emptyLimit, type LimitDraft, sayUsed, usedOf } from './limit-draft.ts'
import { sayLimits } from './say-limits.ts'

const shownKey = (changes: Partial<ShownKey> = {}): ShownKey => ({
  id: 'key_1' as ShownKey['id'],
  name: 'ci',
  policies: null,
  models: ['acme/*', 'acme/small'],
  tools: [],
  group: 'g-1',
  user: null,
  tags: ['blue'],
  spendLimits: [{ unit: 'usd', limit: 0.1, per: 'day', softAt: 0.07, alertAt: [0.5] }],
  rateLimits: { requestsPerMinute: 60, tokensPerMinute: null, concurrency: null },
  createdAt: '2026-03-01T10:00:00.000Z',
  expiresAt: '2027-03-01T10:00:00.000Z',
  revokedAt: null,
  status: 'valid',
  version: 'v1',
  secrets: [],
  ...changes,
})

const usd = (amount: string, changes: Partial<LimitDraft> = {}): LimitDraft => ({
  ...emptyLimit,
  amount,
  ...changes,
})

describe('a draft of a new key', () => {
  test('says what is written and nothing else', () => {
    expect(newBody({ ...emptyKey, name: ' ci ' })).toEqual({ kind: 'body', body: { name: 'ci' } })
    const whole: KeyDraft = {
      name: 'ci',
      group: 'g-1',
      user: 'ada',
      tags: 'blue, green',
      policies: 'auto, cheap',
      models: 'acme/*',
      tools: nothingAllowed,
      limits: [
        usd('$20', { per: 'week', softAt: '80' }),
        usd(''),
        usd('5000', { unit: 'tokens', per: 'lifetime' }),
      ],
      requestsPerMinute: '60',
      tokensPerMinute: '900',
      concurrency: '4',
      expiry: 'after',
      expiresIn: ' 30d ',
    }
    expect(newBody(whole)).toEqual({
      kind: 'body',
      body: {
        name: 'ci',
        group: 'g-1',
        user: 'ada',
        tags: ['blue', 'green'],
        policies: ['auto', 'cheap'],
        models: ['acme/*'],
        tools: [],
        limits: [
          { usd: 20, per: 'week', softAt: 0.8 },
          { tokens: 5000, per: 'lifetime' },
        ],
        requestsPerMinute: 60,
        tokensPerMinute: 900,
        concurrency: 4,
        expiresIn: '30d',
      },
    })
  })

  test('of a team has no team above it, whatever was chosen before', () => {
    const draft = { ...emptyGroup, name: 'search', team: 't-1' }
    expect(newBody(draft)).toEqual({ kind: 'body', body: { kind: 'team', name: 'search' } })
    expect(newBody({ ...draft, kind: 'project' })).toMatchObject({ body: { kind: 'project', team: 't-1' } })
  })

  test('tells all its faults at once, each where it is', () => {
    const read = newBody({
      ...emptyKey,
      limits: [
        usd('x'),
        usd('5'),
        usd('0.0000001', { per: 'day' }),
        usd('6'),
        usd('1.5', { unit: 'tokens' }),
      ],
      requestsPerMinute: '1.5',
      tokensPerMinute: '0',
      concurrency: 'many',
      expiry: 'after',
      expiresIn: 'soon',
    })
    expect(read.kind === 'faults' && Object.keys(read.faults).sort()).toEqual([
      'concurrency',
      'expiresIn',
      'limit 0',
      'limit 1',
      'limit 2',
      'limit 3',
      'limit 4',
      'name',
      'requestsPerMinute',
      'tokensPerMinute',
    ])
  })

  test.each(['-1', '101', 'x'])('takes no share of %s percent', (softAt) => {
    expect(newBody({ ...emptyKey, name: 'ci', limits: [usd('1', { softAt })] }).kind).toBe('faults')
  })
})

describe('a draft of a key that is there', () => {
  const before = keyDraftOf(shownKey())
  const change = (changes: Partial<KeyDraft>) => changedBody({ ...before, ...changes }, before, 'v1')
  const said = (changes: Partial<KeyDraft>) => {
    const read = change(changes)
    return read.kind === 'body' ? read.body : read.kind
  }

  test('says nothing until something is other than it was', () => {
    expect(said({})).toBe('same')
    expect(said({ name: ' ci ', models: 'acme/*,acme/small' })).toBe('same')
  })

  test.each<readonly [string, Partial<KeyDraft>, object]>([
    ['a name', { name: 'nightly' }, { name: 'nightly' }],
    ['a list, all of it', { models: 'acme/*' }, { models: ['acme/*'] }],
    ['a list that is lifted', { models: '' }, { models: null }],
    ['a list that allowed nothing', { tools: 'github/*' }, { tools: ['github/*'] }],
    ['a rate that is lifted', { requestsPerMinute: '' }, { requestsPerMinute: null }],
    ['tags that are gone', { tags: '' }, { tags: [] }],
    ['a group that it leaves', { group: '' }, { group: null }],
    ['an expiry that is lifted', { expiry: 'never' }, { expiresAt: null }],
    ['another expiry', { expiry: 'after', expiresIn: '7d' }, { expiresIn: '7d' }],
  ])('says %s alone, and the version that it changes', (_name, changes, body) => {
    expect(said(changes)).toEqual({ ...body, version: 'v1' })
  })

  test('keeps of a limit what has no field, and says limits whole', () => {
    const [limit] = before.limits
    expect(said({ limits: [{ ...limit!, amount: '0.2' }] })).toEqual({
      limits: [{ usd: 0.2, per: 'day', softAt: 0.07, alertAt: [0.5] }],
      version: 'v1',
    })
    expect(said({ limits: [{ ...limit!, amount: '' }] })).toEqual({ limits: [], version: 'v1' })
    expect(said({ limits: [...before.limits, usd('')] })).toBe('same')
  })

  test('of any limits and rates changes nothing by being opened', () => {
    const limit = fc.record({
      unit: fc.constant('usd' as const),
      limit: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      per: fc.constantFrom('hour' as const, 'month' as const),
      softAt: fc.option(fc.integer({ min: 0, max: 1000 }).map((mill) => mill / 1000)),
      alertAt: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    })
    const limits = fc.uniqueArray(limit, { maxLength: 2, selector: ({ per }) => per })
    fc.assert(
      fc.property(limits, fc.option(fc.integer({ min: 1 })), (spendLimits, concurrency) => {
        const rateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency }
        const draft = keyDraftOf(shownKey({ spendLimits, rateLimits }))
        expect(changedBody(draft, draft, 'v').kind).toBe('same')
        const renamed = changedBody(
          { ...draft, limits: [...draft.limits, usd('9', { per: 'day' })] },
          draft,
          'v',
        )
        const kept = spendLimits.map(({ limit: amount, per, softAt, alertAt }) => ({
          usd: amount,
          per,
          ...(softAt !== null && { softAt }),
          alertAt,
        }))
        expect(renamed).toEqual({
          kind: 'body',
          body: { version: 'v', limits: [...kept, { usd: 9, per: 'day' }] },
        })
      }),
    )
  })
})

describe('a draft on top of what somebody else has changed', () => {
  const before = keyDraftOf(shownKey())
  const now = keyDraftOf(shownKey({ name: 'nightly', user: 'ada' }))

  test('takes over what was not touched, keeps what was, and names what the other did', () => {
    const written = { ...before, name: 'mine', tags: 'green' }
    expect(rebased(written, before, now)).toEqual({
      draft: { ...now, name: 'mine', tags: 'green' },
      theirs: ['name', 'user'],
    })
  })

  test('says no more than what was written', () => {
    const { draft } = rebased({ ...before, tags: 'green' }, before, now)
    expect(changedBody(draft, now, 'v2')).toEqual({ kind: 'body', body: { tags: ['green'], version: 'v2' } })
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

describe('what was used of a limit', () => {
  const status = (changes: Partial<LimitStatus>): LimitStatus => ({
    scope: 'key',
    name: 'key_1',
    title: 'ci',
    unit: 'usd',
    per: 'month',
    limit: 5,
    spent: 3,
    reserved: 0,
    softAt: null,
    endsAt: null,
    ...changes,
  })

  test('is that of the same kind and time', () => {
    const statuses = [status({ per: 'day' }), status({ unit: 'tokens' }), status({ spent: 1 })]
    expect(usedOf({ unit: 'usd', per: 'month' }, statuses)?.spent).toBe(1)
    expect(usedOf({ unit: 'usd', per: 'week' }, statuses)).toBeNull()
  })

  test.each([
    ['5', false, /^This month \$3\.00 used\.$/],
    ['', false, /used\.$/],
    ['x', false, /used\.$/],
    ['3', true, /used already: requests will be refused until it is raised or the month ends\.$/],
    ['$2.5', true, /refused until it is raised or the month ends\.$/],
  ])('beside a limit of “%s”: refuses is %s', (amount, refuses, text) => {
    const said = sayUsed(usd(amount), status({}))
    expect(said).toEqual({ text: expect.stringMatching(text), refuses })
  })

  test('for good ends with nothing but a higher limit', () => {
    const said = sayUsed(usd('1', { per: 'lifetime' }), status({ per: 'lifetime' }))
    expect(said.text).toMatch(/^So far \$3\.00 used already: requests will be refused until it is raised\.$/)
  })

  test('is not known of a time that nothing was counted for', () => {
    expect(sayUsed(usd('1'), null)).toEqual({
      text: 'Counted from when such a limit stands.',
      refuses: false,
    })
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
