import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aFolder } from '../../test/support/a-folder.ts'
import { aGateway, incoming, type OpenedGateway, say } from '../../test/support/a-gateway.ts'
import { aFaultServer, type Behaviour } from '../../test/support/fault-server.ts'
import { usdOf } from '../domain/money.ts'
import { lastUserText } from '../domain/request.ts'
import { askOne, forward, reply } from '../domain/strategy.ts'
import { defineStrategy } from '../strategies/strategy.ts'

const spentText = (spentUsd: number | undefined) => `spent ${spentUsd?.toFixed(6) ?? 'without a budget'}`

/** Forwards, or asks first and replies; and says what the budget had left. */
const frugal = defineStrategy({
  name: 'frugal',
  summary: 'says what is spent, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ ask: z.boolean().default(false) }),
  models: () => null,
  *choose({ candidates, budget, request }, { ask }) {
    const said = spentText(budget?.spentUsd)
    if (lastUserText(request) === 'break') throw new Error('a bug')
    if (!ask) return forward(candidates, said)
    const asked = yield* askOne(candidates[0])
    return asked.kind === 'answered' ? reply(asked.candidate, asked.answer, said) : forward(candidates, said)
  },
})

/** Lets another policy choose, after a call of its own. */
const through = defineStrategy({
  name: 'through',
  summary: 'another policy chooses, for tests',
  needs: { quality: false, cost: false },
  options: z.strictObject({ way: z.string(), first: z.boolean().default(false) }),
  models: () => null,
  ways: ({ way }) => [way],
  *choose(turn, { way, first }, { to }) {
    if (first) yield* askOne(turn.candidates[0])
    const verdict = yield* to(way)(turn)
    return { ...verdict, because: `${spentText(turn.budget?.spentUsd)}; ${verdict.because}` }
  },
})

const strategies = [frugal, through]
const budget = { usd: 1, per: 'month' }
const pool = ['acme/small']

async function opened(behaviours: readonly Behaviour[], policies: object, path = join(aFolder(), 'log.db')) {
  const vendor = await aFaultServer({ small: behaviours, large: [{ kind: 'answer' }] })
  const config = { ...acmeConfig(vendor.baseUrl, { policies }), log: { path } }
  const one = await aGateway({ config, variables: acmeKey, strategies })
  return { ...one, vendor }
}

async function ask({ gateway }: OpenedGateway, model: string, changes: object = {}) {
  const reply = await gateway.chat(
    incoming({ model, messages: say('Say something.'), ...changes }),
    new AbortController().signal,
  )
  if (reply.kind === 'stream') for await (const _ of reply.frames);
  return reply
}

const becauseOf = async (one: OpenedGateway, model: string): Promise<string> =>
  (await ask(one, model)).served!.decision.because

/** What a policy's next decision sees as spent. */
const spentOf = async (one: OpenedGateway, model: string): Promise<number> =>
  Number(/spent ([\d.]+)/.exec(await becauseOf(one, model))![1])

/** What the outcomes of all decisions so far came to, as the log has it. */
async function loggedUsd(one: OpenedGateway): Promise<number> {
  const stored = await one.stored()
  const costs = stored.map(({ outcome }) => outcome?.cost)
  return costs.reduce<number>((sum, cost) => sum + usdOf(cost ?? (0 as never)), 0)
}

