import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aRequest, aUserMessage } from '../../../test/support/builders.ts'
import { noUsage } from '../../domain/answer.ts'
import { modelId } from '../../domain/model.ts'
import type { Message } from '../../domain/request.ts'
import { noRoutingOptions } from '../../domain/routing-options.ts'
import { withCacheCost } from './cache-cost.ts'
import { awaitsResults, holdsSeals, holdsVendorState, isInToolLoop } from './conversation.ts'
import { sessionKey } from './session-key.ts'
import { viewSession } from './session-view.ts'
import { createSessions, type SessionRules } from './sessions.ts'

const system = (text: string): Message => ({
  role: 'system',
  content: [{ kind: 'text', text }],
  name: null,
})
const assistant = (text: string): Message => ({
  role: 'assistant',
  content: [{ kind: 'text', text }],
  name: null,
})
const toolCall: Message = {
  role: 'assistant',
  content: [{ kind: 'tool-call', id: 'c1', name: 'look', argumentsText: '{}' }],
  name: null,
}
const toolResult: Message = { role: 'tool', toolCallId: 'c1', content: [{ kind: 'text', text: '42' }] }

const keyOf = (messages: readonly Message[], changes = {}, options = {}) =>
  sessionKey(aRequest({ messages, ...changes }), { ...noRoutingOptions, ...options })

describe('the key of a session', () => {
  const first = [system('be brief'), aUserMessage('hello')]

  test('stays the same as a conversation goes on', () => {
    const later = [...first, assistant('hi'), aUserMessage('and now?')]
    expect(keyOf(later)).toBe(keyOf(first))
  })

  test.each<readonly [string, readonly Message[]]>([
    ['another system prompt', [system('be long'), aUserMessage('hello')]],
    ['another first turn', [system('be brief'), aUserMessage('hello there')]],
    ['a long system prompt with another end', [system(`${'x'.repeat(2000)}a`), aUserMessage('hello')]],
  ])('differs with %s', (_name, other) => {
    expect(keyOf(other)).not.toBe(keyOf(first))
  })

  test('is a name that the client gives, whatever is said', () => {
    expect(keyOf(first, {}, { session: 's1' })).toBe(keyOf([aUserMessage('bye')], {}, { session: 's1' }))
    expect(keyOf(first, {}, { session: 's1' })).not.toBe(keyOf(first, {}, { session: 's2' }))
  })

  test.each([
    ['prompt_cache_key', { extra: { prompt_cache_key: 'k' } }],
    ['user', { user: 'ada' }],
    ['metadata.user_id', { extra: { metadata: { user_id: 'ada' } } }],
  ])('with %s tells that one’s conversations apart', (_name, named) => {
    expect(keyOf(first, named)).not.toBe(keyOf(first))
    expect(keyOf(first, named)).not.toBe(keyOf([aUserMessage('bye')], named))
  })

  test('is short, however long the name', () => {
    expect(keyOf(first, {}, { session: 'x'.repeat(10_000) }).length).toBeLessThan(300)
    expect(keyOf(first, { user: 'x'.repeat(10_000) }).length).toBeLessThan(300)
  })
})

describe('an open tool loop', () => {
  test.each<readonly [boolean, string, readonly Message[]]>([
    [true, 'a tool’s result is last', [aUserMessage('go'), toolCall, toolResult]],
    [true, 'a call without its result is last', [aUserMessage('go'), toolCall]],
    [
      false,
      'the user speaks',
      [aUserMessage('go'), toolCall, toolResult, assistant('done'), aUserMessage('more')],
    ],
    [false, 'an answer is last', [aUserMessage('go'), assistant('so')]],
    [false, 'nothing is there', []],
    [
      true,
      'a program’s note stands behind the result',
      [aUserMessage('go'), toolCall, toolResult, aUserMessage('<system-reminder>\nx\n</system-reminder>')],
    ],
    [
      false,
      'the user speaks behind the note',
      [aUserMessage('go'), toolCall, toolResult, aUserMessage('<system-reminder>x</system-reminder> stop')],
    ],
  ])('%s: %s', (open, _name, messages) => {
    expect(isInToolLoop(aRequest({ messages }))).toBe(open)
  })

  test('awaits results as long as one is missing', () => {
    const two: Message = {
      role: 'assistant',
      name: null,
      content: ['c1', 'c2'].map((id) => ({ kind: 'tool-call', id, name: 'look', argumentsText: '{}' })),
    }
    const other: Message = { ...(toolResult as Extract<Message, { role: 'tool' }>), toolCallId: 'c2' }
    const awaits = (...messages: readonly Message[]) => awaitsResults(aRequest({ messages }))
    expect(awaits(aUserMessage('go'), two)).toBe(true)
    expect(awaits(aUserMessage('go'), two, toolResult)).toBe(true)
    expect(awaits(aUserMessage('go'), two, toolResult, other)).toBe(false)
    expect(awaits(aUserMessage('go'))).toBe(false)
  })
})

