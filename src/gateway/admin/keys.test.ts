/** Keys and groups that are changed while they are used, over a gateway that listens. */

import { describe, expect, test } from 'vitest'
import { say } from '../../../test/support/a-gateway.ts'
import { aServer, type OpenedServer } from '../../../test/support/a-server.ts'
import { acmeConfig, acmeKey, smallThen } from '../../../test/support/acme-config.ts'
import { aFaultServer } from '../../../test/support/fault-server.ts'
import type { LimitStatus } from './limits.ts'
import type { ShownGroup, ShownKey } from './key-bodies.ts'

async function opened(config: object = {}): Promise<OpenedServer> {
  const vendor = await aFaultServer({ small: [{ kind: 'answer' }] })
  return aServer({
    config: acmeConfig(vendor.baseUrl, { policies: smallThen(), ...config }),
    variables: acmeKey,
  })
}

type Answer = {
  readonly key: ShownKey
  readonly keys: readonly ShownKey[]
  readonly group: ShownGroup
  readonly groups: readonly ShownGroup[]
  readonly limits: readonly LimitStatus[]
  readonly secret: string
  readonly error: { readonly code: string; readonly message: string }
}

async function admin({ url }: OpenedServer, method: string, path: string, body?: object) {
  const response = await fetch(`${url}/admin${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as Answer }
}

const newKey = async (server: OpenedServer, body: object = {}) =>
  (await admin(server, 'POST', '/keys', { name: 'ci', ...body })).json

async function ask(server: OpenedServer, secret: string, model = 'auto'): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` }
  const answer = await server.post('/v1/chat/completions', { model, messages: say('Hello.') }, { headers })
  await answer.text()
  return answer.status
}

describe('a limit that is changed', () => {
  test('keeps what was spent, refuses below it, and lets requests pass again once it is raised', async () => {
    const server = await opened()
    const { key, secret } = await newKey(server, { limits: [{ usd: 5, per: 'month' }] })
    const path = `/keys/${key.id}`
    expect(await ask(server, secret)).toBe(200)
    const spent = async () => (await admin(server, 'GET', '/limits')).json.limits[0]!
    const before = await spent()
    expect(before.spent).toBeGreaterThan(0)

    const lowered = await admin(server, 'PATCH', path, { limits: [{ usd: before.spent / 2, per: 'month' }] })
    expect(lowered.status).toBe(200)
    expect(await spent()).toMatchObject({ spent: before.spent, limit: before.spent / 2 })
    expect(await ask(server, secret)).toBe(402)

    await admin(server, 'PATCH', path, { limits: [{ usd: 7, per: 'month', softAt: 0.9 }] })
    expect(await spent()).toMatchObject({ spent: before.spent, limit: 7, softAt: 0.9 })
    expect(await ask(server, secret)).toBe(200)
  })

  test('of requests a minute holds at once, and is lifted by null', async () => {
    const server = await opened()
    const { key, secret } = await newKey(server)
    expect(await ask(server, secret)).toBe(200)
    const path = `/keys/${key.id}`
    const slow = await admin(server, 'PATCH', path, { requestsPerMinute: 1, concurrency: 4 })
    expect(slow.json.key.rateLimits).toEqual({ requestsPerMinute: 1, tokensPerMinute: null, concurrency: 4 })
    expect([await ask(server, secret), await ask(server, secret)]).toEqual([200, 429])
    const lifted = await admin(server, 'PATCH', path, { requestsPerMinute: null })
    expect(lifted.json.key.rateLimits).toEqual({
      requestsPerMinute: null,
      tokensPerMinute: null,
      concurrency: 4,
    })
    expect(await ask(server, secret)).toBe(200)
  })

  test('of a team holds for its keys', async () => {
    const server = await opened()
    const made = await admin(server, 'POST', '/groups', { kind: 'team', name: 'search' })
    const { secret } = await newKey(server, { group: 'search' })
    expect(await ask(server, secret)).toBe(200)
    const limits = [{ usd: 0.000001, per: 'day' }]
    const changed = await admin(server, 'PATCH', `/groups/${made.json.group.id}`, { limits, name: 'find' })
    expect(changed.json.group).toMatchObject({ name: 'find', spendLimits: [{ unit: 'usd', per: 'day' }] })
    expect(await ask(server, secret)).toBe(402)
  })
})

