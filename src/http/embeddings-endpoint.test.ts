import OpenAI from 'openai'
import { expect, test } from 'vitest'
import {
  anEmbeddingsServer,
  type EmbeddingsReply,
  type EmbeddingsRequest,
} from '../../test/support/an-embeddings-server.ts'
import { aServer, jsonOf } from '../../test/support/a-server.ts'
import { aRefusedUrl } from '../../test/support/fault-server.ts'

const key = 'acme-key-of-the-tests-0123456789'

const answers = ({ input, body }: EmbeddingsRequest): EmbeddingsReply => ({
  kind: 'json',
  body: {
    object: 'list',
    data: [input].flat().map((_, index) => ({ object: 'embedding', index, embedding: [0.1, 0.2, index] })),
    model: body.model,
    usage: { prompt_tokens: 40, total_tokens: 40 },
    vendor_extra: 'kept',
  },
})

const refuses =
  (status: number, message = 'no', headers = {}): ((request: EmbeddingsRequest) => EmbeddingsReply) =>
  () => ({ kind: 'status', status, message, headers })

const config = (acme: string, other: string, changes: object = {}) => ({
  vendors: {
    acme: { baseUrl: acme, apiKeys: ['env:ACME_KEY', 'second-key-of-the-tests'] },
    other: { baseUrl: other },
  },
  embeddings: [
    { id: 'acme/embed-small', dimensions: 3, price: 0.5, fallbacks: ['other/embed-small'] },
    { id: 'other/embed-small', dimensions: 3, price: 1 },
    { id: 'other/embed-large', dimensions: 3 },
  ],
  retries: { sameTarget: 0 },
  simulated: {},
  ...changes,
})

async function opened(first: (request: EmbeddingsRequest) => EmbeddingsReply, changes: object = {}) {
  const acme = await anEmbeddingsServer(first)
  const other = await anEmbeddingsServer(answers)
  const server = await aServer({
    config: config(acme.baseUrl, other.baseUrl, changes),
    variables: { ACME_KEY: key },
  })
  const embed = (body: object) =>
    server.post('/v1/embeddings', { model: 'acme/embed-small', input: 'Hello', ...body })
  return { acme, other, server, embed }
}

test('the body goes through as it is, and so does what comes back', async () => {
  const { acme, embed } = await opened(answers)
  const reply = await embed({
    input: ['one', 'two'],
    dimensions: 3,
    encoding_format: 'float',
    own_field: 1,
    fairlead: { user: 'u' },
  })
  expect(await jsonOf(reply)).toMatchObject({
    vendor_extra: 'kept',
    data: [{ embedding: [0.1, 0.2, 0] }, {}],
  })
  expect(acme.seen[0]?.path).toBe('/v1/embeddings')
  expect([`Bearer ${key}`, 'Bearer second-key-of-the-tests']).toContain(acme.seen[0]?.headers.authorization)
  expect(acme.seen[0]?.body).toEqual({
    model: 'embed-small',
    input: ['one', 'two'],
    dimensions: 3,
    encoding_format: 'float',
    own_field: 1,
  })
  expect(reply.headers.get('x-fairlead-model')).toBe('acme/embed-small')
})

test("OpenAI's own client reads it, in base64 too", async () => {
  const bytes = Buffer.from(Float32Array.from([0.5, -1, 2]).buffer).toString('base64')
  const { server } = await opened(() => ({
    kind: 'json',
    body: {
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: bytes }],
      model: 'm',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    },
  }))
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const { data } = await client.embeddings.create({ model: 'acme/embed-small', input: 'Hello' })
  expect(data[0]?.embedding).toEqual([0.5, -1, 2])
})

test('a decision is logged, with what it cost', async () => {
  const { server, embed } = await opened(answers)
  const reply = await embed({})
  await reply.text()
  const [stored] = await server.stored()
  expect(reply.headers.get('x-fairlead-cost-usd')).toBe('0.000020')
  expect(stored?.decision).toMatchObject({
    policy: 'acme/embed-small',
    strategy: 'fixed',
    chosen: 'acme/embed-small',
    propensity: 1,
  })
  expect(stored?.outcome).toMatchObject({
    status: 'answered',
    cost: 20,
    attempts: [{ usage: { inputTokens: 40, outputTokens: 0, source: 'reported' } }],
  })
})

