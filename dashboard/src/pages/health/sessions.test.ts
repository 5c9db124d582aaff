import { describe, expect, test } from 'vitest'
import { modelId } from '../../../../src/domain/model.ts'
import type { SessionRow, SessionsReport } from '../../api/types.ts'
import { decisionsOf, sayDetail, sayLooked, sayWhose, sayWhy, shortName } from './sessions.ts'

const row = (changes: Partial<SessionRow> = {}): SessionRow => ({
  session: 'chat-1',
  name: 'chat-1',
  model: modelId('acme/small'),
  target: 'acme/small',
  since: '2026-03-01T10:00:00.000Z',
  answeredAt: '2026-03-01T10:00:00.000Z',
  why: 'answered-last',
  warmTokens: 0,
  inTrouble: false,
  trouble: null,
  switches: 0,
  conversations: 0,
  policy: 'auto',
  ...changes,
})

describe('the name of a session', () => {
  test('stands whole where it fits, and keeps both ends where it does not', () => {
    expect(shortName('0198c2f0-7d6e-7a61-9c11-0a4a0f8fd4a1')).toBe('0198c2f0-7d6e-7a61-9c11-0a4a0f8fd4a1')
    const short = shortName(`begin-${'x'.repeat(300)}-end`)
    expect(short).toMatch(/^begin-x+…x+-end$/)
    expect(short.length).toBeLessThanOrEqual(36)
  })

  test('leads to its decisions, whatever is in it, and nowhere where they have no such name', () => {
    const to = decisionsOf({ session: 'a&b=c d/é' })!
    expect(new URL(to, 'http://x').searchParams.get('session')).toBe('a&b=c d/é')
    expect(decisionsOf({ session: null })).toBeNull()
  })
})

test.each([
  ['vendor-state', 'accent'],
  ['seals', 'accent'],
  ['tool-loop', 'accent'],
  ['in-trouble', 'warn'],
  ['warm-cache', 'plain'],
  ['answered-last', 'plain'],
] as const)('why a session stays is said in words: %s', (why, tone) => {
  expect(sayWhy(why)).toMatchObject({ tone, label: expect.stringMatching(/\w{3}/) })
})

test('beneath the reason stands what is known of it', () => {
  const trouble = { sign: 'errors', rounds: 3 } as const
  expect(sayDetail(row({ inTrouble: true, trouble }))).toBe('errors, 3 rounds in a row')
  expect(sayDetail(row({ inTrouble: true, trouble: { ...trouble, rounds: 1 } }))).toBe('errors, 1 round')
  // One sign is what tools are for, and no trouble yet.
  expect(sayDetail(row({ trouble: { ...trouble, rounds: 1 } }))).toBeNull()
  expect(sayDetail(row({ why: 'warm-cache', warmTokens: 4_000 }))).toMatch(/^4.000 tok of its prompt$/)
  expect(sayDetail(row())).toBeNull()
  expect(sayDetail(row({ policy: null }))).toBe('told by another process')
})

test('whose sessions are shown depends on what processes share', () => {
  const said = (['alone', 'shared', 'local'] as const).map(sayWhose)
  expect(new Set(said).size).toBe(3)
  for (const text of said) expect(text).toContain('this process')
})

test('counts that are not of everything say so', () => {
  const report = (looked: number, remembered: number) => ({ looked, remembered }) as SessionsReport
  expect(sayLooked(report(10, 10))).toBeNull()
  expect(sayLooked(report(2_000, 30_000))).toMatch(/2.000 entries that were used last, of 30.000/)
})
