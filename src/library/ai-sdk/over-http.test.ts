/** What can go wrong between a program and a Fairlead that runs elsewhere; a fault server stands in for it. */

import { generateText, streamText } from 'ai'
import { describe, expect, test } from 'vitest'
import { aFaultServer, aRefusedUrl, type Behaviour, wholeText } from '../../../test/support/fault-server.ts'
import { createFairleadProvider } from './index.ts'

async function elsewhere(...behaviours: readonly Behaviour[]) {
  const server = await aFaultServer({ auto: behaviours })
  const fairlead = createFairleadProvider({
    baseURL: server.baseUrl,
    apiKey: 'key-of-the-tests',
    headers: { 'x-team': 'blue', 'x-none': undefined },
  })
  return { server, fairlead }
}

async function read(model: Parameters<typeof streamText>[0]['model']) {
  const errors: unknown[] = []
  const stream = streamText({
    model,
    prompt: 'Hi',
    maxRetries: 0,
    onError: ({ error }) => void errors.push(error),
  })
  await stream.consumeStream()
  return { text: await stream.text, finish: await stream.finishReason, errors }
}

test('the key, the headers and the wishes go along', async () => {
  const { server, fairlead } = await elsewhere({ kind: 'answer' })
  const { text } = await generateText({
    model: fairlead('auto', { quality: 0.9, tags: ['a'], fallbacks: ['acme/large'] }),
    prompt: 'Hi',
    headers: { 'x-fairlead-session': 's1' },
    maxOutputTokens: 50,
  })
  expect(text).toBe(wholeText)
  const [{ path, headers, text: body }] = server.seen as [(typeof server.seen)[number]]
  expect(path).toBe('/v1/chat/completions')
  expect(headers).toMatchObject({
    authorization: 'Bearer key-of-the-tests',
    'x-team': 'blue',
    'x-fairlead-session': 's1',
  })
  expect(headers).not.toHaveProperty('x-none')
  expect(JSON.parse(body)).toEqual({
    model: 'auto',
    messages: [{ role: 'user', content: 'Hi' }],
    max_completion_tokens: 50,
    fairlead: { quality: 0.9, tags: ['a'] },
    fallbacks: ['acme/large'],
  })
})

test('what Chat Completions has no place for is told of', async () => {
  const { fairlead } = await elsewhere({ kind: 'answer' })
  const { warnings } = await generateText({ model: fairlead('auto'), prompt: 'Hi', topK: 5 })
  expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'top_k' }])
})

describe('a failure', () => {
  test.each([
    ['a proxy in between', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 502, true],
    ['a wrong address', { kind: 'status', status: 404, body: '<html>' }, 404, false],
    [
      "the gateway's own key",
      { kind: 'status', status: 502, body: { error: { message: 'm', code: 'upstream_credential' } } },
      502,
      false,
    ],
    ['an answer that is none', { kind: 'raw', contentType: 'text/html', body: '<html>' }, 200, false],
  ] as const)('of %s', async (_, behaviour, statusCode, isRetryable) => {
    const { fairlead } = await elsewhere(behaviour)
    const asked = generateText({ model: fairlead('auto'), prompt: 'Hi', maxRetries: 0 })
    await expect(asked).rejects.toMatchObject({ name: 'AI_APICallError', statusCode, isRetryable })
  })

  test('to reach it may pass, and names the address', async () => {
    const baseURL = await aRefusedUrl()
    const fairlead = createFairleadProvider({ baseURL })
    const asked = generateText({ model: fairlead('auto'), prompt: 'Hi', maxRetries: 0 })
    await expect(asked).rejects.toMatchObject({
      name: 'AI_APICallError',
      isRetryable: true,
      message: expect.stringContaining(`${baseURL}/chat/completions failed: connect ECONNREFUSED`),
    })
  })
})

describe('a stream', () => {
  test('that comes in odd pieces is whole', async () => {
    const { fairlead } = await elsewhere({ kind: 'noise' })
    expect(await read(fairlead('auto'))).toEqual({ text: wholeText, finish: 'stop', errors: [] })
  })

  test.each<[string, Behaviour]>([
    ['is reset', { kind: 'cut', afterWords: 3, how: 'reset' }],
    ['just ends', { kind: 'cut', afterWords: 3, how: 'close' }],
    ['has an end marker and no finish', { kind: 'no-finish' }],
    ['says that it failed', { kind: 'error-event', afterWords: 3, message: 'No more.' }],
    ['has half an event', { kind: 'malformed-event', afterWords: 3, rest: true }],
  ])('that %s ends with an error', async (_, behaviour) => {
    const { fairlead } = await elsewhere(behaviour)
    const { text, finish, errors } = await read(fairlead('auto'))
    expect(finish).toBe('error')
    expect(errors).toMatchObject([{ name: 'AI_APICallError' }])
    expect(wholeText.startsWith(text)).toBe(true)
  })
})

test('there are no embedding and image models', () => {
  const { embeddingModel, imageModel } = createFairleadProvider({ baseURL: 'http://localhost/v1' })
  expect(() => embeddingModel('e')).toThrow('Fairlead routes language models, and has no embeddingModel e.')
  expect(() => imageModel('i')).toThrow(expect.objectContaining({ name: 'AI_NoSuchModelError' }))
})

test('an instance that is none is told so', async () => {
  const fairlead = createFairleadProvider({ instance: {} as never })
  const asked = generateText({ model: fairlead('auto'), prompt: 'Hi', maxRetries: 0 })
  await expect(asked).rejects.toThrow('`instance` is none that createFairlead made. Pass one')
})
