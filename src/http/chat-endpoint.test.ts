import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, acmeModel, smallThen } from '../../test/support/acme-config.ts'
import { atOnce, say } from '../../test/support/a-gateway.ts'
import { aServer, jsonOf } from '../../test/support/a-server.ts'
import { aFaultServer, aRefusedUrl, type Behaviour, wholeText } from '../../test/support/fault-server.ts'

const chat = '/v1/chat/completions'
const sum = { model: 'auto', messages: say('What is 17 * 23?') }
const busy: Behaviour = { kind: 'status', status: 503, body: { error: { message: 'busy' } } }

async function acme(
  script: Readonly<Record<string, readonly Behaviour[]>>,
  changes: Parameters<typeof acmeConfig>[1] = {},
) {
  const vendor = await aFaultServer(script)
  const server = await aServer({ config: acmeConfig(vendor.baseUrl, changes), variables: acmeKey })
  return { ...server, vendor }
}

describe('an answer', () => {
  test('comes with headers that say who answered, why, at what cost, and where it is on record', async () => {
    const { post, stored } = await aServer()
    const reply = await post(chat, sum)
    const body = await jsonOf(reply)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(body).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant' }, finish_reason: 'stop' }],
    })
    expect(body.model).toBe(reply.headers.get('x-fairlead-model'))
    expect(reply.headers.get('x-fairlead-policy')).toBe('auto')
    expect(reply.headers.get('x-fairlead-reason')).toMatch(/^best value for /)
    expect(reply.headers.get('x-fairlead-fallback')).toBeNull()
    const [{ decision, outcome } = {}] = await stored()
    expect(decision?.id).toBe(reply.headers.get('x-fairlead-decision'))
    expect(outcome?.model).toBe(body.model)
    expect(Number(reply.headers.get('x-fairlead-cost-usd'))).toBeCloseTo(outcome!.cost! / 1e6, 9)
  })

  test('after a fallback names the models that failed', async () => {
    const { post } = await acme(
      { small: [busy], large: [{ kind: 'answer' }] },
      { policies: smallThen('acme/large') },
    )
    const reply = await post(chat, sum)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-fairlead-model')).toBe('acme/large')
    expect(reply.headers.get('x-fairlead-fallback')).toBe('acme/small')
  })

  test('of unknown price has no cost header rather than one that says nothing was paid', async () => {
    const { post } = await acme(
      { odd: [{ kind: 'answer' }] },
      { models: [acmeModel('odd', 1, { prices: 'unknown' })] },
    )
    const reply = await post(chat, { ...sum, model: 'acme/odd' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-fairlead-cost-usd')).toBeNull()
  })

  test('by a policy whose name is not ASCII still has headers that a client can read', async () => {
    const policies = { 'höflich 🙂': { strategy: 'fixed', model: 'simulated/nano' } }
    const { post } = await aServer({ config: { ...atOnce, policies } })
    const reply = await post(chat, { ...sum, model: 'höflich 🙂' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-fairlead-policy')).toBe('h?flich ??')
  })

  test('does not depend on the content type that the client states', async () => {
    const { post } = await aServer()
    const bytes = new TextEncoder().encode(JSON.stringify(sum))
    for (const type of ['', 'garbage', 'text/plain; charset=latin1', 'application/x-www-form-urlencoded']) {
      const reply = await post(chat, bytes, { headers: { 'content-type': type } })
      expect([type, reply.status]).toEqual([type, 200])
    }
  })

  test('is not kept from a client that puts a byte order mark before its JSON', async () => {
    const { post } = await aServer()
    expect((await post(chat, `\ufeff${JSON.stringify(sum)}`)).status).toBe(200)
  })

  test('obeys headers over what the body says', async () => {
    const { post } = await aServer()
    const body = { ...sum, fairlead: { quality: 0.1 } }
    const reply = await post('/v1/route', body, {
      headers: { 'x-fairlead-quality': '1', 'x-fairlead-max-cost-usd': '0.25' },
    })
    expect(await jsonOf(reply)).toMatchObject({ objective: { statedAs: 'quality 1', maxCostUsd: 0.25 } })
  })

  test('goes to each of many clients at once', async () => {
    const { post, stored, errors } = await aServer()
    const replies = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const reply = await post(chat, {
          ...sum,
          messages: say(`What is ${index} + 1?`),
          stream: index % 2 === 0,
        })
        await reply.text()
        return reply
      }),
    )
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(new Set(replies.map(({ headers }) => headers.get('x-fairlead-decision'))).size).toBe(50)
    expect(errors).toEqual([])
    expect((await stored()).filter(({ outcome }) => outcome?.status === 'answered')).toHaveLength(50)
  })
})

