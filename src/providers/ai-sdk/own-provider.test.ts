/** Provider packages of the user's own: what any package may do, good and bad. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aFolder } from '../../../test/support/a-folder.ts'
import { aTarget, aVendor } from '../../../test/support/an-engine.ts'
import { aModel } from '../../../test/support/builders.ts'
import { looksComplete, readChatStream } from '../../../test/support/chat-stream.ts'
import { Secret } from '../../domain/secret.ts'
import type { Exchange, Transport } from '../../domain/transport.ts'
import type { Target } from '../../domain/vendor.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { packageUrl } from './package-url.ts'
import { openAiSdkTransport } from './transport.ts'

const secretSetting = 'a-secret-setting-42'

/** A package with one model, whose methods are written as the body of an object. */
async function aPackage(model: string): Promise<{ readonly transport: Transport; readonly target: Target }> {
  const folder = aFolder()
  const source = `export const createOwn = (settings) => ({
    languageModel: (modelId) => ({ specificationVersion: 'v3', provider: 'own.chat', modelId, supportedUrls: {}, async doStream() {}, ${model} }),
  })
  const streamOf = (...parts) => ({ stream: new ReadableStream({ start(c) { for (const part of parts) c.enqueue(part); c.close() } }) })
  const finish = (unified, raw) => ({ type: 'finish', finishReason: { unified, raw }, usage: { inputTokens: { total: 7 }, outputTokens: { total: 3 } } })`
  writeFileSync(join(folder, 'own.mjs'), source)
  const vendor = aVendor({
    baseUrl: packageUrl('./own.mjs'),
    library: {
      package: './own.mjs',
      export: null,
      method: null,
      settings: () => ({ secretSetting }),
      callOptions: () => ({}),
      secrets: [new Secret(secretSetting)],
    },
  })
  const transport = await openAiSdkTransport([vendor], folder)
  return { transport, target: aTarget({ baseUrl: vendor.baseUrl, vendor, model: aModel() }) }
}

async function ask(
  { transport, target }: Awaited<ReturnType<typeof aPackage>>,
  { stream = false, signal = new AbortController().signal, body = {} } = {},
) {
  const text = JSON.stringify({
    model: 'small',
    messages: [{ role: 'user', content: 'Hi' }],
    stream,
    ...body,
  })
  const exchange = await transport.send({ target, path: '/chat/completions', body: text, stream }, signal)
  return { exchange, text: () => textOf(exchange), transport, target }
}

async function textOf(exchange: Exchange): Promise<string> {
  if (exchange.kind === 'failed') return ''
  let text = ''
  for await (const chunk of exchange.body) text += Buffer.from(chunk).toString()
  return text
}

const caught = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error) => error,
  )

test('files, sources and tools that the vendor ran are left out, and the answer says so', async () => {
  const content = `[{ type: 'text', text: 'Here.' }, { type: 'file', mediaType: 'image/png', data: 'AA' },
    { type: 'source', sourceType: 'url', id: '1', url: 'https://example.com' },
    { type: 'tool-call', toolCallId: 'h', toolName: 'search', input: '{}', providerExecuted: true },
    { type: 'tool-result', toolCallId: 'h', toolName: 'search', result: 1 }]`
  const asked = await ask(
    await aPackage(`async doGenerate() { return { content: ${content}, finishReason: { unified: 'stop' },
      usage: { inputTokens: { total: 7, cacheRead: 2 }, outputTokens: { total: 3, reasoning: 1 } },
      warnings: [{ type: 'unsupported', feature: 'seed', details: 'no seeds here' }] } }`),
  )
  const body = JSON.parse(await asked.text())
  expect(body.choices[0].message).toEqual({ role: 'assistant', content: 'Here.', refusal: null })
  expect(body.warnings).toEqual([
    'unsupported seed: no seeds here',
    expect.stringContaining('a file (image/png)'),
    expect.stringContaining('(search)'),
  ])
  expect(body.usage).toMatchObject({
    prompt_tokens: 7,
    completion_tokens: 3,
    prompt_tokens_details: { cached_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 1 },
  })
})

test('without usage none is made up', async () => {
  const asked = await ask(
    await aPackage(
      `async doGenerate() { return { content: [], finishReason: { unified: 'stop' }, usage: { inputTokens: {}, outputTokens: {} } } }`,
    ),
  )
  expect(JSON.parse(await asked.text())).not.toHaveProperty('usage')
})

test('reads the generation of packages before: plain finish reasons and counts', async () => {
  const asked = await ask(
    await aPackage(`specificationVersion: 'v2', async doGenerate() { return { content: [{ type: 'text', text: 'Hi' }],
      finishReason: 'length', usage: { inputTokens: 7, outputTokens: 3, cachedInputTokens: 2 } } }`),
  )
  const body = JSON.parse(await asked.text())
  expect(body.choices[0].finish_reason).toBe('length')
  expect(body.usage).toMatchObject({ prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 2 } })
})

test.each([
  ["{ unified: 'other', raw: undefined }", null],
  ["'unknown'", null],
  ["{ unified: 'error', raw: 'oops' }", 'error'],
])('an answer that ended for %s is not whole', async (reason, written) => {
  const asked = await ask(
    await aPackage(
      `async doGenerate() { return { content: [{ type: 'text', text: 'Hi' }], finishReason: ${reason}, usage: {} } }`,
    ),
  )
  const body = JSON.parse(await asked.text())
  expect(body.choices[0].finish_reason).toBe(written)
  expect(openaiChat.decodeAnswer(body).kind).toBe('failed')
})

