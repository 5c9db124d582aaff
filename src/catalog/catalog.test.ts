import { describe, expect, it } from 'vitest'
import { modelId } from '../domain/model.ts'
import { createCatalog } from './catalog.ts'
import { defineModels } from './entry.ts'
import { assumed, configured, ownHardware } from './override.ts'

const figures = {
  prices: { input: 2, cachedRead: 0.5, cacheWrite: 2.5, output: 8, source: 'liteLlm' },
  window: { context: 100_000, output: 8_000, source: 'liteLlm' },
  capabilities: { liteLlm: ['tools'], openAiChatApi: ['logprobs'] },
  benchmarks: { simpleEvals: { mmlu: 0.8 } },
  speed: 'small',
  verbosity: 1,
} as const

const entries = [
  ...defineModels({
    vendor: 'maker',
    models: {
      'big-2': { ...figures, aliases: ['big-latest', 'Big-2-20250101'] },
      'big-1': { ...figures, aliases: ['shared-old'], retired: true },
    },
  }),
  ...defineModels({
    vendor: 'host',
    models: {
      'maker/big-2': { ...figures, aliases: ['open-big'] },
      'small-1': { ...figures, aliases: ['shared-old'] },
    },
  }),
  ...defineModels({ vendor: 'other-host', models: { 'big-open': { ...figures, aliases: ['open-big'] } } }),
]

const catalog = createCatalog(entries)

describe('looking a model up', () => {
  const found = (name: string) => {
    const lookup = catalog.find(name)
    return lookup.kind === 'found' ? lookup.entry.model.id : lookup.kind
  }

  it('takes an id, a vendor name or an alias, in any capitals', () => {
    expect(found('maker/big-2')).toBe('maker/big-2')
    expect(found('MAKER/Big-2')).toBe('maker/big-2')
    expect(found('big-2')).toBe('maker/big-2')
    expect(found(' Big-Latest ')).toBe('maker/big-2')
    expect(found('big-2-20250101')).toBe('maker/big-2')
  })

  it('takes an id before the same name at another vendor', () => {
    expect(found('maker/big-2')).toBe('maker/big-2')
    expect(found('host/maker/big-2')).toBe('host/maker/big-2')
  })

  it('lists the candidates of a name that two vendors use', () => {
    const lookup = catalog.find('Open-Big')
    expect(lookup.kind === 'ambiguous' && lookup.candidates.map(({ model }) => model.id)).toEqual([
      'host/maker/big-2',
      'other-host/big-open',
    ])
  })

  it('prefers the model that is still served', () => {
    expect(found('shared-old')).toBe('host/small-1')
    expect(found('big-1')).toBe('maker/big-1')
  })

  it('says what may have been meant, by id', () => {
    expect(catalog.find('bigg-2')).toEqual({ kind: 'unknown', closest: ['maker/big-2'] })
    expect(catalog.find('maker/bigg-2')).toEqual({
      kind: 'unknown',
      closest: ['maker/big-2', 'host/maker/big-2', 'maker/big-1'],
    })
    expect(catalog.find('other-host/big-opn')).toMatchObject({ closest: ['other-host/big-open'] })
    expect(catalog.find('nothing-like-it')).toEqual({ kind: 'unknown', closest: [] })
    expect(catalog.find('')).toMatchObject({ kind: 'unknown' })
  })

  it('names only what means one model', () => {
    const names = catalog.names()
    expect(names.get('big-latest')).toBe('maker/big-2')
    expect(names.get('shared-old')).toBe('host/small-1')
    expect(names.has('open-big')).toBe(false)
  })

  it('keeps the order of its entries and groups by vendor', () => {
    expect(catalog.list()).toEqual(entries)
    expect(catalog.ofVendor('host').map(({ model }) => model.vendorName)).toEqual(['maker/big-2', 'small-1'])
    expect(catalog.get('host/small-1')?.model.vendor).toBe('host')
    expect(catalog.get('small-1')).toBeUndefined()
  })
})

describe('the built-in catalogue', () => {
  const builtIn = createCatalog()

  it.each([
    ['gpt-4o-2024-05-13', 'openai/gpt-4o'],
    ['claude-3-5-sonnet-20241022', 'anthropic/claude-3-5-sonnet-20241022'],
    ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mistral/open-mixtral-8x7b'],
    ['Meta-Llama-3_1-70B-Instruct', 'openrouter/meta-llama/llama-3.1-70b-instruct'],
    ['gemini-1.5-pro-001', 'google/gemini-1.5-pro'],
    ['gemini-1.5-pro-exp-0827', 'google/gemini-1.5-pro-002'],
    ['qwen2.5-7b-instruct', 'openrouter/qwen/qwen-2.5-7b-instruct'],
  ])('knows %s from public data', (name, id) => {
    const lookup = builtIn.find(name)
    expect(lookup.kind === 'found' && lookup.entry.model.id).toBe(id)
  })

  it('lists every host of a widely served model', () => {
    const lookup = builtIn.find('gpt-oss-120b')
    expect(lookup.kind === 'ambiguous' && lookup.candidates.map(({ model }) => model.vendor)).toEqual([
      'groq',
      'together',
    ])
  })

  it('mends a slip of the pen', () => {
    expect(builtIn.find('gpt-4o-mni')).toMatchObject({ kind: 'unknown', closest: ['openai/gpt-4o-mini'] })
  })
})

