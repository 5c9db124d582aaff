/** What becomes of limits when Redis is slow, gone, full or empty. Times are scaled down: what takes 90 s in life takes a second here. */

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openRedisState, type RedisStateOptions } from '../../src/storage/state/redis-state.ts'
import type { Account, OpenHold, SharedState, StateProblem } from '../../src/storage/state/shared-state.ts'
import { aRedis } from '../support/a-redis.ts'
import { aClock } from '../support/an-engine.ts'

type Opened = { readonly state: SharedState; readonly problems: StateProblem[] }

/** One process's state over a Redis. Tight enough that a pause is seen, wide enough for a machine that is busy. */
async function open(url: string, options: Partial<RedisStateOptions> = {}): Promise<Opened> {
  const problems: StateProblem[] = []
  const state = await openRedisState({
    clock: aClock,
    report: (problem) => problems.push(problem),
    url,
    commandTimeoutMs: 400,
    refreshEveryMs: 50,
    probeAfterMs: 20,
    probeAtMostMs: 100,
    ...options,
  })
  onTestFinished(() => state.close())
  return { state, problems }
}

const key: Account = { name: 'key k-1 usd', per: 'month' }
const limit = 1000
const minute = 60_000

async function held({ state }: Opened, amount: number): Promise<OpenHold> {
  const answer = await state.hold([{ account: key, amount, limit }], minute)
  if (answer.kind === 'refused') throw new Error(`refused: ${JSON.stringify(answer.balance)}`)
  return answer.hold
}
const spend = async (opened: Opened, amount: number) => (await held(opened, amount)).settle([amount])
const shared = (...all: Opened[]) =>
  expect
    .poll(() => all.map(({ state }) => state.mode()), { timeout: 15_000 })
    .toEqual(all.map(() => 'shared'))
const sums = async ({ state }: Opened) => {
  const [balance] = await state.balances([key])
  return [balance?.spent, balance?.reserved]
}
const kinds = ({ problems }: Opened) => problems.map(({ kind }) => kind)

/** A client beside the states; it goes on trying. */
function aClient(url: string): Redis {
  const client = new Redis(url)
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}

describe('a Redis that pauses', { timeout: 30_000 }, () => {
  test('holds nobody up, is told once, and learns everything when it goes on, once', async () => {
    const redis = await aRedis()
    const [one, other] = [await open(redis.url), await open(redis.url)]
    await spend(one, 100)
    const across = await held(one, 100)
    const open_ = await held(other, 10)
    redis.pause()
    // The first waits as long as a command may; its answer is lost, whether or not Redis gets to it.
    await spend(one, 50)
    await spend(other, 30)
    expect([one.state.mode(), other.state.mode()]).toEqual(['local', 'local'])
    for (let n = 0; n < 100; n++) await spend(one, 1)
    await across.settle([90])
    const later = await held(other, 40)
    await open_.change([15])
    await sleep(500)
    expect([kinds(one), kinds(other)]).toEqual([['degraded'], ['degraded']])
    redis.resume()
    await shared(one, other)
    await expect.poll(() => sums(one)).toEqual([100 + 50 + 30 + 100 + 90, 40 + 15])
    await later.settle([41])
    await open_.settle([5])
    expect(await sums(other)).toEqual([370 + 46, 0])
    expect([kinds(one), kinds(other)]).toEqual([
      ['degraded', 'recovered'],
      ['degraded', 'recovered'],
    ])
  })

  test('local limits go by what was known last', async () => {
    const redis = await aRedis()
    const [one, other] = [await open(redis.url), await open(redis.url)]
    await spend(other, 600)
    expect(await sums(one)).toEqual([600, 0])
    const claims = [{ rate: { name: 'r', windowMs: minute, limit: 2 }, amount: 1 }]
    expect((await one.state.admit(claims)).kind).toBe('admitted')
    const inside = await one.state.enter([{ name: 's', limit: 1 }], minute)
    await one.state.write('session', 'acme/small', minute)
    await one.state.addSums('bandit', { f: [1] })
    await one.state.readSums('bandit')
    redis.pause()
    const answers = []
    for (let n = 0; n < 6; n++) {
      answers.push((await one.state.hold([{ account: key, amount: 100, limit }], minute)).kind)
    }
    expect(answers).toEqual(['held', 'held', 'held', 'held', 'refused', 'refused'])
    expect(one.state.balance(key)).toMatchObject({ spent: 600, reserved: 400 })
    expect((await one.state.admit(claims)).kind).toBe('admitted')
    expect((await one.state.admit(claims)).kind).toBe('refused')
    expect((await one.state.enter([{ name: 's', limit: 1 }], minute)).kind).toBe('full')
    if (inside.kind === 'entered') await inside.leave()
    expect((await one.state.enter([{ name: 's', limit: 1 }], minute)).kind).toBe('entered')
    expect(await one.state.read('session')).toBe('acme/small')
    await one.state.addSums('bandit', { f: [2] })
    expect(await one.state.readSums('bandit')).toEqual({ f: [3] })
    redis.resume()
    await shared(one, other)
    await expect.poll(() => sums(other)).toEqual([600, 400])
    await expect.poll(() => other.state.readSums('bandit')).toEqual({ f: [3] })
    expect((await other.state.enter([{ name: 's', limit: 1 }], minute)).kind).toBe('entered')
  })
})

