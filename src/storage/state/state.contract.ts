import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settledAmount } from './amounts.ts'
import type { Account, Hold, OpenHold, SharedState } from './shared-state.ts'

export type OpenedState = {
  readonly state: SharedState
  /** Lets time pass: by its clock, or by waiting. */
  readonly pass: (ms: number) => void | Promise<void>
}

/** What every state does. `open` gives a new, empty one each time. */
export function stateContract(open: () => Promise<OpenedState>): void {
  describe('the contract of a state', () => {
    let opened: OpenedState
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.state.close())
    const state = () => opened.state

    describe('hold', () => holding(state))
    describe('a hold that is open', () => ending(state, (ms) => opened.pass(ms)))
    describe('any interleaving of holds', () => interleaving(state))
    describe('admit', () => admitting(state, (ms) => opened.pass(ms)))
    describe('enter', () => entering(state, (ms) => opened.pass(ms)))
    describe('texts', () => keepingTexts(state, (ms) => opened.pass(ms)))
    describe('sums', () => summing(state))
  })
}

const key: Account = { name: 'key k-1 usd', per: 'day' }
const team: Account = { name: 'team { t-1 }\n"é" usd', per: 'lifetime' }
const holdOf = (account: Account, amount: number, limit: number | null = 1000): Hold => ({
  account,
  amount,
  limit,
})
const minute = 60_000

async function held(state: SharedState, holds: readonly Hold[], forMs = minute): Promise<OpenHold> {
  const answer = await state.hold(holds, forMs)
  if (answer.kind === 'refused') throw new Error(`refused at ${answer.at.account.name}`)
  return answer.hold
}

const sumsOf = async (state: SharedState, account: Account) => {
  const [balance] = await state.balances([account])
  return [balance?.spent, balance?.reserved]
}

