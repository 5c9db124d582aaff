import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings, testStrategies } from '../../test/support/surroundings.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy } from '../strategies/strategy.ts'
import { check, checkCommand } from './check.ts'

const through = defineStrategy({
  name: 'through',
  summary: 'another policy chooses, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ way: z.string(), by: z.string(), header: z.string() }),
  models: () => null,
  ways: ({ way }) => [way],
  consultants: ({ by }) => [by],
  headers: ({ header }) => [header],
  *choose({ candidates }) {
    return forward(candidates, 'for tests')
  },
})

function checked(text: string | null, variables?: Record<string, string>) {
  const directory = aFolder()
  if (text !== null) writeFileSync(join(directory, 'fairlead.yaml'), text)
  const world = surroundings(variables, { strategies: [...testStrategies, through] })
  return check({ file: null, directory, surroundings: world })
}

describe('fairlead check', () => {
  it('prints every fault of a faulty configuration and ends with 1', async () => {
    const { text, exitCode } = await checked('server: {prot: 1}\npolicies:\n  auto: {quality: 95}\n')
    expect(exitCode).toBe(1)
    expect(text.split('\n')).toEqual([
      'fairlead.yaml:1:10 server.prot: is not a known key. Did you mean "port"?',
      'fairlead.yaml:3:19 policies.auto.quality: 95 is above 1. Write 0.95.',
      '2 faults in fairlead.yaml.',
    ])
  })

  it('says what a good one amounts to, and no key', async () => {
    const { text, exitCode } = await checked(
      'policies:\n  cheap: {lambda: 30, pool: [acme/small], fallbacks: [acme/large]}\n  two: {strategy: pair, strong: acme/large}\n',
    )
    expect(exitCode).toBe(0)
    expect(text).toMatch(/^\/.*fairlead\.yaml has no faults\.\n\n- ACME_API_KEY found: 3 models of Acme\n/)
    expect(text).toMatch(/^acme +3 +from the environment +https:\/\/api\.acme\.example\/v1$/m)
    expect(text).toMatch(/^acme\/large +\$10\.00 +\$40\.00 +128,000$/m)
    expect(text).toMatch(
      /^auto +utility +keep 98\.0 % of the best quality +all models +the rest of the pool +[0-9a-f]{12}$/m,
    )
    expect(text).toMatch(/^cheap +utility +lambda 30 +acme\/small +acme\/large +[0-9a-f]{12}$/m)
    expect(text).toMatch(/^two +pair +none needed +acme\/large /m)
    expect(text).not.toContain('acme-key-1')
  })

  it('shows who sends requests to whom, whom they ask, and what they may spend', async () => {
    const { text, exitCode } = await checked(
      'consultants: {checker: {url: "http://127.0.0.1:9/"}}\npolicies:\n  outer: {strategy: through, way: inner, by: checker, header: x-plan, budget: {usd: 5, per: day}}\n  inner: {strategy: utility, pool: [acme/small]}\n',
    )
    expect(text).toMatch(
      /^Policy +Strategy +Objective +Budget +Pool +Sends on to +Asks +Reads +Fallbacks +Version$/m,
    )
    expect(text).toMatch(/^outer +through +\S.* \$5\.00 a day +acme\/small +inner +checker +x-plan /m)
    expect(exitCode).toBe(0)
  })

  it('needs no file', async () => {
    const { text, exitCode } = await checked(null, {})
    expect(exitCode).toBe(0)
    expect(text).toMatch(
      /^No configuration file: the defaults hold\.\n\n- no key found: using simulated models/,
    )
    expect(text).toMatch(/^simulated +2 +none needed /m)
  })
})

describe('the check command', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  async function run(...args: string[]) {
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text))
    vi.spyOn(console, 'error').mockImplementation((text: string) => void printed.push(text))
    const program = new Command()
    checkCommand(program)
    await program.parseAsync(['check', ...args], { from: 'user' })
    return { text: printed.join('\n'), exitCode: process.exitCode }
  }

  it('prints a JSON Schema', async () => {
    const { text } = await run('--schema')
    expect(JSON.parse(text)).toMatchObject({ type: 'object', properties: { policies: { type: 'object' } } })
  })

  it('lists the strategies with their options', async () => {
    const { text } = await run('--strategies')
    expect(text).toMatch(/^weighted +weights +a random model, in proportion to its weight$/m)
  })

  it('checks the file it is given and sets the exit code', async () => {
    const file = join(aFolder(), 'mine.yml')
    writeFileSync(file, 'server: {port: -1}')
    const { text, exitCode } = await run(file)
    expect(text).toContain('server.port: -1 is below 0. Write 0 or more.')
    expect(exitCode).toBe(1)
  })
})
