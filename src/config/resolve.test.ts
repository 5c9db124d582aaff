// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { aModel, anEntry, surroundings, testStrategies } from '../../test/support/surroundings.ts'
import type { Candidate } from '../domain/candidate.ts'
import { noFallbacks } from '../domain/policy.ts'
import type { Turn } from '../domain/strategy.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'
import type { ResolvedConfig } from './resolved.ts'
import { configJsonSchema } from './schema.ts'
import type { Surroundings } from './surroundings.ts'

async function resolved(
  text: string | null,
  world: Surroundings = surroundings(),
  name = 'fairlead.yaml',
  directory = aFolder(),
): Promise<ResolvedConfig> {
  if (text !== null) writeFileSync(join(directory, name), text)
  const result = await loadConfig({ file: null, directory, surroundings: world })
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return result.config
}

const ids = ({ models }: ResolvedConfig) => models.map(({ id }) => id as string)
const policy = ({ policies }: ResolvedConfig, name = 'auto') => policies.find((one) => one.name === name)!
const vendor = ({ vendors }: ResolvedConfig, name: string) => vendors.find((one) => one.vendor.name === name)

describe('with no file', () => {
  it('a key in the environment makes its vendor reachable, and auto chooses among its models', async () => {
    const directory = aFolder()
    const config = await resolved(null, surroundings(), undefined, directory)
    expect(config).toMatchObject({
      file: null,
      server: { host: '127.0.0.1', port: 4000, bodyLimitBytes: 10_000_000 },
      log: { path: join(directory, '.fairlead', 'fairlead.db'), level: 'info' },
      artefact: null,
      simulated: null,
    })
    expect(config.vendors.map((one) => [one.vendor.name, one.source, one.credential?.reveal()])).toEqual([
      ['acme', 'environment', 'acme-key-1'],
    ])
    expect(ids(config)).toEqual(['acme/small', 'acme/medium', 'acme/large'])
    expect(config.policies).toHaveLength(1)
    expect(policy(config)).toMatchObject({
      strategy: 'utility',
      objective: { kind: 'quality', share: 0.98 },
      pool: 'all',
      fallbacks: noFallbacks,
      needs: { quality: true, cost: true },
    })
    expect(config.notes).toEqual(['ACME_API_KEY found: 3 models of Acme'])
  })

  it('the first variable of a vendor that is set counts, and an empty one is not set', async () => {
    const config = await resolved(null, surroundings({ ACME_API_KEY: ' ', ACME_KEY: 'second' }))
    expect(vendor(config, 'acme')?.credential?.reveal()).toBe('second')
    expect(config.notes).toEqual(['ACME_KEY found: 3 models of Acme'])
  })

  it('a local server that was found offers what it lists, free of charge', async () => {
    const localModels = [{ vendor: 'homely', name: 'llama:8b' }]
    const entries = [...surroundings().entries, anEntry(aModel('homely/not-loaded'))]
    const config = await resolved(null, surroundings({}, { localModels, entries }))
    expect(ids(config)).toEqual(['homely/llama:8b'])
    expect(config.models[0]).toMatchObject({ vendorName: 'llama:8b', prices: { input: 0, output: 0 } })
    expect(vendor(config, 'homely')).toMatchObject({ credential: null, source: 'local' })
    expect(config.notes).toEqual(['Homely is running: 1 model'])
    expect(config.simulated).toBeNull()
  })

  it('with nothing else, simulated models answer, and that is said', async () => {
    const config = await resolved(null, surroundings({}))
    expect(ids(config)).toEqual(['simulated/nano', 'simulated/frontier'])
    expect(config.models.every(({ simulated }) => simulated)).toBe(true)
    expect(policy(config).pool).toBe('all')
    expect(config.simulated).toEqual({ pace: 1 })
    expect(config.notes).toEqual([
      'no key found: using simulated models (2 models). Set one such as ACME_API_KEY or GLOBEX_KEY to use real ones',
    ])
  })
})