test.each([
  ['an error of the vendor', refuses(500)],
  ['an overload', refuses(503)],
  ['a cut', (): EmbeddingsReply => ({ kind: 'cut' })],
  ['no vectors', (): EmbeddingsReply => ({ kind: 'json', body: { data: [] } })],
  ['a row without one', (): EmbeddingsReply => ({ kind: 'json', body: { data: [{ index: 0 }] } })],
  ['a page', (): EmbeddingsReply => ({ kind: 'text', text: '<html>' })],
])('after %s the same model at another vendor answers', async (_what, first) => {
  const { embed, other } = await opened(first)
  const reply = await embed({})
  expect(reply.headers.get('x-fairlead-model')).toBe('other/embed-small')
  expect((await jsonOf(reply)).data).toHaveLength(1)
  expect(other.seen[0]?.body.model).toBe('embed-small')
})

test('a key that has reached its limit leaves the next one', async () => {
  const { acme, embed } = await opened((request) =>
    request.headers.authorization === `Bearer ${key}` ? refuses(429)(request) : answers(request),
  )
  for (let count = 0; count < 3; count++)
    expect((await embed({})).headers.get('x-fairlead-model')).toBe('acme/embed-small')
  const used = acme.seen.map(({ headers }) => headers.authorization)
  expect(used).toContain('Bearer second-key-of-the-tests')
})

test('what a vendor rejects is told as it is, and asked of nobody else', async () => {
  const { embed, other } = await opened(refuses(400, 'input is too strange'))
  const reply = await embed({})
  expect(reply.status).toBe(400)
  expect((await jsonOf(reply)).error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringContaining('too strange'),
  })
  expect(other.seen).toEqual([])
})

test('a vendor that is not there', async () => {
  const { embed } = await opened(answers, {
    vendors: { acme: { baseUrl: await aRefusedUrl() } },
    embeddings: [{ id: 'acme/embed-small', dimensions: 3 }],
  })
  const reply = await embed({})
  expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([502, 'upstream_unavailable'])
})

test('a text that is longer than the window is refused before anybody is asked; a batch is not, whatever its sum', async () => {
  const embeddings = [{ id: 'acme/embed-small', dimensions: 3, contextWindow: 100 }]
  const { embed, acme } = await opened(answers, { embeddings })
  const long = await embed({ input: 'word '.repeat(400) })
  expect([long.status, (await jsonOf(long)).error.code]).toEqual([400, 'context_length_exceeded'])
  expect(acme.seen).toEqual([])
  const batch = await embed({ input: Array.from({ length: 50 }, () => 'word '.repeat(40)) })
  expect(batch.status).toBe(200)
})

test.each<readonly [object, string]>([
  [{ input: [] }, 'input'],
  [{ input: '' }, 'input'],
  [{ input: ['a', 5] }, 'input'],
  [{ input: undefined }, 'input'],
  [{ model: '' }, 'model'],
  [{ model: 'auto' }, 'model'],
  [{ fallbacks: ['other/embed-large'] }, 'fallbacks'],
  [{ models: ['acme/embed-small', 'unheard-of'] }, 'fallbacks'],
])('refuses %j, and names the field', async (body, param) => {
  const { embed, acme } = await opened(answers)
  const reply = await embed(body)
  expect(reply.status).toBeGreaterThanOrEqual(400)
  expect((await jsonOf(reply)).error.param).toBe(param)
  expect(acme.seen).toEqual([])
})

test('lists of tokens are inputs, and a fallback that the client names may be asked', async () => {
  const { embed } = await opened(refuses(500), {
    embeddings: config('', '').embeddings.map(({ fallbacks: _, ...one }) => one),
  })
  const reply = await embed({ input: [[1, 2, 3], [4]], fallbacks: ['other/embed-small'] })
  expect(reply.headers.get('x-fairlead-model')).toBe('other/embed-small')
})

test('a model that is none of vectors: those that there are', async () => {
  const { embed } = await opened(answers)
  const reply = await embed({ model: 'simulated/nano' })
  const { error } = await jsonOf(reply)
  expect([reply.status, error.code]).toEqual([404, 'model_not_found'])
  expect(error.message).toContain('There are acme/embed-small, other/embed-small, other/embed-large.')
})

test('no chat is asked of a model of vectors', async () => {
  const { server } = await opened(answers)
  const reply = await server.post('/v1/chat/completions', {
    model: 'acme/embed-small',
    messages: [{ role: 'user', content: 'Hi' }],
  })
  expect(reply.status).toBe(404)
})

test('the list of models has it, marked as what it is, but for clients that know of no vectors', async () => {
  const { server } = await opened(answers)
  const { data } = await jsonOf(await fetch(`${server.url}/v1/models`))
  expect(data.find(({ id }: { id: string }) => id === 'acme/embed-small')).toMatchObject({
    fairlead: { kind: 'embeddings' },
  })
  const forAnthropic = await fetch(`${server.url}/v1/models`, {
    headers: { 'anthropic-version': '2023-06-01' },
  })
  expect(JSON.stringify(await jsonOf(forAnthropic))).not.toContain('embed-small')
})