function holding(state: () => SharedState): void {
  it('sets aside up to the limit and not a bit more', async () => {
    await held(state(), [holdOf(key, 999)])
    expect(await state().hold([holdOf(key, 2)], minute)).toMatchObject({
      kind: 'refused',
      at: { amount: 2 },
      balance: { spent: 0, reserved: 999 },
    })
    await held(state(), [holdOf(key, 1)])
    expect(await sumsOf(state(), key)).toEqual([0, 1000])
  })

  it('sets nothing aside anywhere where one of several would pass', async () => {
    await held(state(), [holdOf(team, 950)])
    const refused = await state().hold([holdOf(key, 100), holdOf(team, 100)], minute)
    expect(refused).toMatchObject({ kind: 'refused', at: { account: team } })
    expect(await sumsOf(state(), key)).toEqual([0, 0])
    expect(await sumsOf(state(), team)).toEqual([0, 950])
  })

  it('counts an account that stands there twice, twice', async () => {
    expect((await state().hold([holdOf(key, 600), holdOf(key, 600)], minute)).kind).toBe('refused')
    const hold = await held(state(), [holdOf(key, 400), holdOf(key, 600)])
    await hold.settle([1, 2])
    expect(await sumsOf(state(), key)).toEqual([3, 0])
  })

  it('only counts where there is no limit', async () => {
    await held(state(), [holdOf(key, 5_000_000_000, null)])
    expect(await sumsOf(state(), key)).toEqual([0, 5_000_000_000])
    expect((await state().hold([holdOf(key, 0)], minute)).kind).toBe('refused')
  })

  it('takes no account for another of the same name', async () => {
    await held(state(), [holdOf({ name: 'a', per: 'day' }, 1)])
    expect(await sumsOf(state(), { name: 'a', per: 'hour' })).toEqual([0, 0])
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('throws at an amount of %d', async (amount) => {
    await expect((async () => state().hold([holdOf(key, amount)], minute))()).rejects.toThrow(RangeError)
    expect(await sumsOf(state(), key)).toEqual([0, 0])
  })

  it.each([Number.NaN, 0])('throws at a time of %d ms', async (forMs) => {
    await expect((async () => state().hold([holdOf(key, 1)], forMs))()).rejects.toThrow(RangeError)
    await expect((async () => state().enter([{ name: 'a', limit: 1 }], forMs))()).rejects.toThrow(RangeError)
    const rate = { name: 'r', windowMs: forMs, limit: 1 }
    await expect((async () => state().admit([{ rate, amount: 1 }]))()).rejects.toThrow(RangeError)
    expect(await sumsOf(state(), key)).toEqual([0, 0])
  })

  it('takes a time that never ends', async () => {
    await held(state(), [holdOf(key, 1)], Number.POSITIVE_INFINITY)
    expect((await state().enter([{ name: 'a', limit: 1 }], Number.POSITIVE_INFINITY)).kind).toBe('entered')
    expect(['alone', 'shared']).toContain(state().mode())
  })

  it('says which period runs, and knows its own sums without asking', async () => {
    await held(state(), [holdOf(key, 7)])
    const balance = state().balance(key)
    expect(balance).toEqual((await state().balances([key]))[0])
    expect(balance.endsAt - balance.beganAt).toBe(86_400_000)
    expect(state().balance(team)).toEqual({
      spent: 0,
      reserved: 0,
      beganAt: 0,
      endsAt: Number.POSITIVE_INFINITY,
    })
  })
}

function ending(state: () => SharedState, pass: OpenedState['pass']): void {
  it('ends once, as what it came to', async () => {
    const hold = await held(state(), [holdOf(key, 100), holdOf(team, 100)])
    await hold.change([300, 0])
    expect(await sumsOf(state(), key)).toEqual([0, 300])
    await hold.settle([250, 50])
    await hold.settle([999, 999])
    await hold.change([999, 999])
    await hold.keep()
    expect(await sumsOf(state(), key)).toEqual([250, 0])
    expect(await sumsOf(state(), team)).toEqual([50, 0])
  })

  it('is released by zeros, and counts in full where it is kept', async () => {
    await (await held(state(), [holdOf(key, 100)])).settle([0])
    expect(await sumsOf(state(), key)).toEqual([0, 0])
    await (await held(state(), [holdOf(key, 100)])).keep()
    expect(await sumsOf(state(), key)).toEqual([100, 0])
  })

  it('may come to more than the limit, which then refuses the next', async () => {
    await (await held(state(), [holdOf(key, 1000)])).settle([5000])
    expect(await sumsOf(state(), key)).toEqual([5000, 0])
    expect((await state().hold([holdOf(key, 1)], minute)).kind).toBe('refused')
  })

  it('counts what was set aside where it came to no amount', async () => {
    await (await held(state(), [holdOf(key, 100), holdOf(team, 10)])).settle([Number.NaN, -5])
    expect(await sumsOf(state(), key)).toEqual([100, 0])
    expect(await sumsOf(state(), team)).toEqual([10, 0])
  })

  it('counts as spent when nobody has ended it in time', async () => {
    const hold = await held(state(), [holdOf(key, 100)], 40)
    await pass(1500)
    expect((await state().hold([holdOf(key, 901)], minute)).kind).toBe('refused')
    await hold.settle([1])
    expect(await sumsOf(state(), key)).toEqual([100, 0])
  })
}

type Act =
  | { readonly kind: 'hold'; readonly amounts: readonly [number, number] }
  | { readonly kind: 'change' | 'settle'; readonly which: number; readonly amounts: readonly number[] }
  | { readonly kind: 'keep'; readonly which: number }

const amount = fc.integer({ min: 0, max: 600 })
const acts = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('hold' as const), amounts: fc.tuple(amount, amount) }),
    fc.record({
      kind: fc.constantFrom('change' as const, 'settle' as const),
      which: fc.nat(12),
      amounts: fc.tuple(amount, amount),
    }),
    fc.record({ kind: fc.constant('keep' as const), which: fc.nat(12) }),
  ),
  { maxLength: 40 },
)