describe('a budget', () => {
  test('knows what requests of its policy came to, answered, streamed, and failed', async () => {
    const one = await opened(
      [
        { kind: 'answer' },
        { kind: 'answer', usage: true },
        { kind: 'status', status: 400, body: { error: { message: 'no' } } },
        { kind: 'answer' },
      ],
      { auto: { strategy: 'frugal', pool, budget } },
    )
    expect(await becauseOf(one, 'auto')).toBe('spent 0.000000')
    await ask(one, 'auto', { stream: true })
    expect((await ask(one, 'auto')).kind).toBe('failed')
    const seen = await spentOf(one, 'auto')
    expect(seen).toBeGreaterThan(0)
    const stored = await one.stored()
    const costs = stored.slice(0, 3).map(({ outcome }) => usdOf(outcome!.cost!))
    expect(seen).toBeCloseTo(costs[0]! + costs[1]! + costs[2]!, 6)
  })

  test('holds what is expected of a stream, until it is known what it came to, however it ends', async () => {
    const one = await opened([{ kind: 'trickle', everyMs: 20 }, { kind: 'answer' }], {
      auto: { strategy: 'frugal', pool, budget },
      other: { strategy: 'frugal', pool },
    })
    const client = new AbortController()
    const reply = await one.gateway.chat(
      incoming({ model: 'auto', messages: say('Say something.'), stream: true }),
      client.signal,
    )
    if (reply.kind !== 'stream') throw new Error('no stream')
    const route = () => one.gateway.route(incoming({ model: 'auto', messages: say('Say something.') }).asked)
    const spent = () => {
      const routed = route()
      return routed.kind === 'decided' ? Number(routed.decision.because.slice(6)) : Number.NaN
    }
    const expected = reply.served!.decision.candidates[0]!.cost
    expect(spent()).toBeCloseTo(expected.kind === 'known' ? expected.usd.mean : Number.NaN, 5)
    const frames = reply.frames[Symbol.asyncIterator]()
    await frames.next()
    client.abort()
    await frames.next().catch(() => {})
    await one.close()
    const logged = await loggedUsd(one)
    expect(logged).toBeGreaterThan(0)
    expect(spent()).toBeCloseTo(logged, 6)
  })

  test('counts the calls that a strategy makes on its way', async () => {
    const one = await opened([{ kind: 'answer' }], { auto: { strategy: 'frugal', ask: true, pool, budget } })
    await ask(one, 'auto')
    const seen = await spentOf(one, 'auto')
    const [first] = await one.stored()
    expect(seen).toBeCloseTo(usdOf(first!.outcome!.cost!), 6)
    expect(seen).toBeGreaterThan(0)
  })

  test('keeps what was set aside where a bug ends the request', async () => {
    const one = await opened([{ kind: 'answer' }], { auto: { strategy: 'frugal', pool, budget } })
    await expect(ask(one, 'auto', { messages: say('break') })).rejects.toThrow('a bug')
    expect(await spentOf(one, 'auto')).toBeGreaterThan(0)
  })

  test('outlives the process', async () => {
    const path = join(aFolder(), 'log.db')
    const policies = { auto: { strategy: 'frugal', pool, budget } }
    const first = await opened([{ kind: 'answer' }], policies, path)
    await ask(first, 'auto')
    const seen = await spentOf(first, 'auto')
    await first.close()
    const second = await opened([{ kind: 'answer' }], policies, path)
    expect(await spentOf(second, 'auto')).toBeCloseTo(2 * seen, 6)
  })
})

describe('policies within policies', () => {
  test('money that goes through one counts for both; what the outer spends itself for it alone', async () => {
    const one = await opened([{ kind: 'answer' }], {
      outer: { strategy: 'through', way: 'inner', first: true, budget },
      inner: { strategy: 'frugal', pool, budget: { usd: 2, per: 'day' } },
    })
    const first = await ask(one, 'outer')
    // Two calls of one price: the first is the outer policy's own.
    expect(first.served!.decision.because).toBe('spent 0.000000; inner: spent 0.000000')
    const usd = first.served!.usd!
    const second = await becauseOf(one, 'outer')
    expect(second).toBe(`${spentText(usd)}; inner: ${spentText(usd / 2)}`)
    expect(await spentOf(one, 'inner')).toBeCloseTo(usd, 6)
  })

  test('calls that the inner one asks for count for both', async () => {
    const one = await opened([{ kind: 'answer' }], {
      outer: { strategy: 'through', way: 'inner', budget },
      inner: { strategy: 'frugal', ask: true, pool, budget },
    })
    const usd = (await ask(one, 'outer')).served!.usd!
    expect(await becauseOf(one, 'outer')).toBe(`${spentText(usd)}; inner: ${spentText(usd)}`)
  })

  test('one without a budget goes by the one around it, and counts where one further in has one', async () => {
    const one = await opened([{ kind: 'answer' }], {
      outer: { strategy: 'through', way: 'middle', budget },
      middle: { strategy: 'through', way: 'inner' },
      inner: { strategy: 'frugal', pool, budget },
      alone: { strategy: 'frugal', pool },
    })
    const usd = (await ask(one, 'middle')).served!.usd!
    expect(await becauseOf(one, 'middle')).toBe(`spent without a budget; inner: ${spentText(usd)}`)
    expect(await becauseOf(one, 'outer')).toBe(
      `${spentText(0)}; middle: ${spentText(0)}; inner: ${spentText(2 * usd)}`,
    )
    expect(await becauseOf(one, 'alone')).toBe('spent without a budget')
  })
})
