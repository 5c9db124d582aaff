import { expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'
import { aListingServer, ollamaPages, openrouterPages } from '../../test/support/a-listing-server.ts'
import { modelId } from '../domain/model.ts'

test('a vendor that is asked at the start adds its models, and a policy may name them', async () => {
  const { root, seen } = await aListingServer(openrouterPages)
  const config = await resolvedIn(
    aFolder(),
    {
      vendors: { acme: { baseUrl: `${root}/api/v1`, apiKey: 'env:ACME_KEY', discover: true } },
      models: [{ id: 'acme/acme/quick', prices: { input: 7, output: 9 } }],
      policies: { auto: { strategy: 'fixed', model: 'acme/openrouter/auto' } },
    },
    { ACME_KEY: 'key-1' },
  )
  const models = new Map(config.models.map((model) => [model.id, model]))
  expect([...models.keys()]).toEqual([
    'acme/acme/quick',
    'acme/acme/free:free',
    'acme/openrouter/auto',
    'acme/acme/searching',
  ])
  // The file's word goes before the vendor's, and what nobody knows stays unknown.
  expect(models.get(modelId('acme/acme/quick'))).toMatchObject({
    prices: { input: 7, output: 9 },
    contextWindow: 128_000,
    vendorName: 'acme/quick',
  })
  expect(models.get(modelId('acme/acme/free:free'))?.prices.input).toBe(0)
  expect(models.get(modelId('acme/acme/searching'))?.prices.input).toBe('unknown')
  expect(seen[0]?.headers.authorization).toBe('Bearer key-1')
  expect(config.notes).toContain(
    'acme lists 4 chat models: 4 that the catalogue has not, 0 of which it says otherwise, 1 of other kinds are left out',
  )
})

test("a known vendor's own word goes before the catalogue's", async () => {
  const { root } = await aListingServer({
    '/v1/models': { data: [{ id: 'gpt-5-mini', context_window: 12_345 }] },
  })
  const config = await resolvedIn(aFolder(), {
    vendors: { openai: { baseUrl: `${root}/v1`, apiKey: 'k', discover: true } },
  })
  expect(config.catalog.get('openai/gpt-5-mini')?.model).toMatchObject({
    contextWindow: 12_345,
    prices: { input: 0.25 },
  })
})

test("models of one's own hardware cost nothing", async () => {
  const { root } = await aListingServer(ollamaPages)
  const config = await resolvedIn(aFolder(), {
    vendors: { ollama: { baseUrl: `${root}/v1`, discover: true } },
  })
  expect(config.models.map(({ id, contextWindow, prices }) => [id, contextWindow, prices.output])).toEqual([
    ['ollama/llama3.2:latest', 8_192, 0],
    ['ollama/qwen3-vl:8b', 16_384, 0],
  ])
})

test('a vendor that can not be asked stops nothing', async () => {
  const { root } = await aListingServer({})
  const config = await resolvedIn(aFolder(), {
    vendors: { openai: { baseUrl: `${root}/v1`, apiKey: 'k', discover: true } },
  })
  expect(config.models.length).toBeGreaterThan(5)
  expect(config.notes.join('\n')).toMatch(
    /OpenAI was asked for its models, and .*status 404: those of the catalogue and the file stand/,
  )
})

test('nobody is asked who is not meant to be, or on behalf of a file with faults', async () => {
  const { root, seen } = await aListingServer(openrouterPages)
  await resolvedIn(aFolder(), { vendors: { acme: { baseUrl: root } }, simulated: {} })
  const missing = { vendors: { acme: { baseUrl: root, apiKey: 'env:NOT_SET', discover: true } } }
  await expect(resolvedIn(aFolder(), missing)).rejects.toThrow('NOT_SET')
  expect(seen).toEqual([])
})
