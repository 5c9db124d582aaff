import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { limitPeriods } from '../../src/domain/limits.ts'
import { periodAt } from '../../src/domain/period.ts'
import { budgetScripts } from '../../src/storage/state/redis/budget-scripts.ts'
import { openRedisState, type RedisStateOptions } from '../../src/storage/state/redis-state.ts'
import type { OpenHold, SharedState } from '../../src/storage/state/shared-state.ts'
import { stateContract } from '../../src/storage/state/state.contract.ts'
import { StateError } from '../../src/storage/state/state-error.ts'
import { aFreePort, aRedis, sharedRedis } from '../support/a-redis.ts'
import { aClock } from '../support/an-engine.ts'

let redis: Awaited<ReturnType<typeof sharedRedis>>
beforeAll(async () => {
  redis = await sharedRedis()
})
afterAll(() => redis.stop())

let prefixes = 0
const aPrefix = () => `test-${process.pid}-${prefixes++}`

/** One process's state. These tests are not about time: commands have plenty of it. */
async function open(prefix: string, options: Partial<RedisStateOptions> = {}): Promise<SharedState> {
  const state = await openRedisState({
    clock: aClock,
    report: () => {},
    url: redis.url,
    prefix,
    commandTimeoutMs: 5000,
    ...options,
  })
  onTestFinished(() => state.close())
  expect(state.mode()).toBe('shared')
  return state
}

/** A client beside the states, to look at what they have written. */
function aClient(url = redis.url): Redis {
  const client = new Redis(url)
  onTestFinished(() => client.disconnect())
  return client
}

stateContract(async () => ({
  state: await openRedisState({
    clock: aClock,
    report: () => {},
    url: redis.url,
    prefix: aPrefix(),
    commandTimeoutMs: 5000,
  }),
  pass: (ms) => sleep(ms),
}))

const key = { name: 'key k-1 usd', per: 'month' } as const
const minute = 60_000

async function held(state: SharedState, amount: number, limit = 1000, forMs = minute): Promise<OpenHold> {
  const answer = await state.hold([{ account: key, amount, limit }], forMs)
  if (answer.kind === 'refused') throw new Error('refused')
  return answer.hold
}

describe('two states over one Redis', () => {
  test('share one limit, whoever races', async () => {
    const prefix = aPrefix()
    const states = [await open(prefix), await open(prefix)]
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, n) =>
        states[n % 2]!.hold([{ account: key, amount: 10, limit: 1000 }], minute),
      ),
    )
    expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(100)
    for (const state of states) {
      expect((await state.balances([key]))[0]).toMatchObject({ spent: 0, reserved: 1000 })
    }
  })

  test('share rates, places, texts and sums', async () => {
    const prefix = aPrefix()
    const [one, other] = [await open(prefix), await open(prefix)]
    const claim = [{ rate: { name: 'r', windowMs: minute, limit: 1 }, amount: 1 }]
    expect((await one.admit(claim)).kind).toBe('admitted')
    expect((await other.admit(claim)).kind).toBe('refused')
    expect((await one.enter([{ name: 's', limit: 1 }], minute)).kind).toBe('entered')
    expect((await other.enter([{ name: 's', limit: 1 }], minute)).kind).toBe('full')
    await one.write('session', 'acme/small', minute)
    expect(await other.read('session')).toBe('acme/small')
    await Promise.all([one.addSums('b', { f: [1, 2] }), other.addSums('b', { f: [10, 20] })])
    expect(await one.readSums('b')).toEqual({ f: [11, 22] })
  })

  test('the one learns in the background what the other has spent', async () => {
    const prefix = aPrefix()
    const [one, other] = [await open(prefix, { refreshEveryMs: 20 }), await open(prefix)]
    expect(one.balance(key).spent).toBe(0)
    await (await held(other, 700)).settle([600])
    await held(other, 50)
    await expect.poll(() => one.balance(key)).toMatchObject({ spent: 600, reserved: 50 })
  })

  test('hear each other, and never themselves', async () => {
    const prefix = aPrefix()
    const [one, other] = [await open(prefix), await open(prefix)]
    const heard: string[] = []
    const stop = one.subscribe('breakers', (text) => heard.push(text))
    one.subscribe('breakers', (text) => heard.push(`again ${text}`))
    await expect
      .poll(async () => {
        one.publish('breakers', 'own words')
        other.publish('breakers', 'open acme')
        await sleep(10)
        return heard.slice(0, 2)
      })
      .toEqual(['open acme', 'again open acme'])
    stop()
    heard.length = 0
    other.publish('breakers', 'closed acme')
    await expect.poll(() => heard.at(-1)).toBe('again closed acme')
    expect(heard).not.toContain('closed acme')
    expect(heard).not.toContain('own words')
  })

  test('keep out of the way of one with another prefix', async () => {
    const [one, other] = [await open(aPrefix()), await open(aPrefix())]
    await held(one, 1000)
    await held(other, 1000)
  })

  test('one that dies holding something: it counts as spent when its time is up', async () => {
    const prefix = aPrefix()
    const [one, other] = [await open(prefix), await open(prefix)]
    await held(one, 400, 1000, 50)
    expect((await other.balances([key]))[0]).toMatchObject({ spent: 0, reserved: 400 })
    await sleep(80)
    expect((await other.balances([key]))[0]).toMatchObject({ spent: 400, reserved: 0 })
  })
})

