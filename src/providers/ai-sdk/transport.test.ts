import { describe, expect, test } from 'vitest'
import { aServer, jsonOf } from '../../../test/support/a-server.ts'
import { aGateway, incoming, resolvedIn, say } from '../../../test/support/a-gateway.ts'
import { looksComplete, readChatStream } from '../../../test/support/chat-stream.ts'
import {
  aFaultServer,
  aRefusedUrl,
  type Behaviour,
  wholeText,
  words,
} from '../../../test/support/fault-server.ts'
import { anthropicMessagesSpoken } from '../../../test/support/faults/anthropic-messages.ts'
import { openaiChatSpoken } from '../../../test/support/faults/openai-chat.ts'
import { openaiResponsesSpoken } from '../../../test/support/faults/openai-responses.ts'
import { reportedTokens, type Said } from '../../../test/support/faults/said.ts'

/** Three packages, each of which speaks another wire format to its vendor. */
const packages = [
  {
    name: '@ai-sdk/openai-compatible',
    spoken: openaiChatSpoken,
    options: { name: 'acme', includeUsage: true, supportsStructuredOutputs: true },
  },
  { name: '@ai-sdk/openai', spoken: openaiResponsesSpoken, options: {} },
  { name: '@ai-sdk/anthropic', spoken: anthropicMessagesSpoken, options: {} },
] as const

type Package = (typeof packages)[number]

const key = 'acme-key-of-the-tests-0123456789'

const acmeModel = (name: string) => ({
  id: `acme/${name}`,
  prices: { input: 1, output: 10 },
  contextWindow: 32_000,
  maxOutputTokens: 4_000,
  capabilities: ['tools', 'json-schema', 'images', 'logprobs'],
})

const configFor = ({ name, options }: Package, baseUrl: string, changes: object = {}) => ({
  vendors: { acme: { provider: 'ai-sdk', package: name, baseUrl, apiKey: 'env:ACME_KEY', options } },
  models: [acmeModel('small'), acmeModel('large')],
  retries: { sameTarget: 0 },
  policies: { auto: { strategy: 'fixed', model: 'acme/small', fallbacks: ['acme/large'] } },
  ...changes,
})

async function opened(
  one: Package,
  script: Readonly<Record<string, readonly Behaviour[]>>,
  options: { readonly said?: Partial<Said>; readonly config?: object } = {},
) {
  const vendor = await aFaultServer(script, {
    format: one.spoken,
    ...(options.said && { said: options.said }),
  })
  const config = configFor(one, vendor.baseUrl, options.config)
  const server = await aServer({ config, variables: { ACME_KEY: key } })
  const chat = (body: object) =>
    server.post('/v1/chat/completions', { model: 'auto', messages: say('Count to five.'), ...body })
  return { vendor, server, chat, sent: (index = 0) => JSON.parse(vendor.seen[index]!.text) }
}

const answers: Behaviour = { kind: 'answer' }

