import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../test/support/a-folder.ts'
import { surroundings } from '../../test/support/surroundings.ts'
import { faultsText } from './faults.ts'
import { loadConfig } from './load.ts'

const variables = {
  DATABASE: 'postgres://fairlead:hidden-password@db.internal/fairlead',
  REDIS: 'redis://cache:6379',
  SHORT: 'guess-me',
}

async function load(text: string) {
  const directory = aFolder()
  writeFileSync(join(directory, 'fairlead.yaml'), text)
  return {
    directory,
    result: await loadConfig({ file: null, directory, surroundings: surroundings(variables) }),
  }
}

async function resolved(text: string) {
  const { directory, result } = await load(text)
  if (result.kind === 'faulty') throw new Error(faultsText(result.file, result.faults))
  return { config: result.config, directory }
}

async function faultsOf(text: string): Promise<string> {
  const { result } = await load(text)
  return result.kind === 'resolved' ? '' : faultsText(result.file, result.faults)
}

describe('storage', () => {
  test('is the file of the log where nothing is said', async () => {
    const { config, directory } = await resolved('log: {path: kept/decisions.db}')
    expect(config.storage).toEqual({ kind: 'sqlite', path: join(directory, 'kept', 'decisions.db') })
  })

  test('is a file beside the configuration, memory, or a database with its password kept secret', async () => {
    const { config, directory } = await resolved('storage: data/all.db')
    expect(config.storage).toEqual({ kind: 'sqlite', path: join(directory, 'data', 'all.db') })
    expect((await resolved("storage: ':memory:'")).config.storage).toEqual({
      kind: 'sqlite',
      path: ':memory:',
    })
    const { storage } = (await resolved('storage: env:DATABASE')).config
    expect(storage.kind === 'postgres' && storage.url.reveal()).toBe(variables.DATABASE)
    expect(JSON.stringify(storage)).not.toContain('hidden-password')
  })

  test.each([
    ['mysql://db/fairlead', 'mysql:// is no storage that is known here'],
    ['postgres://db', 'It names no database'],
    ['postgres://me:hidden-password@db/one?schema=a-b', 'Its schema may have letters'],
  ])('that is %s is refused with what to write instead', async (text, told) => {
    const faults = await faultsOf(`storage: ${JSON.stringify(text)}`)
    expect(faults).toContain(told)
    expect(faults).toMatch(/postgres:\/\/user:password@host/)
    expect(faults).not.toContain('hidden-password')
  })
})

describe('what processes share', () => {
  test('is their memory, or a Redis', async () => {
    expect((await resolved('state: memory')).config.state).toEqual({ kind: 'memory' })
    const { config } = await resolved('{state: env:REDIS, workers: 4}')
    expect(config.workers).toBe(4)
    expect(config.state.kind === 'redis' && config.state.url.reveal()).toBe(variables.REDIS)
  })

  test('must be a Redis where there are several', async () => {
    expect(await faultsOf('state: memcached://cache')).toContain('is no Redis. Write redis://host:6379')
    expect(await faultsOf('workers: 2')).toContain('Set state to a Redis, or workers to 1')
  })
})

test('a token that can be guessed is refused, and not shown', async () => {
  const faults = await faultsOf('admin: {token: env:SHORT}')
  expect(faults).toContain('has fewer than 16 characters')
  expect(faults).not.toContain(variables.SHORT)
})

test.each([
  ['{for: all}', 'limits nothing'],
  ['{for: all, name: a, usd: 1, per: day}', 'has no meaning for all requests together'],
  ['{for: all, usd: 1}', 'says how much, and not in which time'],
  ['{for: all, per: day, concurrency: 1}', 'says in which time, and not how much'],
])('a limit %s is refused with what to do', async (limit, told) => {
  expect(await faultsOf(`limits: [${limit}]`)).toContain(told)
})