describe('vendors of a file', () => {
  it('take their key from the file, the variable it names, or the environment', async () => {
    const key = async (text: string, variables = { ACME_API_KEY: 'usual', TEAM_KEY: 'team' }) =>
      vendor(await resolved(text, surroundings(variables)), 'acme')?.credential?.reveal()
    expect(await key('vendors: {acme: {apiKey: literal}}')).toBe('literal')
    expect(await key('vendors: {acme: {apiKey: env:TEAM_KEY}}')).toBe('team')
    expect(await key('vendors: {acme: {apiKey: "${TEAM_KEY}-${ACME_API_KEY}"}}')).toBe('team-usual')
    expect(await key('vendors: {acme: {}}')).toBe('usual')
  })

  it('change a known one', async () => {
    const config = await resolved(
      'vendors: {acme: {baseUrl: "https://${HOST}/v1/", headers: {X-Team: "t-${TEAM}"}}}',
      surroundings({ ACME_KEY: 'k', HOST: 'proxy.example', TEAM: '7' }),
    )
    const acme = vendor(config, 'acme')
    expect(acme?.vendor).toMatchObject({ baseUrl: 'https://proxy.example/v1', auth: { kind: 'bearer' } })
    expect(acme?.headers['x-team']?.reveal()).toBe('t-7')
    expect(ids(config)).toContain('acme/small')
    expect(JSON.stringify(config)).not.toContain('t-7')
  })

  it('extend a known one under another name; its key in the environment is not theirs', async () => {
    const text = (more: string) =>
      `vendors: {mirror: {extends: acme, baseUrl: https://mirror.example${more}}}
models: [{id: mirror/m, contextWindow: 1000}]`
    expect(vendor(await resolved(text('')), 'mirror')).toBeUndefined()
    const config = await resolved(text(', apiKey: mine'))
    expect(vendor(config, 'mirror')).toMatchObject({
      vendor: { name: 'mirror', title: 'mirror', quirks: { maxTokensField: 'max_completion_tokens' } },
      source: 'config',
    })
    expect(ids(config)).toContain('mirror/m')
  })

  it('may be new, with or without a key', async () => {
    const config = await resolved(`vendors:
  lab: {baseUrl: http://127.0.0.1:8000/v1, local: true}
  club: {baseUrl: http://127.0.0.1:8001/v1, apiKey: k}
models:
  - {id: lab/m, contextWindow: 4096}
`)
    expect(vendor(config, 'lab')).toMatchObject({ credential: null, vendor: { auth: { kind: 'none' } } })
    expect(vendor(config, 'club')).toMatchObject({ vendor: { auth: { kind: 'bearer' }, local: false } })
    expect(config.models.find(({ vendor: name }) => name === 'lab')?.prices).toMatchObject({
      input: 0,
      output: 0,
    })
    expect(config.notes).toContain(
      'vendors.club configured, but no model of it is known: list some under models',
    )
  })

  it('without a key are not reachable; simulated models stand in', async () => {
    const config = await resolved('vendors: {globex: {}}', surroundings({}))
    expect(config.vendors.map(({ source }) => source)).toEqual(['simulated'])
  })
})

describe('models of a file', () => {
  it('change what the catalogue says, and nothing else of it', async () => {
    const config = await resolved(`models:
  - {id: acme/small, contextWindow: 5000, prices: {input: 2, output: unknown}, benchmarks: {math: 71%}}`)
    expect(config.models.find(({ id }) => (id as string) === 'acme/small')).toEqual({
      ...aModel('acme/small'),
      contextWindow: 5000,
      maxOutputTokens: 5000,
      prices: { input: 2, cachedRead: 2, cacheWrite: 2, output: 'unknown' },
      benchmarks: { math: 0.71 },
    })
  })

  it('are new with unknown prices, never free ones', async () => {
    const config = await resolved('models: [{id: acme/new, vendorName: new-2026, contextWindow: 9000}]')
    expect(config.models.find(({ id }) => (id as string) === 'acme/new')).toMatchObject({
      vendorName: 'new-2026',
      vendor: 'acme',
      prices: { input: 'unknown', cachedRead: 'unknown', cacheWrite: 'unknown', output: 'unknown' },
      maxOutputTokens: 9000,
    })
  })

  it('have aliases, beside those of the catalogue', async () => {
    const config = await resolved('models: [{id: acme/large, aliases: [big]}]')
    expect(config.aliases.get('big')).toBe('acme/large')
    expect(config.aliases.get('small-latest')).toBe('acme/small')
    expect(config.aliases.get('medium')).toBe('acme/medium')
    expect(config.aliases.has('hank')).toBe(false)
  })

  it('bring a model back that is on its way out', async () => {
    const config = await resolved('models: [{id: acme/old}]')
    expect(ids(config)).toContain('acme/old')
  })
})

