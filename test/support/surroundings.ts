import { z } from 'zod'
import type { CatalogEntry } from '../../src/catalog/entry.ts'
import { applyOverride } from '../../src/catalog/override.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import type { Surroundings } from '../../src/config/surroundings.ts'
import { type Model, modelId } from '../../src/domain/model.ts'
import { forward } from '../../src/domain/strategy.ts'
import type { Vendor } from '../../src/domain/vendor.ts'
import { defineStrategy, modelName } from '../../src/strategies/strategy.ts'

/** A vendor that wants a key, unless told otherwise. */
export function aVendor(changes: Partial<Vendor> = {}): Vendor {
  return {
    name: 'acme',
    title: 'Acme',
    format: 'openai-chat',
    baseUrl: 'https://api.acme.example/v1',
    auth: { kind: 'bearer' },
    keyVariables: ['ACME_API_KEY', 'ACME_KEY'],
    local: false,
    ownPort: false,
    quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
    ...changes,
  }
}

/** A model by its id, with plain values. */
export function aModel(id: string, changes: Partial<Model> = {}): Model {
  const slash = id.indexOf('/')
  return {
    id: modelId(id),
    vendorName: id.slice(slash + 1),
    vendor: id.slice(0, slash),
    prices: { input: 1, cachedRead: 0.1, cacheWrite: 1, output: 4 },
    contextWindow: 128_000,
    maxOutputTokens: 16_000,
    capabilities: new Set(['tools', 'json-schema']),
    benchmarks: {},
    speed: { firstTokenMs: 600, tokensPerSecond: 80 },
    verbosity: 1,
    simulated: false,
    ...changes,
  }
}

/** A catalogue's entry for a model. */
export const anEntry = (model: Model, changes: Partial<CatalogEntry> = {}): CatalogEntry => ({
  ...applyOverride(undefined, { id: model.id }, new Set()),
  model,
  ...changes,
})

const utility = defineStrategy({
  name: 'utility',
  summary: 'the first candidate, for tests',
  needs: { quality: true, cost: true },
  options: z.strictObject({ patience: z.number().min(0).max(1).default(0.5) }),
  models: () => null,
  *choose({ candidates }, { patience }) {
    return forward(candidates, `patience ${patience}`)
  },
})

const pair = defineStrategy({
  name: 'pair',
  summary: 'one of two models, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({
    strong: modelName,
    weights: z.record(modelName, z.number().positive()).default({}),
  }),
  models: ({ strong, weights }) => [strong, ...Object.keys(weights)].map(modelId),
  *choose({ candidates }) {
    return forward(candidates, 'for tests')
  },
})

export const testStrategies = [utility, pair] as const

/** A small world: a vendor with three models and one that is on its way out, another vendor, a local one, two simulated models. */
export function surroundings(
  variables: Readonly<Record<string, string>> = { ACME_API_KEY: 'acme-key-1' },
  changes: Partial<Surroundings> = {},
): Surroundings {
  return {
    environment: readEnvironment(variables),
    vendors: [
      aVendor(),
      aVendor({
        name: 'globex',
        title: 'Globex',
        baseUrl: 'https://globex.example',
        keyVariables: ['GLOBEX_KEY'],
      }),
      aVendor({
        name: 'homely',
        title: 'Homely',
        baseUrl: 'http://127.0.0.1:9/v1',
        auth: { kind: 'none' },
        keyVariables: [],
        local: true,
      }),
    ],
    entries: [
      anEntry(aModel('acme/small'), { aliases: ['small-latest'] }),
      anEntry(aModel('acme/medium')),
      anEntry(aModel('acme/large', { prices: { input: 10, cachedRead: 1, cacheWrite: 10, output: 40 } })),
      anEntry(aModel('acme/old'), { retired: true }),
      anEntry(aModel('globex/hank')),
      anEntry(aModel('simulated/nano', { simulated: true })),
      anEntry(aModel('simulated/frontier', { simulated: true })),
    ],
    strategies: testStrategies,
    localModels: [],
    ...changes,
  }
}
