// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configurations hold such references
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings, testStrategies } from '../../test/support/surroundings.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy } from '../strategies/strategy.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'
import { configJsonSchema } from './schema.ts'

const checked = defineStrategy({
  name: 'checked',
  summary: 'asks a consultant, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ by: z.string() }),
  models: () => null,
  consultants: ({ by }) => [by],
  *choose({ candidates }) {
    return forward(candidates, 'for tests')
  },
})

const byHeader = defineStrategy({
  name: 'by-header',
  summary: 'reads a header, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ header: z.string() }),
  models: () => null,
  headers: ({ header }) => [header],
  *choose({ candidates }) {
    return forward(candidates, 'for tests')
  },
})

const world = surroundings(
  { ACME_API_KEY: 'acme-key-1', CHECK_KEY: 'check-key-1' },
  { strategies: [...testStrategies, checked, byHeader] },
)

async function load(text: string, file = 'fairlead.yaml') {
  const directory = aFolder()
  writeFileSync(join(directory, file), text)
  return loadConfig({ file: null, directory, surroundings: world })
}

async function consultantsOf(text: string, file?: string) {
  const result = await load(text, file)
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return result.config.consultants
}

async function faultsOf(text: string, file?: string): Promise<string[]> {
  const result = await load(text, file)
  return result.kind === 'resolved' ? [] : faultsText(result.file, result.faults).split('\n').slice(0, -1)
}

describe('consultants', () => {
  test('have a URL, headers of the environment, and limits', async () => {
    const [one] = await consultantsOf(
      'consultants: {checker: {url: "http://127.0.0.1:8080/check?k=${CHECK_KEY}", headers: {Authorization: "Bearer ${CHECK_KEY}"}}}',
    )
    expect(one).toMatchObject({ name: 'checker', kind: 'http', timeoutMs: 2_000, maxConcurrent: 16 })
    if (one?.kind !== 'http') throw new Error('not over HTTP')
    expect(one.url.reveal()).toBe('http://127.0.0.1:8080/check?k=check-key-1')
    expect(one.headers.authorization?.reveal()).toBe('Bearer check-key-1')
    expect(JSON.stringify(one)).not.toContain('check-key-1')
  })

  test('of a program may be functions, alone or with limits', async () => {
    const text =
      'export default { consultants: { a: () => ({ score: 1 }), b: { ask: () => null, timeoutMs: 5, maxConcurrent: 1 } } }'
    expect(await consultantsOf(text, 'fairlead.config.mjs')).toMatchObject([
      { name: 'a', kind: 'function', timeoutMs: 2_000, maxConcurrent: 16, ask: expect.any(Function) },
      { name: 'b', kind: 'function', timeoutMs: 5, maxConcurrent: 1, ask: expect.any(Function) },
    ])
  })

  test.each([
    ['{checker: {}}', 'consultants.checker: has no url. Write one such as http://127.0.0.1:8080/check.'],
    ['{checker: {url: nowhere}}', 'consultants.checker.url: is not a URL.'],
    ['{checker: {url: "ftp://x"}}', 'consultants.checker.url: is not a URL.'],
    ['{checker: {url: "http://me:pass@x"}}', 'holds a user name or a password. Send them in a header'],
    ['{checker: {url: "${NOWHERE}"}}', 'the environment variable NOWHERE is not set'],
    [
      '{checker: {url: "http://x", headers: {a: "${NOWHERE}"}}}',
      'the environment variable NOWHERE is not set',
    ],
    ['{checker: {url: "http://x", timeoutMs: 0}}', 'consultants.checker.timeoutMs: 0 is not above 0'],
    ['{checker: {url: "http://x", timeout: 1}}', 'consultants.checker.timeout: is not a known key'],
    ['{checker: 5}', 'is no consultant. Write its url'],
    ['{checker: {url: "http://x", ask: no}}', 'is no consultant. Write its url'],
  ])('%s is refused with what to write', async (written, message) => {
    const faults = await faultsOf(`consultants: ${written}`)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(message)
    expect(faults[0]).not.toContain('pass@')
  })

  test.each([
    ['{ url: "http://x", ask: () => null }', 'has a url and a function. Keep one of them.'],
    ['{ headers: { a: "b" }, ask: () => null }', 'go with a url only. Remove them.'],
  ])('%s of a program is refused', async (written, message) => {
    const faults = await faultsOf(
      `export default { consultants: { one: ${written} } }`,
      'fairlead.config.mjs',
    )
    expect(faults).toEqual([expect.stringContaining(message)])
  })

  test('a policy may ask those that there are, faulty ones included, and no others', async () => {
    const policy = 'policies: {careful: {strategy: checked, by: checker}}'
    expect(await faultsOf(`${policy}\nconsultants: {checker: {url: "http://x"}}`)).toEqual([])
    expect(await faultsOf(`${policy}\nconsultants: {checker: {url: nowhere}}`)).toEqual([
      expect.stringContaining('consultants.checker.url: is not a URL'),
    ])
    expect(await faultsOf(`${policy}\nconsultants: {cheker: {url: "http://x"}}`)).toEqual([
      expect.stringMatching(/policies.careful.by: "checker" is not a consultant. .*cheker/),
    ])
  })

  test('stand in the JSON Schema, which no function fits', () => {
    const schema = JSON.parse(JSON.stringify(configJsonSchema(testStrategies)))
    const forms = schema.properties.consultants.additionalProperties.anyOf
    expect(forms).toHaveLength(2)
    expect(forms[0].properties.url.description).toContain('Where questions are posted')
    expect(forms[0].properties.ask.not).toEqual({})
    expect(forms[1].not).toEqual({})
  })
})

test.each(['authorization', 'Cookie', 'x-api-key'])('no policy may read the header %s', async (header) => {
  const written = (name: string) => `policies: {auto: {strategy: by-header, header: ${name}}}`
  expect(await faultsOf(written(header))).toEqual([
    expect.stringMatching(/policies.auto.header: the header .* holds a secret, which no policy may read/),
  ])
  expect(await faultsOf(written('x-tenant'))).toEqual([])
})
