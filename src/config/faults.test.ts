// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { faultsText, pathText } from './faults.ts'
import { strategies } from '../strategies/index.ts'
import { loadConfig } from './load.ts'

async function load(text: string, variables?: Record<string, string>, name = 'fairlead.yaml') {
  const directory = aFolder()
  writeFileSync(join(directory, name), text)
  return loadConfig({ file: null, directory, surroundings: surroundings(variables) })
}

/** The faults of a file as they are printed, without the last line, which counts them. */
async function faultsOf(text: string, variables?: Record<string, string>, name?: string): Promise<string[]> {
  const result = await load(text, variables, name)
  if (result.kind === 'resolved') return []
  return faultsText(result.file, result.faults).split('\n').slice(0, -1)
}

const policy = (line: string) => `policies:\n  auto:\n    ${line}\n`
const model = (line: string) => `models:\n  - id: acme/new\n    contextWindow: 1000\n    ${line}\n`
const vendor = (line: string) => `vendors:\n  mine:\n    baseUrl: http://127.0.0.1:1/v1\n    ${line}\n`

describe('a fault names its place, what is wrong and what to write', () => {
  const cases: Record<string, [text: string, ...faults: string[]]> = {
    'a share above 1': [
      policy('quality: 95'),
      'fairlead.yaml:3:14 policies.auto.quality: 95 is above 1. Write 0.95.',
    ],
    'a loss above 1': [
      policy('maxQualityLoss: 5'),
      'fairlead.yaml:3:21 policies.auto.maxQualityLoss: 5 is above 1. Write 0.05.',
    ],
    'a share far above 1': [
      policy('quality: 950'),
      'fairlead.yaml:3:14 policies.auto.quality: 950 is above 1. Write a number from 0 to 1, such as 0.95.',
    ],
    'a percentage above 100': [
      policy('quality: 120%'),
      'fairlead.yaml:3:14 policies.auto.quality: "120%" is above 1. Write a number from 0 to 1, such as 0.95.',
    ],
    'a share below 0': [
      policy('quality: -0.1'),
      'fairlead.yaml:3:14 policies.auto.quality: -0.1 is below 0. Write a number from 0 to 1, such as 0.95.',
    ],
    'a share in words': [
      policy('quality: high'),
      'fairlead.yaml:3:14 policies.auto.quality: "high" is not a share. Write a number from 0 to 1, such as 0.95, or 95%.',
    ],
    'a share that is a list': [
      policy('quality: [1]'),
      'fairlead.yaml:3:5 policies.auto.quality: a list does not fit here. Write a number or text.',
    ],
    'two objectives': [
      policy('quality: 0.9\n    lambda: 2'),
      'fairlead.yaml:4:5 policies.auto.lambda: quality and lambda say the same thing in different ways. Keep one of them.',
    ],
    'a share of calls above 1': [
      policy('strongShare: 30'),
      'fairlead.yaml:3:18 policies.auto.strongShare: 30 is above 1. Write 0.3.',
    ],
    'a share of calls among more than two models': [
      policy('strongShare: 30%'),
      'fairlead.yaml:3:5 policies.auto.strongShare: shares calls out between two models, and the pool has 3. Name two under pool, or write meanCost or quality instead.',
    ],
    'a mean cost of nothing': [
      policy('meanCost: 0'),
      'fairlead.yaml:3:15 policies.auto.meanCost: 0 is not above 0. Write a number above 0.',
    ],
    'a mean cost in words': [
      policy('meanCost: little'),
      'fairlead.yaml:3:15 policies.auto.meanCost: "little" is not a number. Write a number.',
    ],
    'a mixture without its share': [
      policy('lambda: {first: 1, second: 2}'),
      'fairlead.yaml:3:5 policies.auto.lambda.shareOfSecond: is missing. Write a number or text.',
    ],
    'a criterion that is predicted': [
      model('criteria: {accuracy: 0.9}'),
      'fairlead.yaml:4:16 models[0].criteria.accuracy: accuracy is predicted for each request. Remove it, or choose another name.',
    ],
    'a figure of a criterion above 1': [
      model('criteria: {helpfulness: 90}'),
      'fairlead.yaml:4:29 models[0].criteria.helpfulness: 90 is above 1. Write 0.9.',
    ],
    'a fault beside a section that offers the simulated models': [
      'simulated: {}\npolicies:\n  auto: {quality: 95}\n  one: {strategy: pair, strong: simulated/nano}\n',
      'fairlead.yaml:3:19 policies.auto.quality: 95 is above 1. Write 0.95.',
    ],
    'an unknown strategy': [
      policy('strategy: utilty'),
      'fairlead.yaml:3:15 policies.auto.strategy: "utilty" is not known here. Did you mean "utility"?',
    ],
    'a strategy like no other': [
      policy('strategy: x'),
      'fairlead.yaml:3:15 policies.auto.strategy: "x" is not known here. Write utility or pair.',
    ],
    "a strategy's own option": [
      policy('patience: 2'),
      'fairlead.yaml:3:15 policies.auto.patience: 2 is above 1. Write at most 1.',
    ],
    "another strategy's option": [
      policy('strong: acme/large'),
      'fairlead.yaml:3:5 policies.auto.strong: is not a known key. Known here: strategy, patience, pool, fallbacks, vendors, dataPolicy, region, contentPolicyFallbacks, quality, maxQualityLoss, willingnessToPay, meanCost, strongShare, lambda, maxCostUsd, budget, holdOut, cache, deadlineMs, timeouts, retries, conversions, streamRecovery, minTokensPerSecond, toolFilter, hedging.',
    ],
    'a missing option': [
      policy('strategy: pair'),
      'fairlead.yaml:2:3 policies.auto.strong: is missing. Write text.',
    ],
    'an unknown model in an option': [
      policy('{strategy: pair, strong: acme/lage}'),
      'fairlead.yaml:3:30 policies.auto.strong: "acme/lage" is not a known model. Did you mean "acme/large"?',
    ],
    'an unknown model that is a key': [
      policy('strategy: pair\n    strong: acme/large\n    weights:\n      acme/smal: 1'),
      'fairlead.yaml:6:18 policies.auto.weights["acme/smal"]: "acme/smal" is not a known model. Did you mean "acme/small"?',
    ],
    'a model without a key': [
      policy('{strategy: pair, strong: globex/hank}'),
      "fairlead.yaml:3:30 policies.auto.strong: globex/hank can't be reached. There is no key for globex. Set GLOBEX_KEY, or write vendors.globex.apiKey.",
    ],
    'a model that is no longer served': [
      policy('{strategy: pair, strong: acme/old}'),
      "fairlead.yaml:3:30 policies.auto.strong: acme/old can't be reached. Its vendor no longer serves it. Name another, or list it under models if it is served after all.",
    ],
    'an id in capitals': [
      policy('{strategy: pair, strong: acme/Large}'),
      'fairlead.yaml:3:30 policies.auto.strong: "acme/Large" is not a known model. Write its id, acme/large.',
    ],
    'a simulated model that is not offered': [
      policy('{strategy: pair, strong: simulated/nano}'),
      "fairlead.yaml:3:30 policies.auto.strong: simulated/nano can't be reached. Write `simulated: {}` in the file to offer the simulated models.",
    ],
    'a pool beside named models': [
      policy('strategy: pair\n    strong: acme/large\n    pool: all'),
      'fairlead.yaml:5:5 policies.auto.pool: the strategy pair names its models itself. Remove pool.',
    ],
    'unknown models in lists': [
      policy('pool: [acme/small, large]\n    fallbacks: [small-latest]'),
      'fairlead.yaml:3:24 policies.auto.pool[1]: "large" is not a known model. Write its id, acme/large.',
      'fairlead.yaml:4:17 policies.auto.fallbacks[0]: "small-latest" is not a known model. Write its id, acme/small.',
    ],
    'a pool of nothing': [
      policy('pool: []'),
      'fairlead.yaml:3:5 policies.auto.pool: is an empty list. Write at least one member, or remove the key.',
    ],
    'a pool that can not be reached': [
      policy('pool: [globex/hank]'),
      'fairlead.yaml:3:5 policies.auto.pool: none of its models can be reached. There is no key for globex. Set GLOBEX_KEY, or write vendors.globex.apiKey.',
    ],
    'a policy that looks like a model': [
      'policies:\n  a/b: {}\n',
      'fairlead.yaml:2:3 policies["a/b"]: "a/b" has a slash, which would make it look like a model. Write a name without one.',
    ],
    'an unknown key': [
      'modles: []\n',
      'fairlead.yaml:1:1 modles: is not a known key. Did you mean "models"?',
    ],
    'an unknown key deep down': [
      model('prices: {inptu: 1, output: 2}'),
      'fairlead.yaml:4:5 models[0].prices.input: is missing. Write a number or "unknown".',
      'fairlead.yaml:4:14 models[0].prices.inptu: is not a known key. Did you mean "input"?',
    ],
    'a section that is text': [
      'server: here\n',
      'fairlead.yaml:1:9 server: "here" is not a map of keys and values. Write a map of keys and values.',
    ],
    'a number in quotes': [
      'server:\n  port: "4000"\n',
      'fairlead.yaml:2:9 server.port: "4000" is text. Write 4000 without quotes.',
    ],
    'a port that is none': [
      'server:\n  port: 99999\n',
      'fairlead.yaml:2:9 server.port: 99999 is above 65535. Write at most 65535.',
    ],
    'half a port': [
      'server:\n  port: 40.6\n',
      'fairlead.yaml:2:9 server.port: 40.6 is not a whole number. Write 41.',
    ],
    'a key without a value': [
      'server:\n  port:\n',
      'fairlead.yaml:2:8 server.port: is empty. Write a number, or remove the key.',
    ],
    'a level that is none': [
      'log:\n  level: verbos\n',
      'fairlead.yaml:2:10 log.level: "verbos" is not known here. Write silent, fatal, error, warn, info, debug or trace.',
    ],
    'a budget of zero': [
      policy('maxCostUsd: 0'),
      'fairlead.yaml:3:17 policies.auto.maxCostUsd: 0 is not above 0. Write a number above 0.',
    ],
    'a missing variable': [
      vendor('apiKey: env:NO_SUCH_KEY'),
      'fairlead.yaml:4:13 vendors.mine.apiKey: the environment variable NO_SUCH_KEY is not set. Set it, or write the value in another way.',
    ],
    'a missing variable in braces': [
      vendor('headers: {x-team: "${TEAM}"}'),
      'fairlead.yaml:4:23 vendors.mine.headers.x-team: the environment variable TEAM is not set. Set it, or write the value in another way.',
    ],
    'an unknown vendor': [
      'vendors:\n  acmee: {}\n',
      'fairlead.yaml:2:3 vendors.acmee: is not a known vendor and has no baseUrl. Did you mean "acme"?',
    ],
    'an unknown vendor to extend': [
      vendor('extends: acne'),
      'fairlead.yaml:4:14 vendors.mine.extends: "acne" is not a known vendor. Did you mean "acme"?',
    ],
    'a URL that is none': [
      'vendors:\n  mine:\n    baseUrl: localhost:11434\n',
      'fairlead.yaml:3:14 vendors.mine.baseUrl: "localhost:11434" is not a URL. Write one such as https://api.example.com/v1.',
    ],
    'the simulated vendor': [
      'vendors:\n  simulated: {local: true}\n',
      'fairlead.yaml:2:3 vendors.simulated: is the name of the simulated models. Choose another, or set their pace under simulated.',
    ],
    'a model without a vendor': [
      'models: [{id: large}]\n',
      'fairlead.yaml:1:15 models[0].id: "large" has no vendor. Write vendor/name, such as openai/gpt-5-mini.',
    ],
    'a model of an unknown vendor': [
      'models: [{id: glbex/x, contextWindow: 1000}]\n',
      'fairlead.yaml:1:15 models[0].id: "glbex" is not a known vendor. Did you mean "globex"?',
    ],
    'a model twice': [
      'models: [{id: acme/small}, {id: acme/small}]\n',
      'fairlead.yaml:1:33 models[1].id: acme/small stands twice in the list. Put what is said of it in one entry.',
    ],
    'an alias twice': [
      'models: [{id: acme/small, aliases: [s]}, {id: acme/large, aliases: [s]}]\n',
      'fairlead.yaml:1:69 models[1].aliases[0]: "s" is already a name of acme/small. Choose another.',
    ],
    'an alias that is a model': [
      'models: [{id: acme/small, aliases: [acme/large]}]\n',
      'fairlead.yaml:1:37 models[0].aliases[0]: "acme/large" is the id of another model. Choose another.',
    ],
    'a price in words': [
      model('prices: free'),
      'fairlead.yaml:4:13 models[0].prices: "free" does not fit here. Write "unknown" or a map of keys and values.',
    ],
    'a negative price': [
      model('prices: {input: -1, output: 1}'),
      'fairlead.yaml:4:21 models[0].prices.input: -1 is below 0. Write 0 or more.',
    ],
    'an unknown capability': [
      model('capabilities: [tool]'),
      'fairlead.yaml:4:20 models[0].capabilities[0]: "tool" is not known here. Did you mean "tools"?',
    ],
    'an unknown benchmark': [
      model('benchmarks: {mmlu-prro: 0.5}'),
      'fairlead.yaml:4:18 models[0].benchmarks.mmlu-prro: is not a known key. Did you mean "mmlu-pro"?',
    ],
    'a key twice': [
      'server:\n  port: 1\n  port: 2\n',
      'fairlead.yaml:3:3 The key "port" stands twice in one map. Remove one of them.',
    ],
    'a tab': ['server:\n\tport: 1\n', 'fairlead.yaml:2:1 A tab indents this line. Indent with spaces.'],
    'two documents': [
      'server: {}\n---\nserver: {}\n',
      'fairlead.yaml:2:1 The file holds several documents. Keep one, without a line "---" after it.',
    ],
    'a file of text': [
      'hello\n',
      'fairlead.yaml:1:1 "hello" is not a map of keys and values. Write a map of keys and values.',
    ],
  }
  it.each(Object.entries(cases))('%s', async (_, [text, ...faults]) => {
    expect(await faultsOf(text)).toEqual(faults)
  })

  it('broken YAML', async () => {
    const [brace] = await faultsOf('server: {port: 1\nlog: {}\n')
    expect(brace).toBe('fairlead.yaml:2:1 A bracket or brace before this is not closed. Close it.')
    const [quote] = await faultsOf('server: {host: "here}\n')
    expect(quote).toMatch(/^fairlead\.yaml:2:1 This is not YAML: .*quote.*Mend the syntax here\.$/)
  })
})