describe('a key with limits of its own, of which the configuration has another', () => {
  test('pays once for what it spends, and is held to the narrower', async () => {
    const server = await opened({ limits: [{ for: 'key', name: 'ci', usd: 9, per: 'month' }] })
    const { key, secret } = await newKey(server, { limits: [{ usd: 5, per: 'month' }] })
    expect(await ask(server, secret)).toBe(200)
    const { limits } = (await admin(server, 'GET', '/limits')).json
    expect(limits.map(({ name, title, limit }) => [name, title, limit])).toEqual([
      [key.id, 'ci', 9],
      [key.id, 'ci', 5],
    ])
    await admin(server, 'PATCH', `/keys/${key.id}`, { limits: [{ usd: limits[0]!.spent / 2, per: 'month' }] })
    expect(await ask(server, secret)).toBe(402)
    const [stored] = await server.stored()
    expect(limits.map(({ spent }) => spent)).toEqual([
      stored!.outcome!.cost! / 1e6,
      stored!.outcome!.cost! / 1e6,
    ])
  })

  test('comes in once for each request, and takes one place', async () => {
    const server = await opened({ limits: [{ for: 'key', requestsPerMinute: 5, concurrency: 9 }] })
    const { secret } = await newKey(server, { requestsPerMinute: 3, concurrency: 1 })
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push(await ask(server, secret))
    expect(statuses).toEqual([200, 200, 200, 429])
  })
})

test('only what is named is changed', async () => {
  const server = await opened()
  const { key, secret } = await newKey(server, {
    user: 'ada',
    tags: ['blue'],
    policies: ['auto'],
    expiresIn: '30d',
    requestsPerMinute: 60,
  })
  const { status, json } = await admin(server, 'PATCH', `/keys/${key.id}`, {
    name: 'nightly',
    policies: null,
  })
  expect(status).toBe(200)
  const { version, ...rest } = key
  expect(json.key).toMatchObject({ ...rest, name: 'nightly', policies: null })
  expect(json.key.version).not.toBe(version)
  // The secret is what it was.
  expect(await ask(server, secret, 'acme/small')).toBe(200)
  const ended = await admin(server, 'PATCH', `/keys/${key.id}`, { expiresAt: '2020-01-01T00:00:00Z' })
  expect(ended.json.key.status).toBe('expired')
  expect(await ask(server, secret)).toBe(401)
  const open = await admin(server, 'PATCH', `/keys/${key.id}`, { expiresAt: null })
  expect(open.json.key).toMatchObject({ status: 'valid', expiresAt: null })
  expect(await ask(server, secret)).toBe(200)
})