describe('what is kept in Redis', () => {
  test('has the periods that this process has', async () => {
    const client = aClient()
    client.defineCommand('periodOf', { lua: budgetScripts.periodOf, numberOfKeys: 1 })
    const periodOf = (per: string, at: number): Promise<[string, string]> =>
      (client as unknown as { periodOf: (...args: unknown[]) => Promise<[string, string]> }).periodOf(
        'k',
        per,
        at,
      )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...limitPeriods),
        fc.date({ min: new Date('1971-01-01'), max: new Date('2150-01-01'), noInvalidDate: true }),
        async (per, at) => {
          const { beganAt, endsAt } = periodAt(per, at)
          const [began, ends] = await periodOf(per, at.getTime())
          expect([Number(began), ends === '' ? Number.POSITIVE_INFINITY : Number(ends)]).toEqual([
            beganAt,
            endsAt,
          ])
        },
      ),
      {
        numRuns: 500,
        examples: [
          ['month', new Date('2028-02-29T23:59:59.999Z')],
          ['month', new Date('2100-02-28T12:00Z')],
        ],
      },
    )
  })

  test('goes by itself when nobody needs it, lifetimes excepted', async () => {
    const prefix = aPrefix()
    const state = await open(prefix)
    const lifetime = { name: 'all', per: 'lifetime' } as const
    const both = [key, lifetime].map((account) => ({ account, amount: 1, limit: null }))
    const answer = await state.hold(both, minute)
    await state.admit([{ rate: { name: 'r', windowMs: minute, limit: 1 }, amount: 1 }])
    await state.enter([{ name: 's', limit: 1 }], minute)
    await state.write('t', 'text', minute)
    if (answer.kind === 'held') await answer.hold.settle([1, 1])
    const client = aClient()
    const keys = (await client.keys(`*${prefix}*`)).sort()
    const forEver = []
    for (const one of keys) if ((await client.pttl(one)) === -1) forEver.push(one)
    expect(keys.length).toBeGreaterThan(4)
    expect(forEver).toEqual([`{${prefix}:budgets}:a:lifetime:all`, `{${prefix}:budgets}:epoch`])
  })

  test('an account that stands in a period ahead stays there: a clock that was set back gives nothing back', async () => {
    const prefix = aPrefix()
    const state = await open(prefix)
    await (await held(state, 10)).settle([10])
    const ahead = periodAt('month', new Date(Date.now() + 40 * 86_400_000))
    await aClient().hset(`{${prefix}:budgets}:a:month:${key.name}`, 'b', ahead.beganAt)
    expect((await state.balances([key]))[0]).toEqual({ spent: 10, reserved: 0, ...ahead })
  })

  test('counts of rates that lie ahead count still, and leave with the window', async () => {
    const prefix = aPrefix()
    const state = await open(prefix)
    const rate = { name: 'r', windowMs: 600, limit: 3 }
    const far = Math.floor((Date.now() + 3_600_000) / 10)
    const name = `{${prefix}:rates}:600:r`
    await aClient().hset(name, far, 2)
    expect((await state.admit([{ rate, amount: 2 }])).kind).toBe('refused')
    expect((await state.admit([{ rate, amount: 1 }])).kind).toBe('admitted')
    await sleep(700)
    expect((await state.admit([{ rate, amount: 3 }])).kind).toBe('admitted')
  })

  test('rates are never passed in any stretch of their window', async () => {
    const state = await open(aPrefix())
    const rate = { name: 'r', windowMs: 300, limit: 5 }
    const admitted: { readonly from: number; readonly to: number }[] = []
    const until = Date.now() + 1500
    while (Date.now() < until) {
      const from = Date.now()
      const answer = await state.admit([{ rate, amount: 1 }])
      if (answer.kind === 'admitted') admitted.push({ from, to: Date.now() })
      await sleep(3)
    }
    expect(admitted.length).toBeGreaterThan(15)
    admitted.forEach(({ from }, index) => {
      const sixth = admitted[index + 5]
      // Each was admitted some time between asking and hearing.
      if (sixth) expect(sixth.to - from).toBeGreaterThanOrEqual(299)
    })
  })
})

test('a process that was held up itself does not take Redis for lost', async () => {
  const state = await open(aPrefix(), { commandTimeoutMs: 100 })
  const answer = held(state, 1)
  const until = performance.now() + 400
  while (performance.now() < until);
  await answer
  expect(state.mode()).toBe('shared')
})

test('a cluster serves it: what one script touches lies on one node', { timeout: 30_000 }, async () => {
  const node = await aRedis([
    ...['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
    ...['--cluster-port', `${await aFreePort()}`],
  ])
  const client = aClient(node.url)
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await expect.poll(() => client.call('CLUSTER', 'INFO'), { timeout: 20_000 }).toContain('cluster_state:ok')
  const state = await open('cluster', { url: node.url, cluster: true })
  const accounts = ['a', 'b', 'c'].map((name) => ({ name, per: 'day' }) as const)
  const answer = await state.hold(
    accounts.map((account) => ({ account, amount: 1, limit: 1 })),
    minute,
  )
  expect(answer.kind).toBe('held')
  const claims = ['a', 'b'].map((name) => ({ rate: { name, windowMs: minute, limit: 1 }, amount: 1 }))
  expect((await state.admit(claims)).kind).toBe('admitted')
  expect(
    (
      await state.enter(
        [
          { name: 'a', limit: 1 },
          { name: 'b', limit: 1 },
        ],
        minute,
      )
    ).kind,
  ).toBe('entered')
  await state.addSums('b', { f: [1] })
  expect(await state.readSums('b')).toEqual({ f: [1] })
  await state.write('t', 'text', minute)
  expect(await state.read('t')).toBe('text')
  expect(state.mode()).toBe('shared')
})

test('an address that is none is refused, without its password', async () => {
  const opening = openRedisState({ clock: aClock, report: () => {}, url: 'localhost:s3cret@6379' })
  await expect(opening).rejects.toThrow(StateError)
  await expect(opening).rejects.not.toThrow(/s3cret/)
})