const refusals = [
  [400, { error: { message: 'prompt is too long: 9 tokens > 8 maximum' } }, 'context-exceeded'],
  [400, { error: { type: 'invalid_request_error', message: 'no such field' } }, 'rejected'],
  [429, { error: { type: 'rate_limit_error', message: 'slow down' } }, 'rate-limited'],
  [402, { error: { message: 'no credit' } }, 'quota'],
  [500, { error: { message: 'oh' } }, 'unavailable'],
  [502, '<html><title>Bad gateway</title></html>', 'unavailable'],
  [503, { error: { message: 'busy' } }, 'overloaded'],
  [529, { error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded'],
  [401, { error: { type: 'authentication_error', message: `bad key ${key}` } }, 'credential'],
] as const

describe.each(packages)('$name', (one) => {
  test('answers whole, with usage, and the key goes where the package puts it', async () => {
    const { chat, vendor, server } = await opened(one, { small: [answers] })
    const body = await jsonOf(await chat({}))
    expect(body.choices[0]).toMatchObject({ message: { content: wholeText }, finish_reason: 'stop' })
    expect(body.usage).toMatchObject({
      prompt_tokens: reportedTokens.input,
      completion_tokens: reportedTokens.output,
      prompt_tokens_details: { cached_tokens: reportedTokens.cached },
    })
    const { authorization, 'x-api-key': apiKey } = vendor.seen[0]!.headers
    expect([authorization, apiKey]).toContain(one.name === '@ai-sdk/anthropic' ? key : `Bearer ${key}`)
    const [stored] = await server.stored()
    expect(stored?.outcome?.attempts[0]).toMatchObject({
      usage: { source: 'reported', inputTokens: reportedTokens.input, outputTokens: reportedTokens.output },
    })
  })

  test('streams word by word, to a finish reason and usage', async () => {
    const { chat } = await opened(one, { small: [answers] })
    const text = await (await chat({ stream: true, stream_options: { include_usage: true } })).text()
    const read = readChatStream(text)
    expect(read.content).toBe(wholeText)
    expect(looksComplete(read)).toBe(true)
    expect(text.split('"content":"').length - 1).toBeGreaterThanOrEqual(words.length)
    expect(text).toContain(`"completion_tokens":${reportedTokens.output}`)
  })

  test.each([false, true])('calls tools (stream: %s), and hears what they gave', async (stream) => {
    const toolCall = { name: 'weather', argumentsPieces: ['{"city":', '"Paris"}'] }
    const { chat, sent } = await opened(one, { small: [answers] }, { said: { words: [], toolCall } })
    const tools = [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'says it',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ]
    const messages = [
      { role: 'system', content: 'Be brief.' },
      ...say('And in Rome?'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_0', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_0', content: 'sunny in Rome' },
    ]
    const reply = await chat({ stream, tools, messages, tool_choice: 'required' })
    if (stream) {
      const read = readChatStream(await reply.text())
      expect(read.toolArguments).toEqual(['{"city":"Paris"}'])
      expect(looksComplete(read)).toBe(true)
    } else {
      const [choice] = (await jsonOf(reply)).choices
      expect(choice.finish_reason).toBe('tool_calls')
      expect(choice.message.tool_calls[0].function).toEqual({
        name: 'weather',
        arguments: '{"city":"Paris"}',
      })
    }
    const asked = JSON.stringify(sent())
    for (const part of ['Be brief.', 'sunny in Rome', 'call_0', 'says it', 'Rome'])
      expect(asked).toContain(part)
  })

  test('shows pictures and asks for the shape of the answer', async () => {
    const { chat, sent } = await opened(one, { small: [answers] })
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ]
    const schema = { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] }
    const response_format = { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } }
    const reply = await chat({
      messages: [{ role: 'user', content }],
      response_format,
      max_tokens: 77,
      temperature: 0.5,
    })
    expect(reply.status).toBe(200)
    const asked = JSON.stringify(sent())
    expect(asked).toContain('iVBORw0KGgo=')
    expect(asked).toContain('image/png')
    expect(asked).toContain('"what"')
    expect(asked).toContain('77')
    expect(asked).toContain('0.5')
  })

  test('refusals are named by their status and body, and no key is told', async () => {
    const names = refusals.map((_, index) => `model-${index}`)
    const script = Object.fromEntries(
      refusals.map(([status, body], index) => [
        names[index]!,
        [{ kind: 'status', status, body, headers: { 'retry-after': '7' } } as const],
      ]),
    )
    const { chat, server } = await opened(one, script, {
      config: { models: names.map(acmeModel), policies: {} },
    })
    for (const [index, [status, , kind]] of refusals.entries()) {
      const reply = await chat({ model: `acme/${names[index]}` })
      expect(await reply.text(), `${status} ${kind}`).not.toContain(key)
      if (kind === 'rate-limited') expect(reply.headers.get('retry-after')).toBe('7')
    }
    const stored = await server.stored()
    const kinds = stored.map(({ outcome }) => outcome?.attempts[0]?.outcome)
    expect(kinds).toMatchObject(refusals.map(([vendorStatus, , failure]) => ({ vendorStatus, failure })))
  })

  test.each([false, true])('after a failure the next model answers (stream: %s)', async (stream) => {
    const { chat } = await opened(one, {
      small: [{ kind: 'status', status: 500, body: { error: { message: 'oh' } } }],
      large: [answers],
    })
    expect(await (await chat({ stream })).text()).toContain(stream ? words[0] : wholeText)
  })

  test.each<Behaviour>([
    { kind: 'cut', afterWords: 2, how: 'close' },
    { kind: 'cut', afterWords: 2, how: 'reset' },
    { kind: 'error-event', afterWords: 2 },
    { kind: 'malformed-event', afterWords: 2, rest: true },
  ])('a stream that breaks off never looks complete: $kind', async (behaviour) => {
    const { chat, server } = await opened(
      one,
      { small: [behaviour] },
      { config: { policies: { auto: { strategy: 'fixed', model: 'acme/small', streamRecovery: 'error' } } } },
    )
    const read = readChatStream(await (await chat({ stream: true })).text())
    expect(looksComplete(read)).toBe(false)
    expect(read.error).not.toBeNull()
    expect(wholeText.startsWith(read.content)).toBe(true)
    const [stored] = await server.stored()
    expect(stored?.outcome).toMatchObject({ status: 'failed' })
  })

  test('another model goes on with a stream that broke off', async () => {
    const { chat } = await opened(one, {
      small: [{ kind: 'cut', afterWords: 2, how: 'reset' }],
      large: [{ kind: 'answer', asked: 'go-on' }],
    })
    const read = readChatStream(await (await chat({ stream: true })).text())
    expect(read.content).toBe(wholeText)
    expect(looksComplete(read)).toBe(true)
  })

  test('a client that goes away ends the call to the vendor', async () => {
    const { vendor, server } = await opened(one, { small: [{ kind: 'stall', afterWords: 1 }] })
    const client = new AbortController()
    const reply = await server.post(
      '/v1/chat/completions',
      { model: 'auto', messages: say('Count.'), stream: true },
      { signal: client.signal },
    )
    await reply.body!.getReader().read()
    client.abort()
    expect(await vendor.seen[0]!.over).toBe('aborted')
  })

  test('a vendor that does not answer in time is given up, and the call to it ended', async () => {
    const { chat, vendor } = await opened(
      one,
      { small: [{ kind: 'never-answer' }], large: [answers] },
      { config: { timeouts: { answerMs: 150 } } },
    )
    expect((await jsonOf(await chat({}))).choices[0].message.content).toBe(wholeText)
    expect(await vendor.seen[0]!.over).toBe('aborted')
  })

  test('a vendor that nobody can reach is named with the place that was tried', async () => {
    const baseUrl = await aRefusedUrl()
    const policies = { auto: { strategy: 'fixed', model: 'acme/small' } }
    const server = await aServer({
      config: configFor(one, baseUrl, { policies }),
      variables: { ACME_KEY: key },
    })
    const reply = await server.post('/v1/chat/completions', { model: 'auto', messages: say('Hello') })
    const { error } = await jsonOf(reply)
    expect([reply.status, error.code]).toEqual([502, 'upstream_unavailable'])
    expect(error.message).toContain(new URL(baseUrl).host)
  })
})