describe('policies of a file', () => {
  it('stand beside the default auto, unless they define it', async () => {
    const beside = await resolved('policies: {support: {lambda: 3}}')
    expect(beside.policies.map(({ name }) => name)).toEqual(['auto', 'support'])
    const own = await resolved('policies: {auto: {maxCostUsd: 0.01, deadlineMs: 5000}}')
    expect(own.policies).toHaveLength(1)
    expect(policy(own)).toMatchObject({ maxCostUsd: 0.01, deadlineMs: 5000, strategy: 'utility' })
  })

  it.each([
    ['quality: 0.9', { kind: 'quality', share: 0.9 }],
    ['quality: 90%', { kind: 'quality', share: 0.9 }],
    ['maxQualityLoss: 5%', { kind: 'max-quality-loss', share: 0.05 }],
    ['maxQualityLoss: 2.5 %', { kind: 'max-quality-loss', share: 0.025 }],
    ['willingnessToPay: 0.01', { kind: 'willingness-to-pay', usdPerTenPoints: 0.01 }],
    ['lambda: 0', { kind: 'lambda', lambda: 0 }],
    ['meanCost: 0.002', { kind: 'mean-cost', usd: 0.002 }],
    ['strongShare: 30%, pool: [acme/small, acme/large]', { kind: 'strong-share', share: 0.3 }],
    [
      'lambda: {first: 3, second: 5, shareOfSecond: 40%}',
      { kind: 'lambda', lambda: 3, mixture: { lambda: 5, share: 0.4 } },
    ],
    ['lambda: {first: 3, second: 5, shareOfSecond: 1}', { kind: 'lambda', lambda: 5 }],
  ])('state an objective as %s', async (line, objective) => {
    expect(policy(await resolved(`policies: {auto: {${line}}}`)).objective).toEqual(objective)
  })

  it('choose by their strategy, with its options', async () => {
    const config = await resolved('policies: {auto: {patience: 0.25}, other: {strategy: utility}}')
    const turn = { candidates: [{ id: 'acme/small' } as unknown as Candidate] } as unknown as Turn
    const because = (name: string) => {
      const { value, done } = policy(config, name).choose(turn).next()
      return done && value.because
    }
    expect(because('auto')).toBe('patience 0.25')
    expect(because('other')).toBe('patience 0.5')
  })

  it('have the models that their strategy names as their pool', async () => {
    const config = await resolved(
      'policies: {p: {strategy: pair, strong: acme/large, weights: {acme/small: 1}, fallbacks: [acme/medium]}}',
    )
    expect(policy(config, 'p')).toMatchObject({
      pool: ['acme/large', 'acme/small'],
      fallbacks: { ...noFallbacks, providerFailure: ['acme/medium'] },
    })
  })

  it('leave out what can not be reached, and say so', async () => {
    const config = await resolved('policies: {auto: {pool: [acme/small, globex/hank]}}')
    expect(policy(config).pool).toEqual(['acme/small'])
    expect(config.notes.at(-1)).toMatch(
      /^policies\.auto\.pool: globex\/hank is left out\. There is no key for globex/,
    )
  })

  it('may take the name of a model, so that its clients are routed', async () => {
    const config = await resolved('policies: {small-latest: {}}')
    expect(policy(config, 'small-latest').pool).toBe('all')
    expect(config.notes.at(-1)).toMatch(/^policy small-latest answers in the place of acme\/small/)
  })

  it('have one version for equal settings, and another for any change', async () => {
    const version = async (text: string) => policy(await resolved(`policies: {auto: {${text}}}`)).version
    const first = await version('quality: 0.9, patience: 0.5, pool: [acme/small]')
    expect(first).toMatch(/^[0-9a-f]{12}$/)
    expect(await version('pool: [acme/small], quality: 90%')).toBe(first)
    const others = [
      'quality: 0.91',
      'quality: 0.9, patience: 0.6',
      'quality: 0.9, pool: [acme/large]',
      'maxQualityLoss: 0.1',
    ]
    const versions = await Promise.all([...others, 'quality: 0.9, deadlineMs: 1'].map(version))
    expect(new Set([first, ...versions]).size).toBe(6)
  })
})

