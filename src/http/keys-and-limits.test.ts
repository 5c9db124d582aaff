import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, smallThen } from '../../test/support/acme-config.ts'
import { say } from '../../test/support/a-gateway.ts'
import { aServer, type OpenedServer } from '../../test/support/a-server.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'

const adminToken = 'an-admin-token-of-the-tests'
const hello = { model: 'auto', messages: say('Say something.') }

async function opened(config: object = {}, behaviours: readonly Behaviour[] = [{ kind: 'answer' }]) {
  const vendor = await aFaultServer({ small: behaviours, large: [{ kind: 'answer' }] })
  const server = await aServer({
    config: { ...acmeConfig(vendor.baseUrl, { policies: smallThen() }), ...config },
    variables: { ...acmeKey, ADMIN: adminToken },
  })
  return { ...server, vendor }
}

async function admin(
  { url }: Pick<OpenedServer, 'url'>,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${url}/admin${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as any }
}

const withKey = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })

async function newKey(server: OpenedServer, body: object = {}) {
  const { status, json } = await admin(server, 'POST', '/keys', { name: 'a key', ...body })
  expect(status, JSON.stringify(json)).toBe(200)
  return json as { key: { id: string; status: string }; secret: string }
}

describe('a key', () => {
  test('opens the door, is shown once, and stands in the decision', async () => {
    const server = await opened({ keys: { required: true } })
    const { key, secret } = await newKey(server, { user: 'ada', tags: ['blue'] })
    expect(secret).toMatch(/^fl-[\w-]{43}$/)
    const listed = await admin(server, 'GET', '/keys')
    expect(JSON.stringify(listed.json)).not.toContain(secret)
    expect((await server.post('/v1/chat/completions', hello)).status).toBe(401)
    expect((await server.post('/v1/chat/completions', hello, withKey(`${secret}x`))).status).toBe(401)
    const answer = await server.post('/v1/chat/completions', hello, withKey(secret))
    expect(answer.status).toBe(200)
    await answer.text()
    const [stored] = await server.stored()
    expect(stored?.decision.caller).toMatchObject({ key: key.id, user: 'ada', tags: ['blue'] })
  })

  test.each([
    [
      '/v1/messages',
      { ...hello, max_tokens: 10 },
      { type: 'error', error: { type: 'authentication_error' } },
    ],
    ['/v1/responses', { model: 'auto', input: 'hello' }, { error: { code: 'api_key_required' } }],
    ['/v1/embeddings', { model: 'x', input: 'hello' }, { error: { code: 'api_key_required' } }],
    ['/v1/route', hello, { error: { code: 'api_key_required' } }],
  ])('is wanted at %s, in the words of its format', async (path, body, told) => {
    const server = await opened({ keys: { required: true } })
    const answer = await server.post(path, body)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject(told)
  })

  test('is taken as Anthropic’s clients send it', async () => {
    const server = await opened({ keys: { required: true } })
    const { secret } = await newKey(server)
    const answer = await server.post(
      '/v1/messages',
      { ...hello, max_tokens: 10 },
      { headers: { 'x-api-key': secret } },
    )
    expect(answer.status).toBe(200)
  })

  test('of a vendor is nothing to Fairlead where no key is needed; a wrong one of its own is', async () => {
    const server = await opened()
    expect((await server.post('/v1/chat/completions', hello, withKey('sk-whatever'))).status).toBe(200)
    expect((await server.post('/v1/chat/completions', hello, withKey('fl-nobody'))).status).toBe(401)
  })

  test('that was revoked or has expired opens nothing from then on', async () => {
    const server = await opened()
    const { key, secret } = await newKey(server)
    const short = await newKey(server, { name: 'short', expiresAt: '2020-01-01T00:00:00Z' })
    expect((await server.post('/v1/chat/completions', hello, withKey(secret))).status).toBe(200)
    await admin(server, 'DELETE', `/keys/${key.id}`)
    const revoked = await server.post('/v1/chat/completions', hello, withKey(secret))
    expect(revoked.status).toBe(401)
    expect(await revoked.json()).toMatchObject({ error: { code: 'api_key_revoked' } })
    const expired = await server.post('/v1/chat/completions', hello, withKey(short.secret))
    expect(await expired.json()).toMatchObject({ error: { code: 'api_key_expired' } })
  })

  test('that is rotated goes on for the overlap, and not without one', async () => {
    const server = await opened()
    const { key, secret } = await newKey(server)
    const rotated = await admin(server, 'POST', `/keys/${key.id}/rotate`, { overlap: '1h' })
    expect((await server.post('/v1/chat/completions', hello, withKey(secret))).status).toBe(200)
    expect((await server.post('/v1/chat/completions', hello, withKey(rotated.json.secret))).status).toBe(200)
    const again = await admin(server, 'POST', `/keys/${key.id}/rotate`, { overlap: '0' })
    expect((await server.post('/v1/chat/completions', hello, withKey(rotated.json.secret))).status).toBe(401)
    expect((await server.post('/v1/chat/completions', hello, withKey(again.json.secret))).status).toBe(200)
  })

  test('is shown by /v1/route what it would get: its policies, its models', async () => {
    const server = await opened()
    const route = async (secret: string) => {
      const answer = await server.post('/v1/route', hello, withKey(secret))
      return { status: answer.status, json: (await answer.json()) as any }
    }
    const allowed = await newKey(server, { models: ['acme/small'] })
    expect((await route(allowed.secret)).json).toMatchObject({ chosen: 'acme/small' })
    const narrow = await newKey(server, { name: 'narrow', models: ['acme/large'] })
    const routed = await route(narrow.secret)
    const asked = await server.post('/v1/chat/completions', hello, withKey(narrow.secret))
    expect(routed).toEqual({ status: asked.status, json: await asked.json() })
    expect(routed.json).toMatchObject({ error: { code: 'model_not_allowed' } })
    const elsewhere = await newKey(server, { name: 'elsewhere', policies: ['support'] })
    const refused = await route(elsewhere.secret)
    expect(refused.status).toBe(403)
    expect(refused.json).toMatchObject({ error: { code: 'policy_not_allowed' } })
    expect(await server.stored()).toEqual([])
  })

  test('keeps to its policies and models, its team’s included', async () => {
    const server = await opened()
    const team = await admin(server, 'POST', '/groups', {
      kind: 'team',
      name: 'search',
      models: ['acme/small'],
    })
    const { secret } = await newKey(server, { policies: ['auto', 'acme/*'], group: team.json.group.id })
    const ask = (model: string) => server.post('/v1/chat/completions', { ...hello, model }, withKey(secret))
    expect((await ask('auto')).status).toBe(200)
    expect((await ask('acme/small')).status).toBe(200)
    const large = await ask('acme/large')
    expect(large.status).toBe(403)
    expect(await large.json()).toMatchObject({ error: { code: 'model_not_allowed' } })
    const { secret: narrow } = await newKey(server, { name: 'narrow', policies: ['auto'] })
    const other = await server.post(
      '/v1/chat/completions',
      { ...hello, model: 'acme/small' },
      withKey(narrow),
    )
    expect(other.status).toBe(403)
    expect(await other.json()).toMatchObject({ error: { code: 'policy_not_allowed' } })
  })

  test('keeps what it has stored from others', async () => {
    const server = await opened()
    const [mine, yours] = [await newKey(server), await newKey(server, { name: 'other' })]
    const made = await server.post('/v1/responses', { model: 'auto', input: 'hello' }, withKey(mine.secret))
    const { id } = (await made.json()) as { id: string }
    const get = (secret: string) => fetch(`${server.url}/v1/responses/${id}`, withKey(secret))
    expect((await get(mine.secret)).status).toBe(200)
    expect((await get(yours.secret)).status).toBe(404)
  })
})