describe('a Redis that dies and comes back empty', { timeout: 30_000 }, () => {
  test('is given what the processes know, and what they spent meanwhile', async () => {
    const redis = await aRedis()
    const [one, other] = [await open(redis.url), await open(redis.url)]
    await spend(one, 300)
    await spend(other, 200)
    expect([await sums(one), await sums(other)]).toEqual([
      [500, 0],
      [500, 0],
    ])
    const across = await held(one, 100)
    const ended = await held(one, 7)
    await one.state.addSums('bandit', { f: [5] })
    await one.state.readSums('bandit')
    await redis.kill()
    await spend(one, 20)
    await spend(other, 30)
    await ended.settle([6])
    const local = await held(other, 11)
    await redis.start()
    await shared(one, other)
    await expect.poll(() => sums(one)).toEqual([556, 111])
    await across.settle([80])
    await local.settle([11])
    expect(await sums(other)).toEqual([647, 0])
    expect(await other.state.readSums('bandit')).toEqual({ f: [5] })
  })

  test('between two requests: the next one sees it', async () => {
    const redis = await aRedis()
    // Nobody looks in between.
    const one = await open(redis.url, { refreshEveryMs: minute })
    await spend(one, 900)
    const across = await held(one, 50)
    await aClient(redis.url).flushall()
    const answer = await one.state.hold([{ account: key, amount: 200, limit }], minute)
    expect(answer.kind).toBe('refused')
    await shared(one)
    expect(await sums(one)).toEqual([900, 50])
    await aClient(redis.url).flushall()
    await across.settle([40])
    await shared(one)
    await expect.poll(() => sums(one)).toEqual([940, 0])
  })

  test('after a process that knows nothing came first: the larger sum holds', async () => {
    const redis = await aRedis()
    const one = await open(redis.url)
    await spend(one, 900)
    await redis.kill()
    await redis.start()
    const fresh = await open(redis.url)
    await shared(one, fresh)
    await expect.poll(() => sums(fresh)).toEqual([900, 0])
  })
})

describe('a Redis that refuses', { timeout: 30_000 }, () => {
  test.each([
    ['has no memory left', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM/],
    ['is a replica now', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], /READONLY/],
  ] as const)('because it %s: decides here until it takes writes again', async (_, worse, better, reason) => {
    const redis = await aRedis()
    const one = await open(redis.url)
    await spend(one, 10)
    const client = aClient(redis.url)
    await client.call(worse[0], ...worse.slice(1))
    await spend(one, 20)
    expect(one.state.mode()).toBe('local')
    expect(one.problems).toMatchObject([{ kind: 'degraded', reason: expect.stringMatching(reason) }])
    await client.call(better[0], ...better.slice(1))
    await shared(one)
    await expect.poll(() => sums(one)).toEqual([30, 0])
  })

  test('because it is not there when the process starts: goes on without, and catches up', async () => {
    const redis = await aRedis()
    await redis.kill()
    const one = await open(redis.url, { openTimeoutMs: 50 })
    expect(one.state.mode()).toBe('local')
    await spend(one, 20)
    await redis.start()
    await shared(one)
    await expect.poll(() => sums(one)).toEqual([20, 0])
    expect(kinds(one)).toEqual(['degraded', 'recovered'])
  })
})

/** Between a state and Redis: can lose the answer to a command that Redis has carried out, and cut the connection. */
async function aCutter(redisUrl: string) {
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const { hostname, port } = new URL(redisUrl)
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (bytes) => {
      if (cuts > 0) {
        cuts -= 1
        client.destroy()
      } else client.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** The next so many answers, each with its connection. */
    cutNext: (answers = 1) => {
      cuts = answers
    },
  }
}

