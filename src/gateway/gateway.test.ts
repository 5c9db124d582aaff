// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { describe, expect, test } from 'vitest'
import { acmeConfig, acmeKey, acmeModel, smallThen } from '../../test/support/acme-config.ts'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { readChatStream } from '../../test/support/chat-stream.ts'
import { aFaultServer, aRefusedUrl, type Behaviour, wholeText } from '../../test/support/fault-server.ts'
import type { Gateway, Reply } from './gateway.ts'

const hello = { model: 'auto', messages: say('Say something.') }
const stream = { ...hello, stream: true }
const sound: Behaviour = { kind: 'answer' }
const busy: Behaviour = { kind: 'status', status: 503, body: { error: { message: 'busy' } } }

const nobodyLeaves = () => new AbortController().signal

const ask = (gateway: Gateway, body: string | object): Promise<Reply> =>
  gateway.chat(incoming(body), nobodyLeaves())

/** The reply's text, read to its end. */
async function textOf(reply: Reply): Promise<string> {
  switch (reply.kind) {
    case 'failed':
      return reply.failure.message
    case 'buffered':
      return Buffer.from(reply.bytes).toString()
    case 'stream': {
      let text = ''
      for await (const frame of reply.frames) text += Buffer.from(frame).toString()
      return text
    }
  }
}

async function acme(
  script: Readonly<Record<string, readonly Behaviour[]>>,
  changes: Parameters<typeof acmeConfig>[1] = {},
) {
  const vendor = await aFaultServer(script)
  const opened = await aGateway({ config: acmeConfig(vendor.baseUrl, changes), variables: acmeKey })
  return { ...opened, vendor }
}