describe('state that a vendor holds', () => {
  const signature = 'EqQBCkgIARABGAIiQL8mVrrZ0mVrrZ0mVrrZ0mVrrZ0mVrrZ0'
  test.each([
    [true, `{"thinking":"…","signature":"${signature}"}`],
    [true, `{"thought_signature": "${signature}"}`],
    [true, `{"encrypted_content":"${signature}"}`],
    [true, '{"previous_response_id":"resp_1"}'],
    [false, '{"signature":{"type":"string"}}'],
    [false, '{"signature":"x"}'],
    [false, '{"messages":[]}'],
  ])('%s: %s', (held, text) => {
    expect(holdsVendorState(text) || holdsSeals(text)).toBe(held)
  })
})

describe('sessions', () => {
  const rules: SessionRules = { affinity: true, ttlMs: 1_000, maxSessions: 2, cacheMs: 500 }
  const answered = (model: string, usage = {}) => ({
    model: modelId(model),
    target: `${model}@1`,
    credential: 'key',
    usage: { ...noUsage, inputTokens: 4_000, outputTokens: 1_000, ...usage },
  })

  test('are forgotten after a while, and when there are too many', () => {
    let now = 0
    const sessions = createSessions(rules, () => now)
    for (const key of ['a', 'b', 'c']) sessions.note(key, answered('acme/small'))
    expect(sessions.find('a')).toBeNull()
    expect(sessions.find('c')).toMatchObject({ model: 'acme/small', prefixTokens: 5_000, switches: 0 })
    now = 1_000
    expect(sessions.find('c')).toBeNull()
  })

  test('count how often the model changed', () => {
    const sessions = createSessions(rules, () => 0)
    for (const model of ['acme/small', 'acme/large', 'acme/large', 'acme/small'])
      sessions.note('a', answered(model))
    expect(sessions.find('a')?.switches).toBe(2)
  })

  test('learn how far a vendor’s cache is to be relied on', () => {
    const sessions = createSessions(rules, () => 0)
    sessions.note('a', answered('acme/small'))
    sessions.note('a', answered('acme/small', { source: 'reported', cachedReadTokens: 0 }))
    expect(sessions.find('a')?.cacheReliability).toBeCloseTo(0.45)
    sessions.note('a', answered('acme/small', { source: 'reported', cachedReadTokens: 4_000 }))
    expect(sessions.find('a')?.cacheReliability).toBeCloseTo(0.725)
    sessions.note('a', answered('acme/small', { source: 'estimated' }))
    expect(sessions.find('a')?.cacheReliability).toBeCloseTo(0.725)
  })

  test('stay known when the rules change', () => {
    const sessions = createSessions(rules, () => 0)
    sessions.note('a', answered('acme/small'))
    sessions.use({ ...rules, maxSessions: 10 })
    expect(sessions.find('a')).not.toBeNull()
    sessions.note('b', answered('acme/small'))
    sessions.use({ ...rules, maxSessions: 1 })
    expect(sessions.find('a')).toBeNull()
    expect(sessions.find('b')).not.toBeNull()
  })

  test('are looked at where a request goes on with one, or names one', () => {
    const sessions = createSessions(rules, () => 0)
    const once = aRequest({ messages: [aUserMessage('hello')] })
    sessions.note(sessionKey(once, noRoutingOptions), answered('acme/small'))
    expect(viewSession(sessions, once, noRoutingOptions, '')?.session).toBeNull()
    const twice = aRequest({ messages: [aUserMessage('hello'), assistant('hi'), aUserMessage('so?')] })
    expect(viewSession(sessions, twice, noRoutingOptions, '')?.session).toMatchObject({ model: 'acme/small' })
    const off = createSessions({ ...rules, affinity: false }, () => 0)
    expect(viewSession(off, twice, noRoutingOptions, '')).toBeNull()
  })
})

