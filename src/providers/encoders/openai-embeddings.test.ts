import { describe, expect, onTestFinished, test } from 'vitest'
import {
  anEmbeddingsServer,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  vectorOf,
  vectorsFor,
} from '../../../test/support/an-embeddings-server.ts'
import { Secret } from '../../domain/secret.ts'
import {
  createEmbeddingsEncoder,
  defaultEmbeddingsLimits,
  type EmbeddingsLimits,
  type EmbeddingsOptions,
} from './openai-embeddings.ts'

type Changes = Partial<Omit<EmbeddingsOptions, 'limits'>> & { readonly limits?: Partial<EmbeddingsLimits> }

function anEncoder(baseUrl: string, { limits, endpoint, ...changes }: Changes = {}) {
  const encoder = createEmbeddingsEncoder({
    endpoint: {
      baseUrl,
      vendor: { name: 'acme', title: 'Acme', local: false },
      auth: { kind: 'bearer' },
      credential: new Secret('embeddings-key'),
      headers: { 'X-Team': new Secret('routing') },
      ...endpoint,
    },
    model: 'embed-small',
    dimensions: null,
    ...changes,
    limits: { ...defaultEmbeddingsLimits, ...limits },
  })
  onTestFinished(() => encoder.close())
  return encoder
}

const noLimit = new AbortController().signal

const unit = (vector: readonly number[]) => {
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

async function vectors(encoder: ReturnType<typeof anEncoder>, texts: readonly string[]) {
  const results = await encoder.read(texts, noLimit)
  if (results.kind === 'failed') throw new Error(results.failure.message)
  return results.values.map((vector) => [...vector])
}

async function failureOf(reply: (request: EmbeddingsRequest) => EmbeddingsReply, changes: Changes = {}) {
  const { baseUrl } = await anEmbeddingsServer(reply)
  const results = await anEncoder(baseUrl, changes).read(['one', 'three'], noLimit)
  return results.kind === 'failed' ? results.failure : null
}

const json = (body: unknown) => (): EmbeddingsReply => ({ kind: 'json', body })
const rows = (...embeddings: unknown[]) =>
  json({ data: embeddings.map((embedding, index) => ({ index, embedding })) })

test('texts become vectors of unit length, in their order', async () => {
  const { baseUrl, seen } = await anEmbeddingsServer(vectorsFor)
  const texts = ['one', 'three', 'fifteen']
  const found = await vectors(anEncoder(baseUrl), texts)
  found.forEach((vector, index) => {
    for (const [dim, value] of unit(vectorOf(texts[index]!)).entries())
      expect(vector[dim]).toBeCloseTo(value, 6)
  })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    path: '/v1/embeddings',
    headers: { authorization: 'Bearer embeddings-key', 'x-team': 'routing' },
    body: { model: 'embed-small', input: texts, encoding_format: 'float' },
  })
})

test('rows that come in another order are put where they belong', async () => {
  const { baseUrl } = await anEmbeddingsServer(
    json({
      data: [
        { index: 1, embedding: [0, 2] },
        { index: 0, embedding: [3, 0] },
      ],
    }),
  )
  expect(await vectors(anEncoder(baseUrl), ['a', 'b'])).toEqual([
    [1, 0],
    [0, 1],
  ])
})

test('vectors may come as base64', async () => {
  const base64 = Buffer.from(Float32Array.of(0, 5, 0).buffer).toString('base64')
  const { baseUrl } = await anEmbeddingsServer(rows(base64))
  expect(await vectors(anEncoder(baseUrl), ['a'])).toEqual([[0, 1, 0]])
})

test('many texts go in as many calls as the limits want', async () => {
  const { baseUrl, seen } = await anEmbeddingsServer(vectorsFor)
  const encoder = anEncoder(baseUrl, {
    limits: { maxTextsPerCall: 2, maxCharsPerCall: 10, maxCharsPerText: 8 },
  })
  const texts = ['a', 'b', 'c', 'ddddddd', 'eeeeeee', 'f'.repeat(20)]
  expect(await vectors(encoder, texts)).toHaveLength(texts.length)
  expect(seen.map(({ input }) => input)).toEqual([['a', 'b'], ['c', 'ddddddd'], ['eeeeeee'], ['ffffffff']])
})

test('what endpoints refuse is not sent: the empty text, half of a surrogate pair', async () => {
  const { baseUrl, seen } = await anEmbeddingsServer(vectorsFor)
  await vectors(anEncoder(baseUrl, { limits: { maxCharsPerText: 3 } }), ['', 'ab\u{1f600}'])
  expect(seen[0]?.input).toEqual([' ', 'ab'])
})

test('dimensions are asked for, and part of the name', async () => {
  const { baseUrl, seen } = await anEmbeddingsServer(vectorsFor)
  const encoder = anEncoder(baseUrl, { dimensions: 3 })
  await vectors(encoder, ['a'])
  expect(seen[0]?.body.dimensions).toBe(3)
  expect(encoder.id).toBe('embeddings embed-small 3')
  expect(anEncoder(baseUrl).id).toBe('embeddings embed-small')
})