describe('the faults of a file', () => {
  it('come all at once, in the order of the file, of every stage', async () => {
    const text = `server: {prot: 4000, port: -1}
vendors:
  globex: {apiKey: env:NOT_SET}
  odd: {format: smoke-signals, baseUrl: http://127.0.0.1:1}
models:
  - {id: odd/model, contextWindow: big}
policies:
  auto: {quality: 95}
  other: {pool: [acme/smal]}
  fine: {pool: [odd/model]}
`
    const places = (await faultsOf(text)).map((fault) => fault.split(/[ ]/).slice(0, 2).join(' '))
    expect(places).toEqual([
      'fairlead.yaml:1:10 server.prot:',
      'fairlead.yaml:1:28 server.port:',
      'fairlead.yaml:3:20 vendors.globex.apiKey:',
      'fairlead.yaml:4:17 vendors.odd.format:',
      'fairlead.yaml:6:36 models[0].contextWindow:',
      'fairlead.yaml:8:19 policies.auto.quality:',
      'fairlead.yaml:9:18 policies.other.pool[0]:',
    ])
  })

  it('never show a credential', async () => {
    const secret = 'very-secret-0123456789'
    const texts = [
      vendor(`apiKey: [${secret}]`),
      vendor(`apiKey: {${secret}: 1}`),
      vendor('apiKey: 123456789012'),
      vendor(`headers: {authorization: [${secret}]}`),
      vendor(`headers: ${secret}`),
    ]
    for (const text of texts) {
      const faults = await faultsOf(text)
      expect(faults).toHaveLength(1)
      expect(faults.join()).not.toMatch(/secret-0123|123456789012/)
    }
  })

  it('are counted in the end', async () => {
    const result = await load(policy('quality: 95'))
    if (result.kind === 'resolved') return expect.fail('no fault was found')
    expect(faultsText(result.file, result.faults)).toMatch(/\n1 fault in fairlead\.yaml\.$/)
  })

  it('are values, whatever the file holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.json({ maxDepth: 4 }),
        fc.constantFrom('', 'policies: ', 'models: ', 'vendors: '),
        async (json, start) => {
          const result = await load(`${start}${json}`)
          if (result.kind === 'faulty') expect(result.faults.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('of a program have no line, or that of its error', async () => {
    const name = 'fairlead.config.ts'
    expect(await faultsOf('export default { policies: { auto: { quality: 95 } } }', {}, name)).toEqual([
      'fairlead.config.ts policies.auto.quality: 95 is above 1. Write 0.95.',
    ])
    expect(await faultsOf('const a: number = 1\nthrow new Error("no luck")', {}, name)).toEqual([
      expect.stringMatching(/^fairlead\.config\.ts(:\d+:\d+)? can't be run: no luck/),
    ])
    expect(await faultsOf('export default {,}', {}, name)).toEqual([
      expect.stringMatching(/^fairlead\.config\.ts:1:\d+ can't be run: .*Mend the program/),
    ])
    expect(await faultsOf('export const config = 1', {}, name)).toHaveLength(1)
  })

  it('tell of a file that does not exist', async () => {
    const result = await loadConfig({
      file: 'nowhere.yaml',
      directory: aFolder(),
      surroundings: surroundings(),
    })
    expect(result).toMatchObject({
      kind: 'faulty',
      file: 'nowhere.yaml',
      faults: [{ message: expect.stringMatching(/can't be read \(ENOENT\)\. Check that it exists/) }],
    })
  })

  it('tell of two files that could both be meant', async () => {
    const directory = aFolder()
    writeFileSync(join(directory, 'fairlead.yaml'), '')
    writeFileSync(join(directory, 'fairlead.config.ts'), 'export default {}')
    const result = await loadConfig({ file: null, directory, surroundings: surroundings() })
    expect(result).toMatchObject({
      kind: 'faulty',
      faults: [{ message: expect.stringContaining('stands beside fairlead.config.ts') }],
    })
  })
})

describe('a path as text', () => {
  it('joins names by dots and puts numbers and odd names in brackets', () => {
    expect(pathText(['models', 0, 'prices'])).toBe('models[0].prices')
    expect(pathText(['vendors', 'my.own', 'x'])).toBe('vendors["my.own"].x')
    expect(pathText([])).toBe('')
  })
})

describe('what a strategy goes by', () => {
  const duo = 'strategy: threshold\n    strong: acme/large\n    weak: acme/small\n'
  const faultsWith = async (text: string) => {
    const directory = aFolder()
    writeFileSync(join(directory, 'fairlead.yaml'), text)
    const world = surroundings(undefined, { strategies })
    const result = await loadConfig({ file: null, directory, surroundings: world })
    return result.kind === 'faulty' ? result.faults.map(({ path, message }) => `${path}: ${message}`) : []
  }

  it.each([
    ['a threshold', policy(`${duo}    threshold: 0.6`)],
    ['a share of calls', policy(`${duo}    strongShare: 30%`)],
    ['neither', policy(duo)],
    ['preferences', policy('strategy: preferences\n    preferences: {accuracy: {weight: 3, want: 0.9}}')],
    [
      'a criterion that some model has a figure of',
      `${model('criteria: {helpfulness: 0.9}')}${policy('strategy: preferences\n    preferences: {helpfulness: {want: 0.9}}')}`,
    ],
  ])('may be %s', async (_, text) => {
    expect(await faultsWith(text)).toEqual([])
  })

  it.each([
    [
      'a threshold and a share of calls',
      policy(`${duo}    threshold: 0.6\n    strongShare: 30%`),
      'policies.auto.strongShare: threshold and strongShare say the same thing in different ways. Keep one of them.',
    ],
    [
      'a quality, of a strategy that goes by a threshold',
      policy(`${duo}    quality: 0.9`),
      'policies.auto.quality: the strategy threshold does not go by it, but by threshold or strongShare. Remove it.',
    ],
    [
      'a quality beside preferences',
      policy('strategy: preferences\n    preferences: {accuracy: {want: 0.9}}\n    quality: 0.9'),
      'policies.auto.quality: the strategy preferences does not go by it. Remove it.',
    ],
    [
      'a criterion that no model has a figure of',
      `${model('criteria: {helpfulness: 0.9}')}${policy('strategy: preferences\n    preferences: {helpfullness: {want: 0.9}}')}`,
      'policies.auto.preferences.helpfullness: no model has a figure of helpfullness. Did you mean "helpfulness"?',
    ],
    [
      'a wish above 1',
      policy('strategy: preferences\n    preferences: {accuracy: {want: 90}}'),
      'policies.auto.preferences.accuracy.want: 90 is above 1. Write at most 1.',
    ],
  ])('may not be %s', async (_, text, fault) => {
    expect(await faultsWith(text)).toEqual([fault])
  })
})