describe('two who change the same at once', () => {
  test('do not overwrite each other: who saw an older version is told, and nothing is written', async () => {
    const server = await opened()
    const { key } = await newKey(server)
    const path = `/keys/${key.id}`
    const change = (body: object) => admin(server, 'PATCH', path, { ...body, version: key.version })
    const both = await Promise.all([
      change({ limits: [{ usd: 1, per: 'day' }] }),
      change({ limits: [{ usd: 2, per: 'day' }] }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const [won, lost] = both[0]?.status === 200 ? both : [both[1]!, both[0]!]
    expect(lost!.json.error).toMatchObject({ code: 'changed_meanwhile' })
    expect(lost!.json.error.message).toContain('ci has been changed since it was shown to you')
    const now = (await admin(server, 'GET', path)).json.key
    expect(now).toEqual(won!.json.key)
    // What it is now may be changed.
    const again = await admin(server, 'PATCH', path, { name: 'nightly', version: now.version })
    expect(again.status).toBe(200)
  })

  test('may change different things without a version, and lose nothing', async () => {
    const server = await opened()
    const { key } = await newKey(server)
    const path = `/keys/${key.id}`
    await Promise.all(
      [{ requestsPerMinute: 5 }, { concurrency: 2 }, { tokensPerMinute: 900 }, { user: 'ada' }].map((body) =>
        admin(server, 'PATCH', path, body),
      ),
    )
    expect((await admin(server, 'GET', path)).json.key).toMatchObject({
      user: 'ada',
      rateLimits: { requestsPerMinute: 5, concurrency: 2, tokensPerMinute: 900 },
    })
  })

  test('do not bring a key back that one of them revokes', async () => {
    const server = await opened()
    const { key, secret } = await newKey(server)
    const path = `/keys/${key.id}`
    const names = Array.from({ length: 5 }, (_, at) => admin(server, 'PATCH', path, { name: `name ${at}` }))
    await Promise.all([...names.slice(0, 3), admin(server, 'DELETE', path), ...names.slice(3)])
    expect((await admin(server, 'GET', path)).json.key.status).toBe('revoked')
    expect(await ask(server, secret)).toBe(401)
    const late = await admin(server, 'PATCH', path, { name: 'late' })
    expect([late.status, late.json.error.message]).toEqual([
      409,
      expect.stringMatching(/was revoked\. Create a new key\.$/),
    ])
  })

  test('see the same version of what is the same, of a group as of a key', async () => {
    const server = await opened()
    const { json } = await admin(server, 'POST', '/groups', { kind: 'team', name: 'search' })
    const [listed] = (await admin(server, 'GET', '/groups')).json.groups
    expect(listed).toEqual(json.group)
    const path = `/groups/${json.group.id}`
    const { version } = json.group
    expect((await admin(server, 'PATCH', path, { concurrency: 3, version })).status).toBe(200)
    expect((await admin(server, 'PATCH', path, { concurrency: 4, version })).status).toBe(409)
    const back = await admin(server, 'PATCH', path, { concurrency: null })
    expect(back.json.group.version).toBe(version)
  })
})

describe('a change that makes no sense', () => {
  test.each([
    ['nothing below a dollar’s zero', { limits: [{ usd: -1, per: 'day' }] }, 'limits.0.usd'],
    ['no limit without its time', { limits: [{ usd: 1 }] }, 'Add per'],
    [
      'no two limits of one kind and time',
      {
        limits: [
          { usd: 1, per: 'day' },
          { usd: 2, per: 'day' },
        ],
      },
      'two of usd per day',
    ],
    ['no rate of half a request', { requestsPerMinute: 0.5 }, 'requestsPerMinute'],
    ['no empty name', { name: ' ' }, 'name'],
    ['no secret', { secrets: [] }, 'secrets'],
    ['no span that is none', { expiresIn: 'soon' }, 'a span such as 12h or 30d'],
    ['no number where a list belongs', { tags: 5 }, 'tags'],
    ['no version that is no text', { version: 7 }, 'version'],
  ])('is refused: %s', async (_name, body, told) => {
    const server = await opened()
    const { key } = await newKey(server)
    const refused = await admin(server, 'PATCH', `/keys/${key.id}`, body)
    expect([refused.status, refused.json.error.message]).toEqual([400, expect.stringContaining(told)])
    expect((await admin(server, 'GET', `/keys/${key.id}`)).json.key).toEqual(key)
  })

  test('is refused where a group takes another’s name, or nobody has the id', async () => {
    const server = await opened()
    await admin(server, 'POST', '/groups', { kind: 'team', name: 'search' })
    const { json } = await admin(server, 'POST', '/groups', { kind: 'project', name: 'index' })
    const taken = await admin(server, 'PATCH', `/groups/${json.group.id}`, { name: 'search' })
    expect([taken.status, taken.json.error.message]).toEqual([409, 'There is a team named search already.'])
    const same = await admin(server, 'PATCH', `/groups/${json.group.id}`, { name: 'index' })
    expect(same.status).toBe(200)
    expect((await admin(server, 'PATCH', '/groups/none', { name: 'x' })).status).toBe(404)
    expect((await admin(server, 'PATCH', '/keys/none', { name: 'x' })).status).toBe(404)
    const lost = await admin(server, 'PATCH', `/keys/${(await newKey(server)).key.id}`, { group: 'none' })
    expect(lost.status).toBe(404)
  })
})