function interleaving(state: () => SharedState): void {
  let round = 0
  it('keeps what was spent and reserved within the limit and the errors of estimates', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (list: readonly Act[]) => {
        round += 1
        const accounts = [
          { name: `one ${round}`, per: 'lifetime' },
          { name: `other ${round}`, per: 'month' },
        ] as const
        const open: { hold: OpenHold; amounts: number[] }[] = []
        const spent = [0, 0]
        // By how much estimates were passed: limits hold but for it.
        const errors = [0, 0]
        const reserved = (index: number) => open.reduce((sum, { amounts }) => sum + amounts[index]!, 0)
        for (const act of list) {
          if (act.kind === 'hold') {
            const answer = await state().hold(
              accounts.map((account, index) => holdOf(account, act.amounts[index]!)),
              minute,
            )
            const fits = accounts.every(
              (_, index) => spent[index]! + reserved(index) + act.amounts[index]! <= 1000,
            )
            expect(answer.kind).toBe(fits ? 'held' : 'refused')
            if (answer.kind === 'held') open.push({ hold: answer.hold, amounts: [...act.amounts] })
          } else {
            const one = open[act.which]
            if (!one) continue
            const amounts = act.kind === 'keep' ? one.amounts : act.amounts
            amounts.forEach((came, index) => {
              errors[index]! += Math.max(0, came - one.amounts[index]!)
            })
            if (act.kind === 'change') {
              one.amounts = [...act.amounts]
              await one.hold.change(act.amounts)
            } else {
              open.splice(act.which, 1)
              amounts.forEach((came, index) => {
                spent[index]! += settledAmount(came, 0)
              })
              if (act.kind === 'keep') await one.hold.keep()
              else await one.hold.settle(act.amounts)
            }
          }
          const balances = await state().balances(accounts)
          balances.forEach((balance, index) => {
            expect(balance).toMatchObject({ spent: spent[index], reserved: reserved(index) })
            expect(balance.spent + balance.reserved).toBeLessThanOrEqual(1000 + errors[index]!)
          })
        }
      }),
      { numRuns: 30 },
    )
  })
}

function admitting(state: () => SharedState, pass: OpenedState['pass']): void {
  const requests = (limit: number, windowMs = 60_000) => ({ name: 'key k-1 requests', windowMs, limit })
  const tokens = { name: 'key k-1 tokens', windowMs: 60_000, limit: 100 }

  it('admits up to the limit, then says how long to wait', async () => {
    for (let n = 0; n < 3; n++) {
      expect((await state().admit([{ rate: requests(3), amount: 1 }])).kind).toBe('admitted')
    }
    const refused = await state().admit([{ rate: requests(3), amount: 1 }])
    expect(refused).toMatchObject({ kind: 'refused', rate: requests(3) })
    const { retryAfterMs } = refused as { retryAfterMs: number }
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(61_000)
  })

  it('claims nothing where one of several is over', async () => {
    const both = [
      { rate: requests(10), amount: 1 },
      { rate: tokens, amount: 101 },
    ]
    expect(await state().admit(both)).toMatchObject({ kind: 'refused', rate: tokens })
    for (let n = 0; n < 10; n++) {
      expect((await state().admit([{ rate: requests(10), amount: 1 }])).kind).toBe('admitted')
    }
  })

  it('counts what was corrected in the place of what was claimed', async () => {
    const admitted = await state().admit([{ rate: tokens, amount: 100 }])
    if (admitted.kind === 'refused') throw new Error('refused')
    await admitted.correct([40])
    expect((await state().admit([{ rate: tokens, amount: 61 }])).kind).toBe('refused')
    expect((await state().admit([{ rate: tokens, amount: 60 }])).kind).toBe('admitted')
    await admitted.correct([10])
    expect((await state().admit([{ rate: tokens, amount: 30 }])).kind).toBe('admitted')
    await admitted.correct([400])
    expect((await state().admit([{ rate: tokens, amount: 0 }])).kind).toBe('refused')
  })

  it('admits anew when the window has passed', async () => {
    const rate = requests(1, 600)
    expect((await state().admit([{ rate, amount: 1 }])).kind).toBe('admitted')
    expect((await state().admit([{ rate, amount: 1 }])).kind).toBe('refused')
    await pass(650)
    expect((await state().admit([{ rate, amount: 1 }])).kind).toBe('admitted')
  })
}