describe('what the AI SDK has no place for', () => {
  const [one] = packages

  test('is no reason to fail where the model is asked for by name: the answer says what was left out', async () => {
    const { chat, sent } = await opened(one, { small: [answers] })
    const body = await jsonOf(await chat({ model: 'acme/small', n: 2, logit_bias: { '5': 1 } }))
    expect(body.choices).toHaveLength(1)
    expect(body.warnings.join()).toMatch(/^n: left out.*logit_bias: left out/)
    expect(sent()).not.toHaveProperty('n')
    const stream = await (await chat({ model: 'acme/small', n: 2, stream: true })).text()
    expect(stream).toContain('"warnings":["n: left out')
    expect(looksComplete(readChatStream(stream))).toBe(true)
  })

  test('keeps the model from being chosen where the answer hangs on it', async () => {
    const { chat, vendor } = await opened(one, { small: [answers] })
    const reply = await chat({ n: 2 })
    expect(reply.status).toBe(400)
    expect((await jsonOf(reply)).error.message).toContain('has no place for n')
    expect(vendor.seen).toHaveLength(0)
  })
})

test('reasoning is asked for and heard', async () => {
  const { chat, sent } = await opened(
    packages[0],
    { small: [answers] },
    { said: { reasoning: ['Hm, ', 'five.'] } },
  )
  const body = await jsonOf(await chat({ reasoning_effort: 'low', user: 'u1' }))
  expect(body.choices[0].message.reasoning_content).toBe('Hm, five.')
  expect(sent()).toMatchObject({ reasoning_effort: 'low', user: 'u1' })
  const stream = await (await chat({ stream: true })).text()
  expect(stream).toContain('"reasoning_content":"Hm, "')
})