describe('a failure that may pass', () => {
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (): EmbeddingsReply => ({
      kind: 'status',
      status: code,
      headers,
    })

  test.each([
    ['429 with the wait it asks for', status(429, { 'retry-after-ms': '20' })],
    ['500', status(500)],
    ['503', status(503)],
  ])('%s is tried again, once', async (_, reply) => {
    const { baseUrl, seen } = await anEmbeddingsServer(reply, vectorsFor)
    expect(await vectors(anEncoder(baseUrl), ['a'])).toHaveLength(1)
    expect(seen).toHaveLength(2)
  })

  test('a second one is the last word', async () => {
    const { baseUrl, seen } = await anEmbeddingsServer(status(503))
    const results = await anEncoder(baseUrl).read(['a'], noLimit)
    expect(results).toMatchObject({ kind: 'failed', failure: { kind: 'overloaded', vendorStatus: 503 } })
    expect(seen).toHaveLength(2)
  })

  test.each([
    ['a longer wait than there is time for', status(429, { 'retry-after': '60' })],
    ['a request at fault', status(400)],
    ['a wrong key', status(401)],
  ])('%s is not tried again', async (_, reply) => {
    const { baseUrl, seen } = await anEmbeddingsServer(reply)
    expect((await anEncoder(baseUrl).read(['a'], noLimit)).kind).toBe('failed')
    expect(seen).toHaveLength(1)
  })
})

describe('a reply that can not be used says why', () => {
  test.each([
    ['no JSON', () => ({ kind: 'text', text: '<html>' }) as const, 'it has no list `data`'],
    ['no data', json({ object: 'list' }), 'it has no list `data`'],
    ['too few rows', rows([1, 0]), 'it has no vector for text 1 of 2'],
    ['too many rows', rows([1, 0], [1, 0], [1, 0]), 'it has a vector of index 2 for 2 texts'],
    [
      'one index twice',
      json({
        data: [
          { index: 0, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      }),
      'it has two vectors of index 0',
    ],
    [
      'an index that is none',
      json({ data: [{ index: -1, embedding: [1] }] }),
      'it has a vector of index -1 for 2 texts',
    ],
    ['null in a vector', rows([1, null], [1, 0]), 'its vector 0 is not a list of numbers'],
    ['text in a vector', rows([1, 0], ['1', 0]), 'its vector 1 is not a list of numbers'],
    ['NaN in base64', rows(Buffer.from(Float32Array.of(NaN).buffer).toString('base64'), [1]), 'not finite'],
    ['a number beyond 32 bits', rows([1e300, 0], [1, 0]), 'its vector 0 has numbers that are not finite'],
    ['half a number in base64', rows('AAA=', [1]), 'its vector 0 is not a list of numbers'],
    ['an empty vector', rows([], [1]), 'its vector 0 is empty'],
    ['vectors of two lengths', rows([1, 0], [1, 0, 0]), 'its vectors have 3 numbers, not 2'],
  ])('%s', async (_, reply, message) => {
    expect(await failureOf(reply)).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining(message),
    })
  })

  test('other dimensions than were asked for', async () => {
    const failure = await failureOf(rows([1, 0], [1, 0]), { dimensions: 3 })
    expect(failure?.message).toContain('its vectors have 2 numbers, not 3. Set `dimensions`')
  })

  test('other dimensions than before', async () => {
    const { baseUrl } = await anEmbeddingsServer(rows([1, 0]), rows([1, 0, 0]))
    const encoder = anEncoder(baseUrl)
    await vectors(encoder, ['a'])
    expect(await encoder.read(['b'], noLimit)).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('its vectors have 3 numbers, not 2') },
    })
  })

  test('more bytes than are read', async () => {
    const failure = await failureOf(vectorsFor, { limits: { maxReplyBytes: 20 } })
    expect(failure).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('more than 20 bytes'),
    })
  })
})

describe('an endpoint that can not be reached', () => {
  test('a refused connection', async () => {
    const results = await anEncoder('http://127.0.0.1:9/v1').read(['a'], noLimit)
    expect(results).toMatchObject({
      kind: 'failed',
      failure: { kind: 'unavailable', message: expect.stringContaining('could not reach Acme') },
    })
  })

  test('a reply that breaks off', async () => {
    expect(await failureOf(() => ({ kind: 'cut' }))).toMatchObject({ kind: 'truncated' })
  })

  test('no reply within the time of a call', async () => {
    expect(await failureOf(() => ({ kind: 'never' }), { limits: { callMs: 30 } })).toMatchObject({
      kind: 'timed-out',
    })
  })

  test('an asker who leaves ends the call', async () => {
    const { baseUrl } = await anEmbeddingsServer(() => ({ kind: 'never' }))
    const asker = new AbortController()
    const results = anEncoder(baseUrl).read(['a'], asker.signal)
    asker.abort()
    expect(await results).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  })
})

test('a key that an endpoint quotes is not told', async () => {
  const failure = await failureOf(() => ({
    kind: 'status',
    status: 401,
    message: 'Incorrect API key provided: embeddings-key.',
  }))
  expect(failure?.kind).toBe('credential')
  expect(failure?.message).not.toContain('embeddings-key')
})
