import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { aFolder } from '../../test/support/a-folder.ts'
import { resolvedIn } from '../../test/support/a-gateway.ts'
import { aListingServer, ollamaPages, openrouterPages } from '../../test/support/a-listing-server.ts'
import { UserError } from './command.ts'
import { discoverModels } from './models-discover.ts'

const options = { all: false, json: false }
const day = new Date('2026-11-27T12:00:00Z')

async function aConfig() {
  const router = await aListingServer(openrouterPages)
  const local = await aListingServer(ollamaPages)
  const silent = await aListingServer({})
  const config = await resolvedIn(aFolder(), {
    vendors: {
      acme: { baseUrl: `${router.root}/api/v1`, apiKey: 'k' },
      ollama: { baseUrl: `${local.root}/v1` },
      quiet: { baseUrl: `${silent.root}/v1` },
    },
    models: [
      { id: 'acme/acme/quick', prices: { input: 0.1, output: 8, cachedRead: 0.025 }, contextWindow: 128_000 },
    ],
    simulated: {},
  })
  return { config, url: `${router.root}/api/v1/models` }
}

test('prints what was found beside the catalogue', async () => {
  const { config } = await aConfig()
  const text = await discoverModels(config, options, day)
  expect(text).toContain('acme: 4 chat models')
  expect(text).toMatch(/acme\/acme\/quick +differs .*output 0\.4 in place of 8/)
  expect(text).toMatch(/acme\/openrouter\/auto +new +unknown +unknown +128,000/)
  expect(text).toMatch(/ollama\/llama3\.2:latest +new +0 +0 +8,192 +tools json-schema/)
  expect(text).toContain('1 of other kinds are left out')
  expect(text).toMatch(/quiet: .*status 404/)
})

test('writes a block of models that a configuration takes, each with its source', async () => {
  const { config, url } = await aConfig()
  const file = join(aFolder(), 'models.yaml')
  await discoverModels(config, { ...options, vendor: 'acme', write: file }, day)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(`# OpenRouter's Models API, ${url}, 2026-11-27`)
  expect(text).toContain('# output 0.4 in place of 8')
  const { models } = parse(text)
  expect(models.map(({ id, prices }: { id: string; prices: unknown }) => [id, prices])).toEqual([
    ['acme/acme/quick', { input: 0.1, output: 0.4, cachedRead: 0.025 }],
    ['acme/acme/free:free', { input: 0, output: 0 }],
    ['acme/openrouter/auto', 'unknown'],
    ['acme/acme/searching', 'unknown'],
  ])
  const vendors = { acme: { baseUrl: 'http://127.0.0.1:1/v1' } }
  const taken = await resolvedIn(aFolder(), { vendors, models, simulated: {} })
  expect(taken.catalog.get('acme/acme/quick')?.model.prices.output).toBe(0.4)
  await expect(discoverModels(config, { ...options, write: file }, day)).rejects.toThrow('is there already')
})

test('--json has every model, known ones too, and who was silent', async () => {
  const { config, url } = await aConfig()
  const { models, silent } = JSON.parse(await discoverModels(config, { ...options, json: true }, day))
  expect(models).toHaveLength(6)
  expect(models[0]).toMatchObject({
    id: 'acme/acme/quick',
    status: 'differs',
    source: { name: "OpenRouter's Models API", url, asOf: '2026-11-27' },
  })
  expect(silent).toEqual([{ vendor: 'quiet', why: expect.stringContaining('404') }])
})

test('a vendor that is none, or nobody at all: who can be asked', async () => {
  const { config } = await aConfig()
  await expect(discoverModels(config, { ...options, vendor: 'acne' }, day)).rejects.toThrow(
    'acne is not a vendor that can be asked. These can: acme, ollama, quiet',
  )
  const alone = await resolvedIn(aFolder(), {})
  await expect(discoverModels(alone, options, day)).rejects.toThrow(UserError)
})
