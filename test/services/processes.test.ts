/** Fairlead as processes: one that is killed, two that share a Redis and a PostgreSQL. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/storage/open-store.ts'
import { Secret } from '../../src/domain/secret.ts'
import type { Store } from '../../src/storage/store.ts'
import { aFolder } from '../support/a-folder.ts'
import { aPostgres, type TestPostgres } from '../support/a-postgres.ts'
import { type Serving, start, writeConfig } from '../support/a-process.ts'
import { type RunningRedis, startRedis } from '../support/a-redis.ts'

const story = [{ role: 'user', content: 'What is 17 * 23?' }]

async function serveIn(folder: string, config: object): Promise<Pick<Serving, 'url' | 'process' | 'ended'>> {
  writeConfig(folder, config)
  const running = start(folder, ['serve', '--port', '0'])
  const [, url = ''] = await running.says(/serves on (http:\S+)/)
  return { ...running, url }
}

type Answered = {
  readonly from: string
  /** When the client had all of it, by the clock of `performance.now`. */
  readonly atMs: number
  readonly status: number
  readonly id: string | null
  readonly usd: number
}

/** Of the log a killed process takes along what it wrote last: 250 ms, and as much again where servers share two cores. */
const lastMomentsMs = 500

async function ask(url: string, headers: Record<string, string> = {}): Promise<Answered | null> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'simulated/mid', messages: story }),
    })
    await response.text()
    return {
      from: url,
      atMs: performance.now(),
      status: response.status,
      id: response.headers.get('x-fairlead-decision'),
      usd: Number(response.headers.get('x-fairlead-cost-usd') ?? 0),
    }
  } catch {
    return null
  }
}

