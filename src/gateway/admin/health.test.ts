/** What is seen of the sessions that a gateway remembers. */

import { describe, expect, test } from 'vitest'
import { aServer, type OpenedServer } from '../../../test/support/a-server.ts'
import { acmeConfig, acmeKey } from '../../../test/support/acme-config.ts'
import { aFaultServer } from '../../../test/support/fault-server.ts'
import { noUsage } from '../../domain/answer.ts'
import { modelId } from '../../domain/model.ts'
import { createSessions, type Sessions } from '../../engine/sessions/sessions.ts'
import type { AdminParts } from './call.ts'
import { sessionsOf, type SessionsReport } from './health.ts'

const user = (content: string) => ({ role: 'user', content })
const call = (id: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'read_file', arguments: `{"path":"${id}"}` } }],
})
const failed = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'Error: no such file' })
const tools = [{ type: 'function', function: { name: 'read_file', parameters: { type: 'object' } } }]

async function opened(changes: object = {}): Promise<OpenedServer> {
  const vendor = await aFaultServer({ small: [{ kind: 'answer' }], large: [{ kind: 'answer' }] })
  const policies = {
    auto: {
      strategy: 'steps',
      strong: 'acme/large',
      steps: { digestion: 'acme/small', planning: 'acme/small' },
    },
  }
  return aServer({ config: acmeConfig(vendor.baseUrl, { policies, ...changes }), variables: acmeKey })
}

async function ask(
  server: OpenedServer,
  messages: readonly object[],
  { session, ...more }: { readonly session?: string; readonly user?: string } = {},
): Promise<string> {
  const answer = await server.post(
    '/v1/chat/completions',
    { model: 'auto', messages, tools, ...more },
    { headers: session === undefined ? {} : { 'x-fairlead-session': session } },
  )
  await answer.text()
  expect(answer.status).toBe(200)
  return answer.headers.get('x-fairlead-model') ?? ''
}

