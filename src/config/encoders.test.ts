// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { strategies } from '../strategies/index.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'
import type { ResolvedConfig } from './resolved.ts'

async function load(text: string, variables: Record<string, string> = { ACME_API_KEY: 'acme-key-1' }) {
  const directory = aFolder()
  writeFileSync(join(directory, 'fairlead.yaml'), text)
  const world = surroundings(variables, { strategies })
  return { directory, result: await loadConfig({ file: null, directory, surroundings: world }) }
}

async function resolved(text: string, variables?: Record<string, string>) {
  const { directory, result } = await load(text, variables)
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return { directory, config: result.config }
}

async function faultsOf(text: string, variables?: Record<string, string>): Promise<string[]> {
  const { result } = await load(text, variables)
  return result.kind === 'resolved' ? [] : faultsText(result.file, result.faults).split('\n').slice(0, -1)
}

const endpointOf = ({ encoder }: ResolvedConfig) =>
  encoder?.options.kind === 'embeddings' ? encoder.options.endpoint : null

describe('the encoder', () => {
  test('is the built-in one unless another is named', async () => {
    expect((await resolved('{}')).config.encoder).toBeNull()
    expect((await resolved('encoder: {kind: built-in}')).config.encoder).toBeNull()
  })

  test('may be at a vendor, with its URL and key', async () => {
    const { config } = await resolved(
      'encoder: {kind: embeddings, vendor: acme, model: embed, dimensions: 64}',
    )
    expect(config.encoder).toMatchObject({
      timeoutMs: 150,
      cacheBytes: 32_000_000,
      options: { kind: 'embeddings', model: 'embed', dimensions: 64 },
    })
    const endpoint = endpointOf(config)
    expect(endpoint).toMatchObject({ baseUrl: 'https://api.acme.example/v1', auth: { kind: 'bearer' } })
    expect(endpoint?.credential?.reveal()).toBe('acme-key-1')
    expect(JSON.stringify(config.encoder)).not.toContain('acme-key-1')
  })

  test('may be at any URL, with a key and headers of the environment', async () => {
    const { config } = await resolved(
      'encoder: {kind: embeddings, baseUrl: "http://127.0.0.1:8080/v1", apiKey: env:EMBED_KEY, headers: {X-Team: "${TEAM}"}, model: embed}',
      { EMBED_KEY: 'embed-key', TEAM: 'routing' },
    )
    const endpoint = endpointOf(config)
    expect(endpoint).toMatchObject({
      vendor: { title: '127.0.0.1:8080', local: true },
      auth: { kind: 'bearer' },
    })
    expect(endpoint?.credential?.reveal()).toBe('embed-key')
    expect(endpoint?.headers['x-team']?.reveal()).toBe('routing')
  })

  test('may be a folder, relative to the file, or a name of the hub', async () => {
    const { directory, config } = await resolved(
      'encoder: {kind: transformers, model: ./minilm, pooling: cls, weights: q8, cacheMegabytes: 0}',
    )
    expect(config.encoder).toMatchObject({
      cacheBytes: 0,
      options: {
        kind: 'transformers',
        source: { kind: 'folder', path: join(directory, 'minilm') },
        cacheFolder: join(directory, '.fairlead', 'models'),
        allowRemote: false,
        pooling: 'cls',
        weights: 'q8',
        maxTokens: 512,
      },
    })
    const hub = await resolved(
      'encoder: {kind: transformers, model: acme/minilm, revision: v2, allowRemote: true}',
    )
    expect(hub.config.encoder?.options).toMatchObject({
      source: { kind: 'hub', name: 'acme/minilm', revision: 'v2' },
      allowRemote: true,
    })
  })
})

test('the example of the docs has no faults', async () => {
  const example = join(import.meta.dirname, '..', '..', 'examples', 'encoders.yaml')
  const { config } = await resolved(readFileSync(example, 'utf8'))
  expect(config.classifiers.map(({ name }) => name)).toEqual(['routellm', 'domain'])
})

const duo = (classifier: string) =>
  `policies:\n  duo:\n    strategy: threshold\n    strong: acme/large\n    weak: acme/small\n    classifier: ${classifier}\n`
const routellm = 'classifiers:\n  bert:\n    model: routellm/bert_gpt4_augmented\n'