describe('simulated models', () => {
  it('stand beside real ones where the file asks for them', async () => {
    const config = await resolved('simulated: {pace: 0}')
    expect(ids(config)).toContain('simulated/nano')
    expect(ids(config)).toContain('acme/small')
    expect(config.simulated).toEqual({ pace: 0 })
    expect(config.notes).toContain('2 models that are simulated, as the file asks')
  })
})

describe('a configuration file', () => {
  it('may be empty', async () => {
    expect((await resolved('# nothing yet\n')).policies).toHaveLength(1)
  })

  it('has paths that are relative to itself', async () => {
    const directory = aFolder()
    mkdirSync(join(directory, 'deep'))
    writeFileSync(join(directory, 'deep', 'f.yml'), 'log: {path: log.db}\nartefact: a.bin')
    const result = await loadConfig({ file: 'deep/f.yml', directory, surroundings: surroundings() })
    expect(result).toMatchObject({
      kind: 'resolved',
      config: {
        file: join(directory, 'deep', 'f.yml'),
        log: { path: join(directory, 'deep', 'log.db'), level: 'info' },
        artefact: join(directory, 'deep', 'a.bin'),
      },
    })
  })

  it('may be a program', async () => {
    const text = 'type T = { port: number }\nconst server: T = { port: 5000 }\nexport default { server }\n'
    expect((await resolved(text, surroundings(), 'fairlead.config.ts')).server.port).toBe(5000)
    expect((await resolved('export default {}', surroundings(), 'fairlead.config.mjs')).server.port).toBe(
      4000,
    )
  })

  it('is read anew each time', async () => {
    const directory = aFolder()
    const port = async (text: string) =>
      (await resolved(text, surroundings(), 'fairlead.config.ts', directory)).server.port
    expect(await port('export default { server: { port: 1 } }')).toBe(1)
    expect(await port('export default { server: { port: 2 } }')).toBe(2)
  })

  it('may use anchors and merge keys', async () => {
    const config = await resolved(
      'policies:\n  auto: &base {quality: 0.8}\n  b: {<<: *base, maxCostUsd: 1}\n',
    )
    expect(policy(config, 'b')).toMatchObject({ objective: { share: 0.8 }, maxCostUsd: 1 })
  })
})

describe('the JSON schema for editors', () => {
  const schema = configJsonSchema(testStrategies) as {
    properties: Record<
      string,
      { additionalProperties: { oneOf: { description: string; required?: string[] }[] } }
    >
  }

  it('has every section, and a form of policy for each strategy', () => {
    expect(Object.keys(schema.properties)).toEqual([
      'server',
      'vendors',
      'models',
      'log',
      'responses',
      'embeddings',
      'artefact',
      'prompts',
      'encoder',
      'classifiers',
      'consultants',
      'mcp',
      'strategies',
      'telemetry',
      'keys',
      'admin',
      'limits',
      'storage',
      'state',
      'workers',
      'retention',
      'experiments',
      'judge',
      'shadows',
      'implicit',
      'learning',
      'outcomeSets',
      'timeouts',
      'retries',
      'breakers',
      'load',
      'sessions',
      'simulated',
      'policies',
    ])
    const forms = schema.properties.policies!.additionalProperties.oneOf
    expect(forms.map(({ required }) => required ?? [])).toEqual([[], ['strategy', 'strong']])
    expect(forms[0]?.description).toBe('the first candidate, for tests')
  })
})