type Problem = { status: number; code: string; message: RegExp; param?: string; type?: string }

describe('a request that is at fault is told so in the shape of OpenAI', () => {
  const cases: readonly (readonly [string, unknown, Problem])[] = [
    [
      'half a JSON text',
      '{"model": ',
      { status: 400, code: 'invalid_json', message: /not JSON .*Send a JSON/ },
    ],
    ['nothing', '', { status: 400, code: 'invalid_json', message: /it is empty/ }],
    ['bytes that are no text', '\u0000\u0001', { status: 400, code: 'invalid_json', message: /not JSON/ }],
    ['a list', [], { status: 400, code: 'invalid_type', message: /expected a JSON object, got a list/ }],
    ['null', 'null', { status: 400, code: 'invalid_type', message: /expected a JSON object/ }],
    [
      'wrong types, all at once',
      { model: 7, messages: 'x', temperature: 'hot' },
      {
        status: 400,
        code: 'invalid_type',
        param: 'model',
        message: /model: .*\nmessages: .*\ntemperature: /,
      },
    ],
    [
      'no messages',
      { model: 'auto' },
      { status: 400, code: 'missing_field', param: 'messages', message: /messages: missing/ },
    ],
    [
      'an option that Fairlead does not have',
      { ...sum, fairlead: { qualty: 1 } },
      { status: 400, code: 'unknown_field', param: 'fairlead.qualty', message: /no such option/ },
    ],
    [
      'a policy that is nearly right',
      { ...sum, model: 'atuo' },
      { status: 404, code: 'model_not_found', param: 'model', message: /Did you mean auto\?/ },
    ],
    [
      'a model that is nearly right',
      { ...sum, model: 'simulated/nanno' },
      { status: 404, code: 'model_not_found', param: 'model', message: /Did you mean simulated\/nano or/ },
    ],
    [
      'a model without a key',
      { ...sum, model: 'gpt-5-mini' },
      { status: 404, code: 'model_not_found', param: 'model', message: /set OPENAI_API_KEY/ },
    ],
    [
      'a prompt over every window',
      { ...sum, messages: say('word '.repeat(400_000)) },
      {
        status: 400,
        code: 'context_length_exceeded',
        param: 'messages',
        message: /too long for every model/,
      },
    ],
    [
      'sound that no model hears',
      {
        ...sum,
        messages: [
          { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] },
        ],
      },
      { status: 400, code: 'no_eligible_model', message: /simulated\/nano: it does not do audio/ },
    ],
  ]

  test.each(cases)('%s', async (_name, body, { type = 'invalid_request_error', ...wanted }) => {
    const { post, errors, stored } = await aServer({ server: { bodyLimitBytes: 10_000_000 } })
    for (const path of [chat, '/v1/route']) {
      const reply = await post(path, body as object)
      const { error, ...rest } = await jsonOf(reply)
      expect(rest).toEqual({})
      expect(reply.headers.get('content-type')).toContain('application/json')
      expect({ status: reply.status, code: error.code, type: error.type, param: error.param }).toEqual({
        status: wanted.status,
        code: wanted.code,
        type,
        param: wanted.param ?? null,
      })
      expect(error.message).toMatch(wanted.message)
    }
    // The next request is served as if nothing had been.
    expect((await post(chat, sum)).status).toBe(200)
    expect(errors).toEqual([])
    expect(await stored()).toHaveLength(1)
  })

  test('a compressed body', async () => {
    const { post } = await aServer()
    const reply = await post(chat, gzipSync(JSON.stringify(sum)), { headers: { 'content-encoding': 'gzip' } })
    expect(reply.status).toBe(415)
    expect((await jsonOf(reply)).error).toMatchObject({
      code: 'unsupported_encoding',
      message: 'The body is compressed (gzip). Send it as it is.',
    })
  })

  test('nesting that would run a reader out of stack', async () => {
    const { post, errors } = await aServer()
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const format = `{"type":"json_schema","json_schema":{"name":"deep","schema":${deep}}}`
    const messages = JSON.stringify(sum.messages)
    const reply = await post(chat, `{"model":"auto","messages":${messages},"response_format":${format}}`)
    expect(reply.status).toBe(400)
    expect((await jsonOf(reply)).error.message).toContain('nested more than')
    expect(errors).toEqual([])
  })

  test('a body over the limit, before it has been read', async () => {
    const { post } = await aServer()
    const reply = await post(chat, { ...sum, messages: say('x'.repeat(200_000)) })
    expect(reply.status).toBe(413)
    expect((await jsonOf(reply)).error).toMatchObject({
      code: 'body_too_large',
      message: 'The body is over 100000 bytes. Send less, or raise server.bodyLimitBytes.',
    })
    expect((await post(chat, sum)).status).toBe(200)
  })
})