describe('an override of a known model', () => {
  const overridden = (override: object) =>
    createCatalog(entries, { overrides: [{ id: 'maker/big-2', ...override }] }).get('maker/big-2')!

  it('changes what it says, says so, and leaves the rest', () => {
    const entry = overridden({ contextWindow: 50_000, benchmarks: { gsm8k: 0.9 }, aliases: ['mine'] })
    expect(entry.model).toMatchObject({
      contextWindow: 50_000,
      maxOutputTokens: 8_000,
      benchmarks: { mmlu: 0.8, gsm8k: 0.9 },
      prices: { input: 2, output: 8 },
    })
    expect(entry.aliases).toEqual(['big-latest', 'Big-2-20250101', 'mine'])
    expect(entry.provenance.window).toBe(configured)
    expect(entry.provenance.benchmarks.gsm8k).toBe(configured)
    expect(entry.provenance.benchmarks.mmlu?.name).toContain('simple-evals')
    expect(entry.provenance.prices.name).toContain('LiteLLM')
  })

  it('bills cached tokens at a newly stated input price unless it states theirs', () => {
    expect(overridden({ prices: { input: 1 } }).model.prices).toEqual({
      input: 1,
      cachedRead: 1,
      cacheWrite: 1,
      output: 8,
    })
    expect(overridden({ prices: { input: 1, cachedRead: 0.1 } }).model.prices).toMatchObject({
      cachedRead: 0.1,
      cacheWrite: 1,
    })
    expect(overridden({ prices: { output: 4 } }).model.prices).toEqual({
      input: 2,
      cachedRead: 0.5,
      cacheWrite: 2.5,
      output: 4,
    })
  })

  it('shortens the longest answer to a smaller window', () => {
    expect(overridden({ contextWindow: 4_000 }).model.maxOutputTokens).toBe(4_000)
  })

  it('can retire a model, or bring one back', () => {
    expect(overridden({ retired: true }).retired).toBe(true)
    const back = createCatalog(entries, { overrides: [{ id: 'maker/big-1', retired: false }] })
    expect(back.get('maker/big-1')?.retired).toBe(false)
  })

  it('leaves the catalogue it started from alone', () => {
    overridden({ prices: { input: 1 } })
    expect(catalog.get('maker/big-2')?.model.prices.input).toBe(2)
  })
})

describe('a new model', () => {
  const added = (override: object, localVendors: ReadonlySet<string> = new Set()) =>
    createCatalog(entries, { overrides: [{ id: 'lab/new-1', ...override }], localVendors }).get('lab/new-1')!

  it('needs no more than an id: its prices are unknown, its window small', () => {
    const { model, provenance, retired } = added({})
    expect(model).toMatchObject({
      id: modelId('lab/new-1'),
      vendor: 'lab',
      vendorName: 'new-1',
      prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
      contextWindow: 8_192,
      simulated: false,
    })
    expect(provenance.window).toBe(assumed)
    expect(retired).toBe(false)
  })

  it('costs nothing per token on hardware of your own', () => {
    const { model, provenance } = added({}, new Set(['lab']))
    expect(model.prices).toEqual({ input: 0, cachedRead: 0, cacheWrite: 0, output: 0 })
    expect(provenance.prices).toBe(ownHardware)
  })

  it('costs what is stated, on hardware of your own too', () => {
    const { model, provenance } = added({ prices: { input: 0.2, output: 0.3 } }, new Set(['lab']))
    expect(model.prices).toEqual({ input: 0.2, cachedRead: 0.2, cacheWrite: 0.2, output: 0.3 })
    expect(provenance.prices).toBe(configured)
  })

  it('keeps an output price unknown when only input is stated', () => {
    expect(added({ prices: { input: 0.2 } }).model.prices).toMatchObject({ input: 0.2, output: 'unknown' })
  })

  it('is found by its name and aliases, and stands last', () => {
    const catalogue = createCatalog(entries, { overrides: [{ id: 'lab/new-1', aliases: ['novice'] }] })
    expect(catalogue.find('novice')).toMatchObject({ kind: 'found' })
    expect(catalogue.list().at(-1)?.model.id).toBe('lab/new-1')
  })

  it.each(['no-vendor', '/name', 'vendor/'])('is not made of the id %j', (id) => {
    expect(() => createCatalog(entries, { overrides: [{ id }] })).toThrow('vendor/name')
  })
})

describe('a record', () => {
  it('gives each figure the source it stands under', () => {
    const { model, provenance } = entries[0]!
    expect([...model.capabilities]).toEqual(['tools', 'logprobs'])
    expect(provenance.capabilities.logprobs?.url).toContain('openai.com')
    expect(provenance.benchmarks.mmlu?.url).toContain('simple-evals')
    expect(provenance.speed.name).toBe('tier default')
  })

  it('may state a speed of its own', () => {
    const speed = { firstTokenMs: 10, tokensPerSecond: 20, source: 'simulation' } as const
    const [entry] = defineModels({ vendor: 'maker', models: { quick: { ...figures, speed } } })
    expect(entry?.model.speed).toEqual({ firstTokenMs: 10, tokensPerSecond: 20 })
    expect(entry?.provenance.speed.name).toContain('simulation')
  })
})