describe('a request that is answered', () => {
  test('is on record with its decision, attempt, tokens and dollars', async () => {
    const { gateway, stored, problems } = await acme({ small: [sound] }, { policies: smallThen() })
    const reply = await ask(gateway, hello)
    expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/small', failedModels: [] } })
    // 32 plain input tokens, 8 cached ones at the same price, 10 output tokens at ten times that.
    expect(reply.served?.usd).toBeCloseTo(140e-6, 12)
    const [{ decision, outcome } = {}, ...others] = await stored()
    expect(others).toEqual([])
    expect(problems).toEqual([])
    expect(decision).toMatchObject({
      id: reply.served?.decision.id,
      policy: 'auto',
      strategy: 'fixed',
      askedModel: 'auto',
      chosen: 'acme/small',
      propensity: 1,
      because: 'the policy names acme/small',
      signals: { taskType: 'chat', structure: { turns: 1 } },
      candidates: [{ id: 'acme/small', cost: { kind: 'known' } }],
      refused: [],
      trace: { driver: 'live', end: { kind: 'forward', models: ['acme/small'] } },
    })
    expect(decision?.signals.inputTokens).toBeGreaterThan(0)
    expect(decision?.candidates[0]?.quality.mean).toBeGreaterThan(0)
    expect(outcome).toMatchObject({
      status: 'answered',
      model: 'acme/small',
      failure: null,
      cost: 140,
      attempts: [
        {
          model: 'acme/small',
          usage: { inputTokens: 40, cachedReadTokens: 8, outputTokens: 10, source: 'reported' },
          cost: 140,
          outcome: { kind: 'answered', finish: 'stop' },
        },
      ],
    })
    expect(outcome!.latencyMs).toBeGreaterThan(0)
  })

  test('as a stream is on record when the stream has ended', async () => {
    const { gateway, stored } = await acme({ small: [sound] }, { policies: smallThen() })
    const reply = await ask(gateway, stream)
    expect(reply).toMatchObject({ kind: 'stream', served: { model: 'acme/small', usd: null } })
    expect(await textOf(reply)).toMatch(/data: \[DONE\]\n\n$/)
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'answered', model: 'acme/small', cost: 140 })
    expect(outcome!.firstContentMs).toBeGreaterThan(0)
  })

  test('reaches the vendor as the bytes that the client wrote, but for the fields that Fairlead edits', async () => {
    const { gateway, vendor } = await acme({ small: [sound] }, { policies: smallThen() })
    const before = '{ "temperature" : 0.70, "made_up": {"deep":[1.0,  2e3]}, "model": "auto"'
    const after = ', "messages" : [ {"role":"user","content":"h\\u00e9llo \\/ 🌍"} ],\n "top_p":1 }'
    await ask(gateway, `${before}, "fairlead":{"user":"ada"}, "models":["nope"]${after}`)
    expect(vendor.seen[0]?.text).toBe(`${before.replace('auto', 'small')}${after}`)
  })

  test('is handed back as the very bytes of the vendor', async () => {
    const { gateway } = await acme({ small: [sound] }, { policies: smallThen() })
    expect(JSON.parse(await textOf(await ask(gateway, hello)))).toMatchObject({ vendor_extra: 'kept' })
  })

  test('carries the credential and the headers of the vendor', async () => {
    const vendor = await aFaultServer({ small: [sound] })
    const config = {
      ...acmeConfig(vendor.baseUrl, { policies: smallThen() }),
      vendors: {
        acme: {
          baseUrl: vendor.baseUrl,
          apiKey: 'env:ACME_KEY',
          headers: { 'X-Team': 'red', 'x-token': '${ACME_TOKEN}' },
        },
      },
    }
    const variables = { ...acmeKey, ACME_TOKEN: 'team-token' }
    const { gateway } = await aGateway({ config, variables })
    await ask(gateway, hello)
    expect(vendor.seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${acmeKey.ACME_KEY}`,
      'x-team': 'red',
      'x-token': 'team-token',
    })
    expect(vendor.seen[0]?.path).toBe('/v1/chat/completions')
  })

  test('by a model whose price is unknown costs an unknown sum, never zero', async () => {
    const { gateway, stored } = await acme(
      { odd: [sound] },
      { models: [acmeModel('odd', 1, { prices: 'unknown' })] },
    )
    const reply = await ask(gateway, { ...hello, model: 'acme/odd' })
    expect(reply.served).toMatchObject({ model: 'acme/odd', usd: null })
    const [{ decision, outcome } = {}] = await stored()
    expect(decision?.candidates[0]?.cost.kind).toBe('unknown')
    expect(outcome).toMatchObject({ status: 'answered', cost: null, attempts: [{ cost: null }] })
  })

  test('each on its own, when many come at once', async () => {
    const { gateway, stored } = await aGateway()
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    const replies = await Promise.all(
      numbers.map((number) => ask(gateway, { ...hello, messages: say(`What is ${number} + 1?`) })),
    )
    expect(new Set(replies.map(({ served }) => served?.decision.id)).size).toBe(numbers.length)
    const records = await stored()
    expect(records).toHaveLength(numbers.length)
    expect(records.every(({ outcome }) => outcome?.status === 'answered')).toBe(true)
  })
})

describe('before the first byte', () => {
  const failing: readonly (readonly [string, Behaviour, string])[] = [
    ['a refusal for want of capacity', busy, 'overloaded'],
    ['a rate limit', { kind: 'status', status: 429, body: {} }, 'rate-limited'],
    ['a refused key', { kind: 'status', status: 401, body: {} }, 'credential'],
    ['a reset', { kind: 'reset-before-headers' }, 'unavailable'],
    ['a page', { kind: 'raw', contentType: 'text/html', body: '<p>' }, 'unreadable'],
  ]
  describe.each([false, true])('(stream: %s)', (streaming) => {
    test.each(failing)('%s is answered by the fallback', async (_name, behaviour, kind) => {
      const { gateway, stored } = await acme(
        { small: [behaviour], large: [sound] },
        { policies: smallThen('acme/large') },
      )
      const reply = await ask(gateway, { ...hello, stream: streaming })
      expect(reply.served).toMatchObject({ model: 'acme/large', failedModels: ['acme/small'] })
      expect(await textOf(reply)).toContain('five.')
      const [{ decision, outcome } = {}] = await stored()
      expect(decision).toMatchObject({ chosen: 'acme/small' })
      expect(outcome).toMatchObject({
        status: 'answered',
        model: 'acme/large',
        attempts: [
          { model: 'acme/small', outcome: { kind: 'failed', failure: kind } },
          { model: 'acme/large', outcome: { kind: 'answered' } },
        ],
      })
    })
  })

  test('fallbacks of the request go before those of the policy', async () => {
    const { gateway, vendor } = await acme(
      { small: [busy], large: [sound], huge: [busy] },
      { models: [acmeModel('huge', 100)], policies: smallThen('acme/large') },
    )
    const reply = await ask(gateway, { ...hello, fallbacks: ['acme/huge', 'nobody/knows'] })
    expect(vendor.seen.map(({ model }) => model)).toEqual(['small', 'huge', 'large'])
    expect(reply.served?.failedModels).toEqual(['acme/small', 'acme/huge'])
  })

  test('the list `models` alone names the first choice and what follows', async () => {
    const { gateway, vendor } = await acme({ small: [busy], large: [sound] })
    const reply = await ask(gateway, { models: ['acme/small', 'acme/large'], messages: say('Hi.') })
    expect(vendor.seen.map(({ model }) => model)).toEqual(['small', 'large'])
    expect(reply.served?.model).toBe('acme/large')
  })

  test('an unreachable vendor is answered by a simulated model', async () => {
    const config = acmeConfig(await aRefusedUrl(), {
      simulated: { pace: 0 },
      policies: smallThen('simulated/nano'),
    })
    const { gateway } = await aGateway({ config, variables: acmeKey })
    const reply = await ask(gateway, hello)
    expect(reply.served).toMatchObject({ model: 'simulated/nano', failedModels: ['acme/small'] })
    expect(await textOf(reply)).toContain('simulat')
  })

  test('a request that is itself at fault is tried nowhere else', async () => {
    const { gateway, vendor, stored } = await acme(
      { small: [{ kind: 'status', status: 400, body: { error: { message: 'no', param: 'seed' } } }] },
      { policies: smallThen('acme/large') },
    )
    const reply = await ask(gateway, hello)
    expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'rejected', param: 'seed' } })
    expect(vendor.seen).toHaveLength(1)
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'failed', failure: 'rejected', model: null })
  })

  test('when nobody answers, the failure is told and on record', async () => {
    const { gateway, stored } = await acme(
      { small: [busy], large: [busy] },
      { policies: smallThen('acme/large') },
    )
    const reply = await ask(gateway, hello)
    expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'overloaded' }, served: { model: null } })
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'failed', failure: 'overloaded', cost: 0 })
    expect(outcome?.attempts).toHaveLength(2)
  })
})

describe('after the first byte', () => {
  test('a stream that breaks is gone on with by the next model, and each attempt is on record', async () => {
    const { gateway, stored } = await acme(
      { small: [{ kind: 'cut', afterWords: 2, how: 'close' }], large: [sound] },
      { policies: smallThen('acme/large') },
    )
    const text = await textOf(await ask(gateway, stream))
    expect(readChatStream(text)).toMatchObject({ content: wholeText, models: ['small'], endMarked: true })
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'answered', failure: null, model: 'acme/large' })
    expect(outcome?.attempts.map(({ outcome: { kind } }) => kind)).toContain('failed')
  })

  test('under a policy that wants no recovery it says so, and is on record as failed', async () => {
    const { gateway, vendor, stored } = await acme(
      { small: [{ kind: 'cut', afterWords: 2, how: 'close' }], large: [sound] },
      { policies: { auto: { ...smallThen('acme/large').auto, streamRecovery: 'error' } } },
    )
    const text = await textOf(await ask(gateway, stream))
    expect(text).toContain('"error"')
    expect(text).not.toContain('[DONE]')
    expect(vendor.seen).toHaveLength(1)
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'failed', failure: 'truncated', model: null })
    expect(outcome?.cost).toBeGreaterThan(0)
  })

  test('a client that leaves closes the vendor, and what was made by then is booked', async () => {
    const { gateway, vendor, stored } = await acme(
      { small: [{ kind: 'stall', afterWords: 2 }] },
      { policies: smallThen() },
    )
    const client = new AbortController()
    const reply = await gateway.chat(incoming(stream), client.signal)
    expect(reply.kind).toBe('stream')
    client.abort()
    expect(await vendor.seen[0]?.over).toBe('aborted')
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'cancelled', failure: 'cancelled' })
    expect(outcome?.cost).toBeGreaterThan(0)
  })

  test('a client that leaves before there is an answer is on record, too', async () => {
    const { gateway, vendor, stored } = await acme(
      { small: [{ kind: 'never-answer' }] },
      { policies: smallThen('acme/large') },
    )
    const client = new AbortController()
    const reply = gateway.chat(incoming(hello), client.signal)
    await vendor.whenSeen(1)
    client.abort()
    expect(await reply).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
    const [{ outcome } = {}] = await stored()
    expect(outcome).toMatchObject({ status: 'cancelled', attempts: [{ model: 'acme/small' }] })
  })
})