test('classifiers have names, and a policy may go by one', async () => {
  const { config } = await resolved(
    `${routellm}    labels: [a, b, c]\n${duo('{name: bert, winLabels: [a], threshold: 0.4}')}`,
  )
  expect(config.classifiers).toMatchObject([
    {
      name: 'bert',
      timeoutMs: 150,
      options: { kind: 'transformers', labels: ['a', 'b', 'c'], source: { kind: 'hub' } },
    },
  ])
})

describe('a fault of text models names its place and what to write', () => {
  test.each<[string, string, ...string[]]>([
    [
      'an unknown kind',
      'encoder:\n  kind: embedding',
      'fairlead.yaml:2:9 encoder.kind: "embedding" is not known here. Did you mean "embeddings"?',
    ],
    [
      'no kind',
      'encoder:\n  model: x',
      'fairlead.yaml:1:1 encoder.kind: is missing. Write built-in, embeddings or transformers.',
    ],
    [
      'no endpoint',
      'encoder:\n  kind: embeddings\n  model: embed',
      'fairlead.yaml:1:1 encoder: has no endpoint. Write a vendor, or a baseUrl such as http://127.0.0.1:8080/v1.',
    ],
    [
      'two endpoints',
      'encoder: {kind: embeddings, model: embed, vendor: acme, baseUrl: "http://127.0.0.1:1"}',
      'fairlead.yaml:1:1 encoder: has a vendor and a baseUrl. Keep one of them.',
    ],
    [
      'an unknown vendor',
      'encoder:\n  kind: embeddings\n  model: embed\n  vendor: acm',
      'fairlead.yaml:4:11 encoder.vendor: "acm" is not a known vendor. Did you mean "acme"?',
    ],
    [
      'a vendor without a key',
      'encoder:\n  kind: embeddings\n  model: embed\n  vendor: globex',
      "fairlead.yaml:4:11 encoder.vendor: globex can't be reached. There is no key for globex. Set GLOBEX_KEY, or write vendors.globex.apiKey.",
    ],
    [
      'a key beside a vendor',
      'encoder:\n  kind: embeddings\n  model: embed\n  vendor: acme\n  apiKey: env:ACME_API_KEY',
      "fairlead.yaml:5:3 encoder.apiKey: is the vendor's. Write it under vendors.acme.",
    ],
    [
      'a variable that is not set',
      'encoder:\n  kind: embeddings\n  model: embed\n  baseUrl: http://127.0.0.1:1/v1\n  apiKey: env:NO_SUCH',
      'fairlead.yaml:5:11 encoder.apiKey: the environment variable NO_SUCH is not set. Set it, or write the value in another way.',
    ],
    [
      'a URL that is none',
      'encoder:\n  kind: embeddings\n  model: embed\n  baseUrl: 127.0.0.1',
      'fairlead.yaml:4:12 encoder.baseUrl: "127.0.0.1" is not a URL. Write one such as https://api.example.com/v1.',
    ],
    [
      'an unknown pooling',
      'encoder:\n  kind: transformers\n  model: ./x\n  pooling: max',
      'fairlead.yaml:4:12 encoder.pooling: "max" is not known here. Did you mean "mean"?',
    ],
    [
      'a time limit of nothing',
      'encoder:\n  kind: transformers\n  model: ./x\n  timeoutMs: 0',
      'fairlead.yaml:4:14 encoder.timeoutMs: 0 is not above 0. Write a number above 0.',
    ],
    [
      'a classifier without a model',
      'classifiers:\n  bert: {}',
      'fairlead.yaml:2:3 classifiers.bert.model: is missing. Write text.',
    ],
    [
      'a policy by a classifier that is not there',
      `${routellm}${duo('{name: brt, winLabels: [tie], threshold: 0.4}')}`,
      'fairlead.yaml:9:24 policies.duo.classifier.name: "brt" is not a classifier. Did you mean "bert"?',
    ],
    [
      'a label that a well-known classifier has not',
      `${routellm}${duo('{name: bert, winLabels: [strong-win], threshold: 0.4}')}`,
      'fairlead.yaml:9:42 policies.duo.classifier.winLabels[0]: "strong-win" is not a label of bert. Did you mean "strong-wins"?',
    ],
    [
      'a classifier at fault: a policy by it is at no fault of its own',
      `classifiers:\n  bert: {model: 3}\n${duo('{name: bert, winLabels: [a], threshold: 0.4}')}`,
      'fairlead.yaml:2:17 classifiers.bert.model: 3 is a number, not text. Put it in quotes.',
    ],
  ])('%s', async (_, text, ...faults) => {
    expect(await faultsOf(text)).toEqual(faults)
  })
})