/** What is set aside for `hello`: the high end of what it is expected to cost. */
async function estimateOf(server: OpenedServer): Promise<number> {
  const answer = await server.post('/v1/route', hello)
  const { candidates } = (await answer.json()) as {
    candidates: { cost: { usd: { mean: number; deviation: number } } }[]
  }
  const { mean, deviation } = candidates[0]!.cost.usd
  return mean + 1.28 * deviation
}

describe('a limit of dollars', () => {
  test('turns away what it can’t pay for, in the words of the format, before a vendor is asked', async () => {
    const server = await opened()
    const { secret } = await newKey(server, { limits: [{ usd: 0.000001, per: 'day' }] })
    const chat = await server.post('/v1/chat/completions', hello, withKey(secret))
    expect(chat.status).toBe(402)
    expect(await chat.json()).toMatchObject({
      error: { type: 'insufficient_quota', code: 'budget_exhausted' },
    })
    const messages = await server.post('/v1/messages', { ...hello, max_tokens: 9 }, withKey(secret))
    expect(messages.status).toBe(402)
    expect(await messages.json()).toMatchObject({ error: { type: 'billing_error' } })
    expect(server.vendor.seen).toHaveLength(0)
  })

  test('is counted exactly, and shown', async () => {
    const server = await opened()
    const { secret, key } = await newKey(server, { limits: [{ usd: 5, per: 'month' }] })
    for (let n = 0; n < 3; n++)
      await (await server.post('/v1/chat/completions', hello, withKey(secret))).text()
    const { json } = await admin(server, 'GET', '/limits')
    const [limit] = json.limits
    expect(limit).toMatchObject({ scope: 'key', name: key.id, title: 'a key', limit: 5, reserved: 0 })
    const stored = await server.stored()
    const spent = stored.reduce((sum, { outcome }) => sum + (outcome?.cost ?? 0), 0)
    expect(spent).toBeGreaterThan(0)
    expect(limit.spent).toBeCloseTo(spent / 1e6, 9)
  })

  test('holds for all who share it, however many come at once', async () => {
    const perRequest = await estimateOf(await opened())
    const limit = 3.5 * perRequest
    const server = await opened({ limits: [{ for: 'all', usd: limit, per: 'day' }] }, [
      { kind: 'answer', delayMs: 300 },
    ])
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => server.post('/v1/chat/completions', hello)),
    )
    const statuses = answers.map(({ status }) => status)
    for (const answer of answers) await answer.text()
    // No more at one time than what is set aside for them allows.
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
    expect(statuses.filter((status) => status === 402)).toHaveLength(37)
    const { json } = await admin(server, 'GET', '/limits')
    expect(json.limits[0].spent).toBeLessThanOrEqual(limit)
    expect(json.limits[0].reserved).toBe(0)
    // What was set aside for those that ended is free again.
    expect((await server.post('/v1/chat/completions', hello)).status).toBe(200)
  })

  test('is free again of what was set aside for a request that failed', async () => {
    const server = await opened({ limits: [{ for: 'all', usd: 0.02, per: 'day' }] }, [
      { kind: 'status', status: 500, body: {} },
    ])
    for (let n = 0; n < 12; n++)
      expect((await server.post('/v1/chat/completions', hello)).status).toBeGreaterThanOrEqual(500)
    const { json } = await admin(server, 'GET', '/limits')
    expect(json.limits[0]).toMatchObject({ reserved: 0 })
  })

  test('past its soft share sends requests to cheaper models', async () => {
    const server = await opened({
      policies: { auto: { quality: 1, pool: ['acme/small', 'acme/large'] } },
      limits: [{ for: 'user', usd: 1, per: 'day', softAt: 0.000001 }],
    })
    const serve = () => server.post('/v1/chat/completions', hello, { headers: { 'x-fairlead-user': 'ada' } })
    await (await serve()).text()
    await (await serve()).text()
    const [first, second] = await server.stored()
    expect(second!.decision.objective.lambda).toBeGreaterThan(first!.decision.objective.lambda)
    expect(second!.decision.objective.statedAs).toContain('soft limit')
  })

  test('of each user is each one’s own', async () => {
    const server = await opened({ limits: [{ for: 'user', tokens: 30, per: 'lifetime' }] })
    const ask = (user: string) =>
      server.post(
        '/v1/chat/completions',
        { ...hello, max_tokens: 5 },
        { headers: { 'x-fairlead-user': user } },
      )
    expect((await ask('ada')).status).toBe(200)
    expect((await ask('ada')).status).toBe(402)
    expect((await ask('bob')).status).toBe(200)
  })
})