describe('a connection that is cut after Redis has done what it was asked', { timeout: 30_000 }, () => {
  async function cut() {
    const redis = await aRedis()
    const cutter = await aCutter(redis.url)
    // Nothing in the background that would be cut in the place of what is meant.
    return { one: await open(cutter.url, { refreshEveryMs: minute }), other: await open(redis.url), cutter }
  }

  test('while it set something aside: it is set aside once', async () => {
    const { one, other, cutter } = await cut()
    await spend(one, 1)
    cutter.cutNext()
    const hold = await held(one, 100)
    await shared(one)
    expect(await sums(other)).toEqual([1, 100])
    await hold.settle([90])
    expect(await sums(other)).toEqual([91, 0])
  })

  test('while it refused here what Redis has set aside: that is given back', async () => {
    const { one, other, cutter } = await cut()
    await spend(one, 900)
    const theirs = await held(other, 90)
    expect(await sums(one)).toEqual([900, 90])
    await theirs.settle([0])
    cutter.cutNext()
    const answer = await one.state.hold([{ account: key, amount: 100, limit }], minute)
    expect(answer.kind).toBe('refused')
    await shared(one)
    await expect.poll(() => sums(other)).toEqual([900, 0])
  })

  test.each([1, 2, 4])('while it settled, %d times in a row: it counts once', async (times) => {
    const { one, other, cutter } = await cut()
    const hold = await held(one, 100)
    cutter.cutNext(times)
    await hold.settle([90])
    await shared(one)
    expect(await sums(other)).toEqual([90, 0])
  })

  test('while it was told what had happened meanwhile: it counts once', async () => {
    const { one, other, cutter } = await cut()
    cutter.cutNext()
    await spend(one, 10)
    for (let n = 0; n < 5; n++) await spend(one, 10)
    // Of the next answers, all that it takes to catch up is cut once: the epoch, and each thing that is told.
    for (let answers = 1; answers < 6; answers++) {
      await shared(one)
      cutter.cutNext(answers)
      await spend(one, 10)
      await spend(one, 10)
    }
    await shared(one)
    await expect.poll(() => sums(other)).toEqual([160, 0])
  })

  test('while it added to sums: they are added once', async () => {
    const { one, other, cutter } = await cut()
    await one.state.addSums('bandit', { f: [1] })
    for (let answers = 1; answers < 4; answers++) {
      cutter.cutNext(answers)
      await one.state.addSums('bandit', { f: [10] })
      await one.state.addSums('bandit', { f: [100] })
      await shared(one)
    }
    await expect.poll(() => other.state.readSums('bandit')).toEqual({ f: [331] })
  })
})

type Act =
  | { readonly kind: 'hold'; readonly amount: number }
  | { readonly kind: 'change' | 'settle' | 'keep'; readonly which: number; readonly amount: number }
  | { readonly kind: 'cut'; readonly answers: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'wait'; readonly ms: number }

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('hold' as const), amount: fc.nat(100) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('change' as const, 'settle' as const, 'keep' as const),
        which: fc.nat(4),
        amount: fc.nat(150),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('cut' as const), answers: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('empty' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(120) }) },
  ),
  { minLength: 10, maxLength: 40 },
)

test('whatever is cut or lost on the way, everything counts once', { timeout: 120_000 }, async () => {
  const redis = await aRedis()
  const cutter = await aCutter(redis.url)
  const client = aClient(redis.url)
  let round = 0
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      round += 1
      const prefix = `round-${round}`
      const problems: StateProblem[] = []
      const state = await openRedisState({
        clock: aClock,
        report: (problem) => problems.push(problem),
        url: cutter.url,
        prefix,
        commandTimeoutMs: 1000,
        refreshEveryMs: 40,
        probeAfterMs: 5,
        probeAtMostMs: 20,
      })
      const one = { state, problems }
      const open: { hold: OpenHold; amount: number }[] = []
      let spent = 0
      for (const act of list) {
        if (act.kind === 'cut') cutter.cutNext(act.answers)
        else if (act.kind === 'empty') await client.flushall()
        else if (act.kind === 'wait') await sleep(act.ms)
        else if (act.kind === 'hold') {
          const answer = await state.hold([{ account: key, amount: act.amount, limit: null }], minute)
          if (answer.kind === 'held') open.push({ hold: answer.hold, amount: act.amount })
        } else {
          const chosen = open[act.which]
          if (!chosen) continue
          if (act.kind === 'change') {
            chosen.amount = act.amount
            await chosen.hold.change([act.amount])
            continue
          }
          open.splice(act.which, 1)
          spent += act.kind === 'keep' ? chosen.amount : act.amount
          await (act.kind === 'keep' ? chosen.hold.keep() : chosen.hold.settle([act.amount]))
        }
      }
      cutter.cutNext(0)
      const reserved = () => open.reduce((sum, { amount }) => sum + amount, 0)
      await expect.poll(() => sums(one), { timeout: 10_000 }).toEqual([spent, reserved()])
      await shared(one)
      for (const { hold, amount } of open.splice(0)) {
        await hold.settle([amount])
        spent += amount
      }
      await expect.poll(() => sums(one), { timeout: 10_000 }).toEqual([spent, 0])
      await state.close()
    }),
    { numRuns: 25, endOnFailure: true },
  )
})