describe('a named session with several conversations', () => {
  const rules: SessionRules = { affinity: true, ttlMs: 1_000, maxSessions: 8, cacheMs: 500 }
  const options = { ...noRoutingOptions, session: 's1' }
  const loop = (task: string) => aRequest({ messages: [aUserMessage(task), toolCall, toolResult] })
  const answer = (model: string, usd = 0) => ({
    model: modelId(model),
    target: `${model}@1`,
    credential: 'key',
    usage: { ...noUsage, inputTokens: 2_000 },
    usd,
  })

  test('keeps each with whom it was answered by', () => {
    const sessions = createSessions(rules, () => 0)
    const view = (task: string) => viewSession(sessions, loop(task), options, '')!
    const note = (task: string, model: string) => {
      const { key, ...to } = view(task)
      sessions.note(key, answer(model), to)
    }
    note('repair it', 'acme/large')
    note('find a title', 'acme/small')
    expect(view('repair it').session?.model).toBe('acme/large')
    expect(view('find a title').session?.model).toBe('acme/small')
    // Of one that is not known the session's last word holds.
    expect(view('something else').session?.model).toBe('acme/small')
  })

  test('sums their steps up in one episode, and so does a named episode over sessions', () => {
    let now = 0
    const sessions = createSessions(rules, () => now)
    const step = (session: string, model: string, episode?: string) => {
      const asked = { ...options, session, ...(episode !== undefined && { episode }) }
      const { key, ...to } = viewSession(sessions, loop('go'), asked, '')!
      sessions.note(key, answer(model, 0.25), to)
      return viewSession(sessions, loop('go'), asked, '')!.spent
    }
    expect(step('s1', 'acme/small')).toEqual({ usd: 0.25, steps: 1, switches: 0 })
    expect(step('s1', 'acme/large')).toEqual({ usd: 0.5, steps: 2, switches: 1 })
    expect(step('s2', 'acme/large', 'e')).toEqual({ usd: 0.25, steps: 1, switches: 0 })
    expect(step('s3', 'acme/large', 'e')).toEqual({ usd: 0.5, steps: 2, switches: 0 })
    now = 1_000
    expect(viewSession(sessions, loop('go'), options, '')!.spent).toBeNull()
  })

  test('is bounded in its episodes, also when the bound changes', () => {
    const sessions = createSessions({ ...rules, maxSessions: 2 }, () => 0)
    for (const episode of ['a', 'b', 'c']) sessions.note('k', answer('acme/small'), { thread: null, episode })
    expect([...'abc'].map((name) => sessions.episode(name) !== null)).toEqual([false, true, true])
    sessions.use({ ...rules, maxSessions: 1 })
    expect([...'abc'].map((name) => sessions.episode(name) !== null)).toEqual([false, false, true])
  })
})

describe('the cost of a switch', () => {
  const priced = (input: number, cachedRead: number, cacheWrite: number) =>
    aCandidate({ model: aModel({ prices: { input, cachedRead, cacheWrite, output: 15 } }), usd: 0.2 })
  const warm = { tokens: 40_000, reliability: 0.9 }
  const usd = (candidate: ReturnType<typeof priced>) =>
    candidate.cost.kind === 'known' ? candidate.cost.usd.mean : null

  test('is what the cache would have saved, and what writing it anew costs', () => {
    const candidate = priced(3, 0.3, 3.75)
    const stay = usd(withCacheCost(candidate, 50_000, warm, true))!
    const go = usd(withCacheCost(candidate, 50_000, warm, false))!
    expect(stay).toBeCloseTo(0.2 + (0.9 * (0.75 * 10_000 - 2.7 * 40_000)) / 1e6, 6)
    expect(go).toBeCloseTo(0.2 + (0.9 * 0.75 * 50_000) / 1e6, 6)
  })

  test('is nothing where cached tokens cost what others do', () => {
    const candidate = priced(3, 3, 3)
    expect(usd(withCacheCost(candidate, 50_000, warm, true))).toBe(0.2)
    expect(usd(withCacheCost(candidate, 50_000, warm, false))).toBe(0.2)
  })

  test('leaves an unknown cost unknown', () => {
    const candidate = aCandidate({ usd: null })
    expect(withCacheCost(candidate, 50_000, warm, true)).toBe(candidate)
  })
})