describe('a limit of rate', () => {
  test('of requests says when to come again', async () => {
    const server = await opened()
    const { secret } = await newKey(server, { requestsPerMinute: 2 })
    const ask = () => server.post('/v1/chat/completions', hello, withKey(secret))
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    const third = await ask()
    expect(third.status).toBe(429)
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await third.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    expect(server.vendor.seen).toHaveLength(2)
  })

  test('of places lets another in when one has left', async () => {
    const server = await opened({ limits: [{ for: 'all', concurrency: 1 }] }, [
      { kind: 'never-answer' },
      { kind: 'answer' },
    ])
    const gone = new AbortController()
    const first = server
      .post('/v1/chat/completions', hello, { signal: gone.signal })
      .catch((error: Error) => error.name)
    await expect.poll(() => server.vendor.seen.length).toBe(1)
    const second = await server.post('/v1/chat/completions', hello)
    expect(second.status).toBe(429)
    expect(await second.json()).toMatchObject({ error: { code: 'concurrency_limit_exceeded' } })
    gone.abort()
    expect(await first).toBe('AbortError')
    await expect
      .poll(async () => (await server.post('/v1/chat/completions', hello)).status, { timeout: 5_000 })
      .toBe(200)
  })
})

describe('administration', () => {
  test('without a token is this machine’s alone', async () => {
    const server = await opened()
    expect((await admin(server, 'GET', '/keys')).status).toBe(200)
    expect((await admin(server, 'GET', '/keys', undefined, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(
      403,
    )
    expect((await admin(server, 'GET', '/keys', undefined, { origin: 'https://evil.example' })).status).toBe(
      403,
    )
  })

  test('with one is for whoever shows it; one that reads changes nothing', async () => {
    const reader = 'a-read-token-of-the-tests'
    const server = await opened({ admin: { token: 'env:ADMIN', readToken: reader } })
    const by = (token: string) => ({ authorization: `Bearer ${token}` })
    expect((await admin(server, 'GET', '/keys')).status).toBe(401)
    expect((await admin(server, 'GET', '/keys', undefined, by('wrong'))).status).toBe(401)
    expect((await admin(server, 'GET', '/keys', undefined, by(reader))).status).toBe(200)
    expect((await admin(server, 'POST', '/keys', { name: 'x' }, by(reader))).status).toBe(403)
    expect((await admin(server, 'POST', '/keys', { name: 'x' }, by(adminToken))).status).toBe(200)
    const { json } = await admin(server, 'GET', '/audit?kind=admin', undefined, by(adminToken))
    expect(json.rows[0]).toMatchObject({ actor: 'admin', action: 'POST /admin/keys', ok: true })
  })

  test.each([
    ['POST', '/keys', {}, 400, 'name'],
    ['POST', '/keys', { name: 'x', nonsense: 1 }, 400, 'nonsense'],
    ['POST', '/keys', { name: 'x', limits: [{ usd: 5 }] }, 400, 'per'],
    ['GET', '/keys/nobody', undefined, 404, 'nobody'],
    ['DELETE', '/keys/nobody', undefined, 404, 'nobody'],
    ['GET', '/decisions/nothing', undefined, 404, 'nothing'],
    ['GET', '/decisions?since=yesterday', undefined, 400, 'since'],
    ['GET', '/report?by=moon', undefined, 400, 'by'],
  ] as const)('%s %s with %j is refused with %i', async (method, path, body, status, word) => {
    const server = await opened()
    const answer = await admin(server, method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.json.error.message).toContain(word)
    expect(server.errors).toEqual([])
  })

  test('finds decisions, tells their whole story, and exports them', async () => {
    const server = await opened()
    const answer = await server.post('/v1/chat/completions', hello, {
      headers: { 'x-fairlead-tags': 'blue,=1+1', 'x-fairlead-session': 's1' },
    })
    const id = answer.headers.get('x-fairlead-decision')
    await answer.text()
    await (await server.post('/v1/chat/completions', hello)).text()
    await expect.poll(async () => (await admin(server, 'GET', '/decisions')).json.decisions.length).toBe(2)
    const found = await admin(server, 'GET', '/decisions?tag=blue&count=true')
    expect(found.json).toMatchObject({
      total: 1,
      decisions: [{ id, status: 'answered', model: 'acme/small' }],
    })
    const story = await admin(server, 'GET', `/decisions/${id}`)
    expect(story.json).toMatchObject({ decision: { id }, outcome: { decision: id }, feedback: [] })
    const csv = await (await fetch(`${server.url}/admin/export/decisions?format=csv`)).text()
    expect(csv.trim().split('\r\n')).toHaveLength(3)
    const lines = await (await fetch(`${server.url}/admin/export/ledger`)).text()
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toHaveLength(2)
    const first = await admin(server, 'GET', '/decisions?limit=1')
    const second = await admin(
      server,
      'GET',
      `/decisions?limit=1&after=${encodeURIComponent(first.json.next)}`,
    )
    expect(second.json.decisions[0].id).not.toBe(first.json.decisions[0].id)
  })

  test('follows what happens as it happens', async () => {
    const server = await opened()
    const gone = new AbortController()
    const stream = await fetch(`${server.url}/admin/events`, { signal: gone.signal })
    await (await server.post('/v1/chat/completions', hello)).text()
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('event: finished')) text += (await reader.read()).value ?? ''
    expect(text).toContain('event: decided')
    expect(text).not.toContain('Say something')
    gone.abort()
  })
})