test('options of the configuration reach the package: for the provider and for every call', async () => {
  const one = packages[0]
  const vendor = await aFaultServer({ small: [answers] }, { format: one.spoken })
  const options = { ...one.options, queryParams: { 'api-version': 'env:VERSION' } }
  const { vendors, ...rest } = configFor(one, vendor.baseUrl)
  const acme = {
    ...vendors.acme,
    options,
    headers: { 'x-team': 'blue' },
    callOptions: { acme: { top_k: 5 } },
  }
  const server = await aServer({
    config: { ...rest, vendors: { acme } },
    variables: { ACME_KEY: key, VERSION: '2026-11-01' },
  })
  await server.post('/v1/chat/completions', { model: 'auto', messages: say('Hello') })
  expect(vendor.seen[0]!.path).toContain('api-version=2026-11-01')
  expect(vendor.seen[0]!.headers['x-team']).toBe('blue')
  expect(JSON.parse(vendor.seen[0]!.text)).toMatchObject({ top_k: 5 })
})

test('one package serves several methods: the one that the configuration names is called', async () => {
  const vendor = await aFaultServer({ small: [answers] }, { format: openaiChatSpoken })
  const { vendors, ...rest } = configFor(packages[1], vendor.baseUrl)
  const config = { ...rest, vendors: { acme: { ...vendors.acme, method: 'chat' } } }
  const server = await aServer({ config, variables: { ACME_KEY: key } })
  const reply = await server.post('/v1/chat/completions', { model: 'auto', messages: say('Hello') })
  expect((await jsonOf(reply)).choices[0].message.content).toBe(wholeText)
  expect(vendor.seen[0]!.path).toContain('/chat/completions')
})

test('without the package the gateway does not open, and a reload keeps what served before', async () => {
  const [one] = packages
  const vendor = await aFaultServer({ small: [answers] })
  const missing = (baseUrl: string) =>
    configFor({ ...one, name: '@ai-sdk/nobody-makes-this' as never }, baseUrl)
  const variables = { ACME_KEY: key }
  await expect(aServer({ config: missing(vendor.baseUrl), variables })).rejects.toThrow(
    'Run: npm install @ai-sdk/nobody-makes-this',
  )
  const { gateway, folder } = await aGateway({ config: configFor(one, vendor.baseUrl), variables })
  await expect(gateway.reload(await resolvedIn(folder, missing(vendor.baseUrl), variables))).rejects.toThrow(
    'npm install',
  )
  const reply = await gateway.chat(
    incoming({ model: 'auto', messages: say('Hello') }),
    new AbortController().signal,
  )
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/small' } })
})