/** Asks on many lines at once until it is told to stop. */
function load(urls: readonly string[], lines: number, headers: Record<string, string> = {}) {
  const answers: Answered[] = []
  let going = true
  const line = async (index: number): Promise<void> => {
    while (going) {
      const answer = await ask(urls[index % urls.length]!, headers)
      if (answer) answers.push(answer)
      else await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const all = Promise.all(Array.from({ length: lines }, (_, index) => line(index)))
  return {
    answers,
    stop: async () => {
      going = false
      await all
    },
  }
}

type Limit = { readonly spent: number; readonly reserved: number; readonly limit: number }

async function limitsAt(url: string): Promise<readonly Limit[]> {
  const response = await fetch(`${url}/admin/limits`)
  return ((await response.json()) as { limits: readonly Limit[] }).limits
}

const childrenOf = (pid: number): readonly number[] => {
  const found = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return found.split('\n').flatMap((line) => {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    return parent === pid && child !== undefined ? [child] : []
  })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a process that is killed in the middle of load', () => {
  test('has lost nothing of the sums, and of the log no more than its last moments', async () => {
    const folder = aFolder()
    const config = { simulated: { pace: 0 }, limits: [{ for: 'all', usd: 1_000, per: 'lifetime' }] }
    const first = await serveIn(folder, config)
    const { answers, stop } = load([first.url], 8)
    while (answers.length < 200) await pause(20)
    const killedAtMs = performance.now()
    first.process.kill('SIGKILL')
    await once(first.process, 'exit')
    await stop()
    const second = await serveIn(folder, config)
    const [limit] = await limitsAt(second.url)
    const told = answers.reduce((sum, { usd }) => sum + usd, 0)
    // What clients were told of is in the sum; what was under way may be as well. Headers have six digits.
    expect(limit!.spent).toBeGreaterThanOrEqual(told - answers.length * 1e-6)
    expect(limit!.reserved).toBe(0)
    // Another process may write to the file while it is read.
    const store = await openStore({ kind: 'sqlite', path: join(folder, '.fairlead', 'fairlead.db') })
    const missing = await missingOf(store, answers)
    await store.close()
    expect(missing.filter(({ atMs }) => atMs < killedAtMs - lastMomentsMs)).toEqual([])
  })
})

/** Those of which a client was told, and the log knows nothing. */
async function missingOf(store: Store, answers: readonly Answered[]): Promise<readonly Answered[]> {
  const found = await Promise.all(answers.map(({ id }) => store.decision(id as never)))
  return answers.filter((_, index) => found[index]?.outcome == null)
}

describe('two processes on one Redis and one PostgreSQL', () => {
  let redis: RunningRedis
  let postgres: TestPostgres
  beforeAll(async () => {
    redis = await startRedis()
    postgres = await aPostgres()
  })
  afterAll(async () => {
    await redis.stop()
    await postgres.stop()
  })

  async function pair(changes: object) {
    const storage = await postgres.freshDatabase()
    const config = { simulated: { pace: 0 }, storage, state: redis.url, ...changes }
    const [one, other] = [await serveIn(aFolder(), config), await serveIn(aFolder(), config)]
    return { storage, one, other }
  }

  test('respect one limit under load through both, and the death of one loses nothing', async () => {
    const limit = 0.05
    const { storage, one, other } = await pair({
      limits: [{ for: 'tag', name: 'shared', usd: limit, per: 'lifetime' }],
    })
    const { answers, stop } = load([one.url, other.url], 8, { 'x-fairlead-tags': 'shared' })
    while (!answers.some(({ status }) => status === 402)) await pause(20)
    const killedAtMs = performance.now()
    one.process.kill('SIGKILL')
    await once(one.process, 'exit')
    await pause(1_000)
    await stop()
    const told = answers.reduce((sum, { usd, status }) => sum + (status === 200 ? usd : 0), 0)
    expect(told).toBeLessThanOrEqual(limit)
    expect(told).toBeGreaterThan(limit * 0.5)
    const [balance] = await limitsAt(other.url)
    expect(balance!.spent + balance!.reserved).toBeGreaterThanOrEqual(told - answers.length * 1e-6)
    // Whoever was told of an answer finds it on record, but for the last moments of the one that was killed.
    const store = await openStore({ kind: 'postgres', url: new Secret(storage) })
    const answered = answers.filter(({ status }) => status === 200)
    const missing = await missingOf(store, answered)
    await store.close()
    expect(missing.filter(({ from }) => from === other.url)).toEqual([])
    expect(missing.filter(({ atMs }) => atMs < killedAtMs - lastMomentsMs)).toEqual([])
  })

  test('as workers on one port tell their metrics as one, and go on counting when one is killed', async () => {
    const storage = await postgres.freshDatabase()
    const config = { simulated: { pace: 0 }, storage, state: redis.url, workers: 2 }
    const serving = await serveIn(aFolder(), config)
    const workers = () => childrenOf(serving.process.pid!)
    await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(2)
    // A connection stays with the worker that took it: each request makes its own.
    const alone = { connection: 'close' }
    const counted = async (): Promise<number> => {
      const text = await (await fetch(`${serving.url}/metrics`, { headers: alone })).text()
      const lines = text.matchAll(/^fairlead_requests_total\{.*\} (\d+)$/gm)
      return [...lines].reduce((sum, [, count]) => sum + Number(count), 0)
    }
    const sendSome = async (count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent++) expect((await ask(serving.url, alone))?.status).toBe(200)
    }
    await sendSome(30)
    for (let scrape = 0; scrape < 4; scrape++) expect(await counted()).toBe(30)
    const [killed] = workers()
    process.kill(killed!, 'SIGKILL')
    await expect.poll(() => workers().filter((pid) => pid !== killed).length, { timeout: 20_000 }).toBe(2)
    await expect.poll(() => ask(serving.url, alone), { timeout: 20_000 }).toMatchObject({ status: 200 })
    await sendSome(10)
    for (let scrape = 0; scrape < 4; scrape++) expect(await counted()).toBe(41)
  })

  test('know each other’s keys, and that one was revoked', async () => {
    const { one, other } = await pair({ keys: { required: true } })
    const made = await fetch(`${one.url}/admin/keys`, {
      method: 'POST',
      body: JSON.stringify({ name: 'both' }),
    })
    const { key, secret } = (await made.json()) as { key: { id: string }; secret: string }
    const headers = { authorization: `Bearer ${secret}` }
    expect((await ask(other.url, headers))?.status).toBe(200)
    await fetch(`${one.url}/admin/keys/${key.id}`, { method: 'DELETE' })
    await expect.poll(async () => (await ask(other.url, headers))?.status, { timeout: 4_000 }).toBe(401)
  })

  test('serve on when Redis is gone, and agree again when it is back', async () => {
    const { one, other } = await pair({ limits: [{ for: 'all', usd: 100, per: 'lifetime' }] })
    expect((await ask(one.url))?.status).toBe(200)
    await redis.kill()
    for (const { url } of [one, other, one, other]) expect((await ask(url))?.status).toBe(200)
    await redis.start()
    await expect
      .poll(
        async () => {
          const [mine, theirs] = [await limitsAt(one.url), await limitsAt(other.url)]
          return mine[0]!.spent > 0 && mine[0]!.spent === theirs[0]!.spent
        },
        { timeout: 30_000 },
      )
      .toBe(true)
  })
})