test('tool calls whose arguments come whole, after text, are streamed all the same', async () => {
  const asked = await ask(
    await aPackage(`async doGenerate() {}, async doStream() { return streamOf(
      { type: 'stream-start', warnings: [{ type: 'other', message: 'mind this' }] },
      { type: 'response-metadata', id: 'r1', modelId: 'small-2026' },
      { type: 'text-start', id: '1' }, { type: 'text-delta', id: '1', delta: 'Let me see.' }, { type: 'text-end', id: '1' },
      { type: 'tool-input-start', id: 'a', toolName: 'one' }, { type: 'tool-input-delta', id: 'a', delta: '{"x":' },
      { type: 'tool-input-delta', id: 'a', delta: '1}' }, { type: 'tool-input-end', id: 'a' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'one', input: '{"x":1}' },
      { type: 'tool-input-start', id: 'h', toolName: 'search', providerExecuted: true }, { type: 'tool-input-delta', id: 'h', delta: '{}' },
      { type: 'tool-call', toolCallId: 'h', toolName: 'search', input: '{}', providerExecuted: true },
      { type: 'tool-call', toolCallId: 'b', toolName: 'two', input: { y: 2 } },
      { type: 'file', mediaType: 'image/png', data: 'AA' }, finish('tool-calls', 'tool_use')) }`),
    { stream: true },
  )
  const text = await asked.text()
  const read = readChatStream(text)
  expect(read).toMatchObject({
    content: 'Let me see.',
    toolArguments: ['{"x":1}', '{"y":2}'],
    ids: ['chatcmpl-r1'],
    models: ['small-2026'],
    finishes: ['tool_calls'],
    endMarked: true,
    usages: [{ prompt_tokens: 7, completion_tokens: 3 }],
  })
  expect(text).toContain('"warnings":["other: mind this","a tool that the vendor ran itself (search)')
})

test.each([
  ['ends without a finish', "{ type: 'text-delta', id: '1', delta: 'Hi' }", 'truncated'],
  [
    'ends with a finish that says nothing',
    "{ type: 'text-delta', id: '1', delta: 'Hi' }, finish('other')",
    'truncated',
  ],
  [
    'reports an error',
    "{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }",
    'overloaded',
  ],
  ['reports an error as text', "{ type: 'error', error: 'rate limit reached' }", 'rate-limited'],
])('a stream that %s throws, and what it threw has a name', async (_what, parts, kind) => {
  const asked = await ask(
    await aPackage(`async doGenerate() {}, async doStream() { return streamOf(${parts}) }`),
    {
      stream: true,
    },
  )
  if (asked.exchange.kind !== 'replied') throw new Error('no reply')
  let text = ''
  const error = await caught(
    (async () => {
      for await (const chunk of asked.exchange.kind === 'replied' ? asked.exchange.body : [])
        text += Buffer.from(chunk).toString()
    })(),
  )
  expect(asked.transport.asFailure(error, asked.target).kind).toBe(kind)
  expect(looksComplete(readChatStream(text))).toBe(false)
})

test('a package that does not heed the signal is left behind, and a stream that it has opened is closed', async () => {
  const client = new AbortController()
  const opened = await aPackage(`async doGenerate() { return new Promise(() => {}) },
    async doStream() { return { stream: new ReadableStream({ cancel() { globalThis.fairleadTestCancelled = true } }) } }`)
  const whole = ask(opened, { signal: client.signal })
  const { exchange } = await ask(opened, { stream: true, signal: client.signal })
  const reading = caught(textOf(exchange))
  client.abort(new Error('gone'))
  expect((await whole).exchange).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  expect(await reading).toBeInstanceOf(Error)
  expect(globalThis).toHaveProperty('fairleadTestCancelled', true)
  expect((await ask(opened, { signal: client.signal })).exchange).toMatchObject({
    failure: { kind: 'cancelled' },
  })
})

test.each([
  ['AI_LoadAPIKeyError', 'credential'],
  ['AI_UnsupportedFunctionalityError', 'rejected'],
  ['AI_NoSuchModelError', 'unavailable'],
  ['AI_TypeValidationError', 'unreadable'],
  ['Error', 'unavailable'],
])('what a package throws as %s is %s, and none of its settings is told', async (name, kind) => {
  const asked = await ask(
    await aPackage(
      `async doGenerate() { throw Object.assign(new Error('no: ' + settings.secretSetting), { name: '${name}' }) }`,
    ),
  )
  expect(asked.exchange).toMatchObject({ kind: 'failed', failure: { kind } })
  expect(JSON.stringify(asked.exchange)).toContain('no: [secret]')
})

test.each([
  ["specificationVersion: 'v9', doGenerate() {}, doStream() {}", 'of the generation v9'],
  ['doStream() {}', 'gives a language model'],
])('a package whose models are none (%s) fails like a wrong setting, and says why', async (model, told) => {
  const { exchange } = await ask(await aPackage(model))
  expect(exchange).toMatchObject({ failure: { kind: 'credential', message: expect.stringContaining(told) } })
})

test('a request that can not be read is refused as a vendor would', async () => {
  const asked = await ask(await aPackage('doGenerate() {}, doStream() {}'), { body: { messages: 'none' } })
  expect(asked.exchange).toMatchObject({ kind: 'replied', status: 400 })
  expect(JSON.parse(await asked.text()).error.type).toBe('invalid_request_error')
})