async function seen({ url }: OpenedServer, query = ''): Promise<SessionsReport> {
  const answer = await fetch(`${url}/admin/sessions${query}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as SessionsReport
}

describe('GET /admin/sessions', () => {
  test('says who answers each session, since when, and what it is called in decisions', async () => {
    const server = await opened()
    expect(await seen(server)).toMatchObject({ remembered: 0, sessions: 0, rows: [], affinity: true })
    const model = await ask(server, [user('Hello.')], { session: 'chat-1' })
    await ask(server, [user('Another talk in it.')], { session: 'chat-1' })
    await ask(server, [user('Hello.')], { user: 'ada' })
    const report = await seen(server)
    expect(report).toMatchObject({
      state: 'alone',
      remembered: 4,
      max: 50_000,
      ttlMs: 3_600_000,
      looked: 4,
      sessions: 2,
      conversations: 2,
      inTrouble: 0,
      held: { 'vendor-state': 0, seals: 0, 'tool-loop': 0 },
    })
    const [unnamed, named] = report.rows
    expect(named).toMatchObject({
      session: 'chat-1',
      name: 'chat-1',
      model,
      target: model,
      why: 'answered-last',
      trouble: null,
      switches: 0,
      conversations: 2,
      policy: 'auto',
    })
    expect(Date.parse(named!.since)).toBeLessThanOrEqual(Date.parse(named!.answeredAt))
    expect(Math.abs(Date.now() - Date.parse(named!.answeredAt))).toBeLessThan(60_000)
    expect(unnamed).toMatchObject({ session: null, name: expect.stringMatching(/^ada [0-9a-z]+$/) })
    const decisions = async () => {
      const answer = await fetch(`${server.url}/admin/decisions?session=${named!.session}`)
      return ((await answer.json()) as { decisions: unknown[] }).decisions.length
    }
    // The log is written a moment later.
    await expect.poll(decisions).toBe(2)
  })

  test('tells a tool loop from a session in trouble', async () => {
    const server = await opened()
    const start = [user('Repair the parser.')]
    await ask(server, start, { session: 'calm' })
    await ask(server, [...start, call('a'), { role: 'tool', tool_call_id: 'a', content: 'text' }], {
      session: 'calm',
    })
    const spinning = [...start, call('a'), failed('a'), call('b'), failed('b'), call('c'), failed('c')]
    await ask(server, spinning, { session: 'lost' })
    const report = await seen(server)
    expect(report).toMatchObject({ inTrouble: 1, latchAfterRounds: 2, held: { 'tool-loop': 1 } })
    const [lost, calm] = report.rows
    expect(lost).toMatchObject({
      session: 'lost',
      why: 'in-trouble',
      model: 'acme/large',
      inTrouble: true,
      trouble: { sign: 'errors', rounds: 2 },
    })
    expect(calm).toMatchObject({ session: 'calm', why: 'tool-loop', inTrouble: false, trouble: null })
    // The same again, now of a session that is known: it is held as well, and in trouble all the same.
    await ask(server, spinning, { session: 'lost' })
    expect((await seen(server)).rows[0]).toMatchObject({ session: 'lost', why: 'tool-loop', inTrouble: true })
  })

  test('finds a session by a part of its name, and refuses a number that is none', async () => {
    const server = await opened()
    for (const session of ['Blue-1', 'blue-2', 'red']) await ask(server, [user('Hello.')], { session })
    const found = await seen(server, '?search=BLUE&limit=1')
    expect([found.sessions, found.matching, found.rows.map(({ session }) => session)]).toEqual([
      3,
      2,
      ['blue-2'],
    ])
    expect((await seen(server, '?search=green')).rows).toEqual([])
    expect((await fetch(`${server.url}/admin/sessions?limit=some`)).status).toBe(400)
  })

  test('holds no key and no address of a vendor', async () => {
    const server = await opened()
    await ask(server, [user('Hello.')], { session: 'chat-1' })
    const text = JSON.stringify(await seen(server))
    expect(text).not.toContain('127.0.0.1')
    for (const secret of Object.values(acmeKey)) expect(text).not.toContain(secret)
  })

  test('says so where sessions are not looked at', async () => {
    const server = await opened({ sessions: { affinity: false } })
    await ask(server, [user('Hello.')], { session: 'chat-1' })
    expect(await seen(server)).toMatchObject({ affinity: false, remembered: 0, rows: [] })
  })
})

describe('many sessions', () => {
  const clock = { now: () => 1_000, wall: () => new Date(1e12) }
  const answered = {
    model: modelId('acme/small'),
    target: 'gone',
    credential: 'key',
    usage: { ...noUsage, inputTokens: 4_000, source: 'reported' as const },
  }
  const report = (sessions: Sessions, query = {}) =>
    sessionsOf(
      {
        experience: { sessions } as AdminParts['experience'],
        state: { mode: () => 'shared' } as AdminParts['state'],
        succession: {
          current: () => ({ models: [] }),
        } as unknown as AdminParts['succession'],
        clock,
      },
      query,
    )

  test('cost no more than a few: those used last are looked at, and what is shown says so', () => {
    const rules = { affinity: true, ttlMs: 60_000, maxSessions: 100_000, cacheMs: 60_000 }
    const sessions = createSessions(rules, clock.now)
    for (let n = 0; n < 30_000; n++) sessions.note(`named s${n}`, answered)
    const seenNow = report(sessions)
    expect(seenNow).toMatchObject({ remembered: 30_000, looked: 2_000, sessions: 2_000, matching: 2_000 })
    expect(seenNow.rows).toHaveLength(50)
    expect(seenNow.rows[0]).toMatchObject({
      session: 's29999',
      target: null,
      why: 'warm-cache',
      warmTokens: 4_000,
    })
    expect(seenNow.models).toEqual([{ model: 'acme/small', sessions: 2_000 }])
    // More is not to be had, whatever is asked for.
    expect(report(sessions, { limit: '100000' }).rows).toHaveLength(50)
    expect(report(sessions, { search: 's1' }).matching).toBe(0)
  })

  test('are shown in the order of their last use, and without those that are too old', () => {
    let now = 0
    const rules = { affinity: true, ttlMs: 1_000, maxSessions: 10, cacheMs: 0 }
    const sessions = createSessions(rules, () => now)
    sessions.note('named old', answered)
    now = 900
    sessions.note('named a', answered)
    sessions.note('named b', answered)
    sessions.find('named a')
    expect(sessions.recent(10).map(({ key }) => key)).toEqual(['named a', 'named b', 'named old'])
    now = 1_000
    expect(sessions.recent(10).map(({ key }) => key)).toEqual(['named a', 'named b'])
    expect(sessions.recent(1)).toHaveLength(1)
    expect(sessions.size()).toEqual({ sessions: 3, episodes: 0 })
  })

  test('have been with their model since it came, by whoever told of it', () => {
    let now = 0
    const rules = { affinity: true, ttlMs: 60_000, maxSessions: 10, cacheMs: 0 }
    const sessions = createSessions(rules, () => now)
    const shown = { policy: 'auto', held: null, trouble: null }
    const note = (model: string) =>
      sessions.note('named a', { ...answered, model: modelId(model) }, { thread: null, episode: 'a', shown })
    const since = () => sessions.recent(1)[0]
    note('acme/small')
    now = 100
    note('acme/small')
    expect(since()).toMatchObject({ since: 0, shown })
    now = 200
    note('acme/large')
    expect(since()).toMatchObject({ since: 200 })
    const heard = { ...since()!.session, answeredAt: 300 }
    now = 400
    sessions.adopt('named a', heard, null)
    expect(since()).toMatchObject({ since: 200, shown: null })
    sessions.adopt('named a', { ...heard, model: modelId('acme/small'), answeredAt: 350 }, 't')
    expect(sessions.recent(5).map(({ key, of, since: began }) => [key, of, began])).toEqual([
      ['named a / t', 'named a', 350],
      ['named a', null, 350],
    ])
  })

  test('are named as far as they fit: of what is cut no decision can be found', () => {
    const rules = { affinity: true, ttlMs: 60_000, maxSessions: 10, cacheMs: 0 }
    const sessions = createSessions(rules, clock.now)
    sessions.note(`named ${'x'.repeat(256)}`, answered)
    const [row] = report(sessions).rows
    expect([row?.session, row?.name.length]).toEqual([null, 256])
  })
})
