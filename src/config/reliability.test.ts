/** What a configuration says of targets, keys, fallbacks, limits and breakers. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { modelId } from '../domain/model.ts'
import { noFallbacks } from '../domain/policy.ts'
import { loadConfig } from './load.ts'
import type { ConfigResult, ResolvedConfig } from './resolved.ts'

const variables = { ACME_API_KEY: 'acme-key-1', KEY_2: 'acme-key-2', KEY_3: 'acme-key-3' }

async function load(text: string): Promise<ConfigResult> {
  const directory = aFolder()
  writeFileSync(join(directory, 'fairlead.yaml'), text)
  return loadConfig({ file: null, directory, surroundings: surroundings(variables) })
}

async function resolved(text: string): Promise<ResolvedConfig> {
  const result = await load(text)
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults))
  return result.config
}

async function faultsOf(text: string): Promise<string[]> {
  const result = await load(text)
  return result.kind === 'faulty'
    ? result.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`)
    : []
}

const targetsOf = (config: ResolvedConfig, id: string) => config.targets.get(modelId(id)) ?? []

describe('targets', () => {
  test('a model has one where nothing is said: its vendor, with its key', async () => {
    const [only, ...others] = targetsOf(await resolved('{}'), 'acme/small')
    expect(others).toEqual([])
    expect(only).toMatchObject({
      id: 'acme/small',
      baseUrl: 'https://api.acme.example/v1',
      effort: null,
      weight: 1,
      limits: {},
    })
    expect(only?.credential?.reveal()).toBe('acme-key-1')
  })

  test('each key of a vendor makes one of its own for every model', async () => {
    const config = await resolved('vendors: {acme: {apiKeys: [env:KEY_2, env:KEY_3]}}')
    for (const id of ['acme/small', 'acme/large']) {
      const targets = targetsOf(config, id)
      expect(targets.map((target) => target.id)).toEqual([`${id}@1`, `${id}@2`])
      expect(targets.map(({ credential }) => credential?.reveal())).toEqual(['acme-key-2', 'acme-key-3'])
    }
  })

  test('a model may list them: vendors, addresses, keys, efforts, prices, limits', async () => {
    const config = await resolved(`
vendors: {elsewhere: {baseUrl: https://elsewhere.example/v1, apiKey: env:KEY_3}}
models:
  - id: acme/small
    targetChoice: weighted
    targets:
      - weight: 3
      - {id: eu, baseUrl: https://eu.acme.example/v1/, apiKey: env:KEY_2, effort: low}
      - {vendor: elsewhere, vendorName: small-hosted, prices: {input: 0.5, output: 2}, timeouts: {firstContentMs: 900}, maxConcurrent: 4}
`)
    const [own, eu, elsewhere, ...more] = targetsOf(config, 'acme/small')
    expect(more).toEqual([])
    expect(config.targetChoices.get(modelId('acme/small'))).toBe('weighted')
    expect(own).toMatchObject({ id: 'acme/small@1', weight: 3 })
    expect(eu).toMatchObject({ id: 'acme/small@eu', baseUrl: 'https://eu.acme.example/v1', effort: 'low' })
    expect(eu?.credential?.reveal()).toBe('acme-key-2')
    expect(elsewhere).toMatchObject({
      id: 'acme/small@3',
      vendor: { name: 'elsewhere' },
      model: {
        id: 'acme/small',
        vendorName: 'small-hosted',
        prices: { input: 0.5, cachedRead: 0.5, output: 2 },
      },
      limits: { firstContentMs: 900 },
      maxConcurrent: 4,
    })
  })

  test('a model can be called whose own vendor can’t, if another serves it', async () => {
    const text = 'models: [{id: globex/hank, targets: [{vendor: acme, vendorName: hank}, {vendor: globex}]}]'
    const config = await resolved(text)
    expect(targetsOf(config, 'globex/hank').map(({ vendor }) => vendor.name)).toEqual(['acme'])
    expect(config.notes).toContainEqual(
      expect.stringMatching(/^models\[0\]\.targets\[1\] is left out\. .*GLOBEX_KEY/),
    )
  })
})

describe('fallbacks', () => {
  test('are a list, or lists by what went wrong; of a policy and of a model', async () => {
    const config = await resolved(`
models: [{id: acme/small, fallbacks: {contentPolicy: [acme/large]}}]
policies:
  auto: {fallbacks: [acme/medium], contentPolicyFallbacks: [acme/large]}
  other: {fallbacks: {providerFailure: [acme/medium], contextExceeded: [acme/large], qualityEscalation: [acme/large]}}
`)
    const of = (name: string) => config.policies.find((policy) => policy.name === name)?.fallbacks
    expect(of('auto')).toEqual({
      ...noFallbacks,
      providerFailure: ['acme/medium'],
      contentPolicy: ['acme/large'],
    })
    expect(of('other')).toEqual({
      ...noFallbacks,
      providerFailure: ['acme/medium'],
      contextExceeded: ['acme/large'],
      qualityEscalation: ['acme/large'],
    })
    expect(config.modelFallbacks.get(modelId('acme/small'))).toMatchObject({ contentPolicy: ['acme/large'] })
  })
})

describe('limits', () => {
  test('are those that are stated, of the file and of a policy', async () => {
    const config = await resolved(`
timeouts: {connectMs: 900, firstContentMs: 10000}
retries: {maxAttempts: 3, sameTarget: 2}
load: {maxConcurrent: 10}
policies: {auto: {timeouts: {idleMs: 500}, retries: {sameTarget: 0}}}
`)
    expect(config.reliability).toMatchObject({
      connectMs: 900,
      limits: { firstContentMs: 10_000, maxAttempts: 3, sameTargetRetries: 2 },
      load: { maxConcurrent: 10 },
    })
    expect(config.policies[0]?.limits).toEqual({ idleMs: 500, sameTargetRetries: 0 })
  })

  test('are the engine’s own where nothing is said', async () => {
    const { reliability, policies } = await resolved('{}')
    expect(reliability).toMatchObject({ connectMs: 5_000, limits: {}, load: {}, breakers: {} })
    expect(reliability.sessions).toMatchObject({ affinity: true, ttlMs: 3_600_000 })
    expect(policies[0]?.limits).toEqual({})
  })

  test('of hedging are a policy’s, and off where it says nothing', async () => {
    const { policies } = await resolved(
      'policies: {auto: {}, quick: {hedging: {}}, eager: {hedging: {afterMs: 9}}}',
    )
    expect(policies.map(({ hedging }) => hedging)).toEqual([
      null,
      { percentile: 0.95, afterMs: null, maxExtraCostShare: 0.05 },
      { percentile: 0.95, afterMs: 9, maxExtraCostShare: 0.05 },
    ])
  })

  test('of breakers understand LiteLLM’s words', async () => {
    const { reliability } = await resolved('breakers: {allowedFails: 1, cooldownTime: 30}')
    expect(reliability.breakers).toEqual({ allowedFails: 1, cooldownMs: 30_000, maxCooldownMs: 30_000 })
  })
})

describe('a fault', () => {
  test.each([
    [
      'breakers: {cooldownTime: 30, cooldownMs: 5000}',
      '1 breakers.cooldownTime: says in seconds what cooldownMs says in milliseconds. Keep one of them.',
    ],
    [
      'breakers: {cooldownMs: 5000, maxCooldownMs: 100}',
      '1 breakers.maxCooldownMs: 100 is below the first cooldown of 5000. Write 5000 or more.',
    ],
    [
      'vendors: {acme: {apiKey: env:KEY_2, apiKeys: [env:KEY_3]}}',
      '1 vendors.acme.apiKeys: stands beside apiKey. Keep one of them.',
    ],
    [
      'vendors: {acme: {apiKeys: [env:NONE]}}',
      '1 vendors.acme.apiKeys[0]: the environment variable NONE is not set. Set it, or write the value in another way.',
    ],
    [
      'models: [{id: acme/small, targets: [{vendor: acne}]}]',
      '1 models[0].targets[0].vendor: "acne" is not a known vendor. Did you mean "acme"?',
    ],
    [
      'models: [{id: acme/small, targets: [{id: a}, {id: a}]}]',
      '1 models[0].targets[1].id: "a" is another target\'s id. Choose another.',
    ],
    [
      'models: [{id: acme/small, targetChoice: fastest}]',
      '1 models[0].targetChoice: "fastest" is not known here. Write power-of-two, weighted, round-robin, least-busy, cheapest or headroom.',
    ],
    [
      'policies: {auto: {fallbacks: {contentPolicy: [acme/large]}, contentPolicyFallbacks: [acme/large]}}',
      '1 policies.auto.contentPolicyFallbacks: says the same as fallbacks.contentPolicy. Keep one of them.',
    ],
    [
      'policies: {auto: {fallbacks: {onFailure: [acme/large]}}}',
      '1 policies.auto.fallbacks.onFailure: is not a known key. Known here: providerFailure, contextExceeded, contentPolicy, qualityEscalation.',
    ],
    [
      'policies: {auto: {hedging: {percentile: 95}}}',
      '1 policies.auto.hedging.percentile: 95 is above 1. Write 0.95.',
    ],
    ['retries: {maxAttempts: 0}', '1 retries.maxAttempts: 0 is below 1. Write 1 or more.'],
  ])('%s', async (text, fault) => {
    expect(await faultsOf(text)).toEqual([fault])
  })
})
