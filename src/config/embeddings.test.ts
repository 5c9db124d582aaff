import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'

const vendors = {
  acme: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k' },
  other: { baseUrl: 'http://127.0.0.1:2/v1' },
}
const resolved = (embeddings: readonly object[], more: object = {}) =>
  resolvedIn(aFolder(), { vendors: { ...vendors, ...more }, embeddings, simulated: {} })

test('those that are known can be called wherever there is a key, and no policy chooses them', async () => {
  const config = await resolvedIn(aFolder(), {}, { OPENAI_API_KEY: 'k' })
  const small = config.embeddings.find(({ model }) => model.id === 'openai/text-embedding-3-small')
  expect(small).toMatchObject({
    dimensions: 1536,
    space: 'text-embedding-3-small',
    model: { prices: { input: 0.02, output: 0 } },
  })
  expect(small?.targets).toHaveLength(1)
  expect(config.models.some(({ id }) => id.includes('embed'))).toBe(false)
})

test("a price that nobody says is unknown, and zero on one's own hardware", async () => {
  const config = await resolved(
    [
      { id: 'acme/e', dimensions: 3 },
      { id: 'home/e', dimensions: 3 },
    ],
    { home: { baseUrl: 'http://127.0.0.1:3/v1', local: true } },
  )
  expect(config.embeddings.map(({ model }) => [model.id, model.prices.input])).toEqual([
    ['acme/e', 'unknown'],
    ['home/e', 0],
  ])
})

test('one model under two names is one space, where the file says so', async () => {
  const config = await resolved([
    { id: 'acme/nomic-ai/nomic-embed', dimensions: 768, fallbacks: ['other/nomic:latest'] },
    { id: 'other/nomic:latest', dimensions: 768, space: 'nomic-embed' },
  ])
  expect(config.embeddings[0]?.fallbacks).toEqual(['other/nomic:latest'])
})

test.each<readonly [readonly object[], string, string]>([
  [
    [
      { id: 'acme/e', dimensions: 3, fallbacks: ['other/e'] },
      { id: 'other/e', dimensions: 4 },
    ],
    'embeddings[0].fallbacks[0]',
    "they can't be compared",
  ],
  [
    [
      { id: 'acme/e', dimensions: 3, fallbacks: ['other/f'] },
      { id: 'other/f', dimensions: 3 },
    ],
    'embeddings[0].fallbacks[0]',
    'another model than',
  ],
  [
    [{ id: 'acme/e', dimensions: 3, fallbacks: ['other/none'] }],
    'embeddings[0].fallbacks[0]',
    'is not a known embeddings model',
  ],
  [[{ id: 'acme/e' }], 'embeddings[0]', 'Write dimensions'],
  [[{ id: 'nobody/e', dimensions: 3 }], 'embeddings[0].id', 'is not a known vendor'],
  [[{ id: 'anthropic/e', dimensions: 3 }], 'embeddings[0].id', 'no embeddings'],
  [
    [
      { id: 'acme/e', dimensions: 3 },
      { id: 'acme/e', dimensions: 3 },
    ],
    'embeddings[0].id',
    'stands twice',
  ],
  [[{ id: 'e', dimensions: 3 }], 'embeddings[0].id', 'has no vendor'],
])('refuses %j', async (embeddings, path, told) => {
  const message = await resolved(embeddings).then(
    () => '',
    (error) => error.message,
  )
  expect(message).toContain(path)
  expect(message).toContain(told)
})