describe('a vendor that fails', () => {
  test('is a bad gateway that says what could not be reached and what to do', async () => {
    const url = await aRefusedUrl()
    const { post, stored } = await aServer({
      config: acmeConfig(url, { policies: smallThen() }),
      variables: acmeKey,
    })
    const reply = await post(chat, sum)
    expect(reply.status).toBe(502)
    expect((await jsonOf(reply)).error).toEqual({
      message: `could not reach acme at ${url} (connection refused): is the base URL right?`,
      type: 'server_error',
      code: 'upstream_unavailable',
      param: null,
    })
    const [{ decision, outcome } = {}] = await stored()
    expect(reply.headers.get('x-fairlead-decision')).toBe(decision?.id)
    expect(reply.headers.get('x-fairlead-model')).toBeNull()
    expect(reply.headers.get('x-fairlead-fallback')).toBe('acme/small')
    expect(outcome).toMatchObject({ status: 'failed', failure: 'unavailable' })
  })

  test('and says how long to wait, has the client told', async () => {
    const { post } = await acme(
      { small: [{ kind: 'status', status: 429, body: {}, headers: { 'retry-after': '7' } }] },
      { policies: smallThen() },
    )
    const reply = await post(chat, sum)
    expect(reply.status).toBe(429)
    expect(reply.headers.get('retry-after')).toBe('7')
    expect((await jsonOf(reply)).error.code).toBe('rate_limit_exceeded')
  })

  test('on a stream before its first content fails with a status, not in the stream', async () => {
    const { post } = await acme({ small: [busy] }, { policies: smallThen() })
    const reply = await post(chat, { ...sum, stream: true })
    expect(reply.status).toBe(503)
    expect((await jsonOf(reply)).error.type).toBe('server_error')
  })

  test('in the middle of a stream ends it with an error and no end marker', async () => {
    const { post } = await acme(
      { small: [{ kind: 'error-event', afterWords: 2 }] },
      { policies: smallThen() },
    )
    const text = await (await post(chat, { ...sum, stream: true })).text()
    expect(text).toContain('One ')
    expect(text).toContain('"code":"upstream_overloaded"')
    expect(text).not.toContain('[DONE]')
  })

  test('and then does not is served again', async () => {
    const { post } = await acme({ small: [busy, { kind: 'answer' }] }, { policies: smallThen() })
    expect((await post(chat, sum)).status).toBe(503)
    expect((await jsonOf(await post(chat, sum))).choices[0].message.content).toBe(wholeText)
  })
})