function entering(state: () => SharedState, pass: OpenedState['pass']): void {
  const key = { name: 'key k-1', limit: 2 }
  const all = { name: 'all', limit: 1 }

  it('lets in as many as there are places, and again when one leaves', async () => {
    const first = await state().enter([key], minute)
    expect((await state().enter([key], minute)).kind).toBe('entered')
    expect(await state().enter([key], minute)).toEqual({ kind: 'full', slots: key })
    if (first.kind === 'full') throw new Error('full')
    await first.leave()
    await first.leave()
    expect((await state().enter([key], minute)).kind).toBe('entered')
    expect((await state().enter([key], minute)).kind).toBe('full')
  })

  it('takes no place anywhere where one is full', async () => {
    expect((await state().enter([all], minute)).kind).toBe('entered')
    expect(await state().enter([key, all], minute)).toEqual({ kind: 'full', slots: all })
    expect((await state().enter([key], minute)).kind).toBe('entered')
    expect((await state().enter([key], minute)).kind).toBe('entered')
  })

  it('frees a place that nobody leaves in time', async () => {
    await state().enter([all], 40)
    expect((await state().enter([all], minute)).kind).toBe('full')
    await pass(60)
    expect((await state().enter([all], minute)).kind).toBe('entered')
  })
}

function keepingTexts(state: () => SharedState, pass: OpenedState['pass']): void {
  it('gives back what was written last, for a while', async () => {
    expect(await state().read('session s-1')).toBeNull()
    await state().write('session s-1', 'one', minute)
    await state().write('session s-1', '{"näher":"✓\u0000"}', 40)
    expect(await state().read('session s-1')).toBe('{"näher":"✓\u0000"}')
    await pass(60)
    expect(await state().read('session s-1')).toBeNull()
  })

  it('forgets a text that is kept for no time', async () => {
    await state().write('session s-1', 'one', minute)
    await state().write('session s-1', 'two', 0)
    expect(await state().read('session s-1')).toBeNull()
  })

  it('keeps an empty text', async () => {
    await state().write('empty', '', minute)
    expect(await state().read('empty')).toBe('')
  })
}

function summing(state: () => SharedState): void {
  it('knows nothing of a key that was never added to', async () => {
    expect(await state().readSums('bandit')).toEqual({})
  })

  it('adds to the bit', async () => {
    const doubles = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), {
      minLength: 3,
      maxLength: 3,
    })
    let round = 0
    await fc.assert(
      fc.asyncProperty(doubles, doubles, async (one, other) => {
        round += 1
        await state().addSums(`k${round}`, { field: one })
        await state().addSums(`k${round}`, { field: other })
        const expected = one.map((number, index) => number + other[index]!)
        expect(await state().readSums(`k${round}`)).toEqual({ field: expected })
      }),
      { numRuns: 30 },
    )
  })

  it('adds long vectors under several fields, and begins one anew whose length differs', async () => {
    const long = Array.from({ length: 5000 }, (_, index) => index / 7)
    await state().addSums('bandit', { 'acme/small': long, 'acme/large "é"': [0.1] })
    await state().addSums('bandit', { 'acme/small': long, 'acme/large "é"': [1, 2] })
    await state().addSums('bandit', { none: [] })
    expect(await state().readSums('bandit')).toEqual({
      'acme/small': long.map((number) => number + number),
      'acme/large "é"': [1, 2],
      none: [],
    })
  })

  it('begins anew with what replaces them', async () => {
    await state().addSums('bandit', { one: [1], other: [2] })
    await state().replaceSums('bandit', { third: [3.5] })
    expect(await state().readSums('bandit')).toEqual({ third: [3.5] })
    await state().replaceSums('bandit', {})
    expect(await state().readSums('bandit')).toEqual({})
  })
}
