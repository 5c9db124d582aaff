import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LimitPeriod } from '../../domain/limits.ts'
import { limitPeriods } from '../../domain/limits.ts'
import type { Clock } from '../../domain/transport.ts'
import { type MemoryStateOptions, openMemoryState } from './memory-state.ts'
import type { Account, Held, OpenHold } from './shared-state.ts'
import { stateContract } from './state.contract.ts'

const start = Date.parse('2026-11-27T12:30:00Z')

/** A state whose time passes as told; `jump` moves the wall's clock alone. */
function aMemoryState(options: Partial<MemoryStateOptions> = {}) {
  let now = 0
  let wall = start
  const clock: Clock = { now: () => now, wall: () => new Date(wall) }
  return {
    state: openMemoryState({ clock, report: () => {}, ...options }),
    pass: (ms: number) => {
      now += ms
      wall += ms
    },
    jump: (ms: number) => {
      wall += ms
    },
  }
}

stateContract(async () => aMemoryState())

const hour: Account = { name: 'key k-1 usd', per: 'hour' }
const hourMs = 3_600_000
const minute = 60_000

const heldOf = (held: ReturnType<ReturnType<typeof aMemoryState>['state']['hold']>): OpenHold => {
  const answer = held as Held
  if (answer.kind === 'refused') throw new Error('refused')
  return answer.hold
}
const spend = ({ state }: ReturnType<typeof aMemoryState>, amount: number, account = hour) =>
  heldOf(state.hold([{ account, amount, limit: null }], minute)).settle([amount])

describe('a period that ends', () => {
  test('begins the next with nothing spent; what is set aside goes along and counts where it ends', () => {
    const opened = aMemoryState()
    spend(opened, 10)
    const late = heldOf(opened.state.hold([{ account: hour, amount: 5, limit: 20 }], hourMs))
    opened.pass(hourMs / 2)
    expect(opened.state.balance(hour)).toEqual({
      spent: 0,
      reserved: 5,
      beganAt: start + hourMs / 2,
      endsAt: start + 1.5 * hourMs,
    })
    late.settle([7])
    expect(opened.state.balance(hour)).toMatchObject({ spent: 7, reserved: 0 })
  })
})

describe('a clock that jumps', () => {
  test('back forgets nothing', () => {
    const opened = aMemoryState()
    spend(opened, 10)
    opened.jump(-start)
    expect(opened.state.balance(hour).spent).toBe(10)
    spend(opened, 1)
    opened.jump(start)
    expect(opened.state.balance(hour).spent).toBe(11)
  })

  test('ahead opens the next period, and coming back does not open the last again', () => {
    const opened = aMemoryState()
    spend(opened, 10)
    opened.jump(5 * hourMs)
    expect(opened.state.balance(hour).spent).toBe(0)
    spend(opened, 3)
    opened.jump(-5 * hourMs)
    expect(opened.state.balance(hour).spent).toBe(3)
    opened.pass(5.4 * hourMs)
    expect(opened.state.balance(hour).spent).toBe(3)
    opened.pass(0.2 * hourMs)
    expect(opened.state.balance(hour).spent).toBe(0)
  })

  test('leaves what is set aside as it is, however far', () => {
    const opened = aMemoryState()
    const hold = heldOf(opened.state.hold([{ account: hour, amount: 5, limit: 20 }], 10 * minute))
    for (const ms of [40 * 86_400_000, -90 * 86_400_000, 50 * 86_400_000]) {
      opened.jump(ms)
      expect(opened.state.balance(hour).reserved).toBe(5)
    }
    hold.settle([5])
    expect(opened.state.balance(hour).reserved).toBe(0)
  })

  test('whatever it does, no amount is negative and none that was set aside is forgotten', () => {
    const acts = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('hold' as const), amount: fc.nat(100) }),
        fc.record({ kind: fc.constant('settle' as const), amount: fc.nat(200) }),
        fc.record({
          kind: fc.constantFrom('jump' as const, 'pass' as const),
          amount: fc.integer({ min: 0, max: 3_000_000_000 }),
          sign: fc.constantFrom(1, -1),
        }),
      ),
      { maxLength: 50 },
    )
    fc.assert(
      fc.property(acts, fc.constantFrom<LimitPeriod>(...limitPeriods), (list, per) => {
        const opened = aMemoryState()
        const account = { name: 'a', per }
        const open: { hold: OpenHold; amount: number }[] = []
        for (const act of list) {
          const before = opened.state.balance(account)
          let settled = 0
          if (act.kind === 'hold') {
            const held = opened.state.hold([{ account, amount: act.amount, limit: null }], 1e15)
            open.push({ hold: heldOf(held), amount: act.amount })
          } else if (act.kind === 'settle') {
            if (open.length > 0) settled = act.amount
            open.pop()?.hold.settle([act.amount])
          } else if (act.kind === 'jump') opened.jump(act.amount * act.sign)
          else opened.pass(act.amount)
          const { spent, reserved, beganAt } = opened.state.balance(account)
          expect(reserved).toBe(open.reduce((sum, { amount }) => sum + amount, 0))
          // Only a period that begins later than one before may forget.
          expect(spent).toBe((beganAt > before.beganAt ? 0 : before.spent) + settled)
        }
      }),
    )
  })
})

describe('rates', () => {
  test('are never passed in any stretch of their window', () => {
    const steps = fc.array(fc.record({ ms: fc.nat(9000), amount: fc.nat(8) }), { maxLength: 200 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20_000 }), (list, windowMs) => {
        const opened = aMemoryState()
        const rate = { name: 'r', windowMs, limit: 20 }
        const admitted: { at: number; amount: number }[] = []
        let at = 0
        for (const { ms, amount } of list) {
          at += ms
          opened.pass(ms)
          const answer = opened.state.admit([{ rate, amount }])
          if (answer instanceof Promise) throw new Error('a promise')
          if (answer.kind === 'admitted') admitted.push({ at, amount })
          const within = admitted.filter((one) => one.at > at - windowMs)
          const sum = within.reduce((total, one) => total + one.amount, 0)
          expect(sum).toBeLessThanOrEqual(20)
          if (answer.kind === 'refused') {
            // Not stricter than by one part of the window, and right about when it will be different.
            const longer = admitted.filter((one) => one.at > at - windowMs - Math.max(1, windowMs / 60) - 1)
            expect(longer.reduce((total, one) => total + one.amount, 0) + amount).toBeGreaterThan(20)
            opened.pass(answer.retryAfterMs)
            at += answer.retryAfterMs
            const again = opened.state.admit([{ rate, amount }])
            expect(again).toMatchObject({ kind: 'admitted' })
            admitted.push({ at, amount })
          }
        }
      }),
      {
        // A part that begins at a whole millisecond, and is not reached there by how numbers are rounded.
        examples: [
          [
            [
              { ms: 2757, amount: 0 },
              { ms: 136, amount: 0 },
              { ms: 7944, amount: 0 },
              { ms: 4694, amount: 2 },
              { ms: 0, amount: 7 },
              { ms: 0, amount: 7 },
              { ms: 0, amount: 5 },
            ],
            17_256,
          ],
        ],
      },
    )
  })
})

describe('bounds', () => {
  test('accounts that nobody uses are forgotten first, those whose period is over before others', () => {
    const opened = aMemoryState({ bounds: { accounts: 100 } })
    const named = (name: string, per: LimitPeriod = 'month') => ({ name, per })
    const hold = heldOf(opened.state.hold([{ account: named('held'), amount: 1, limit: null }], 1e12))
    spend(opened, 5, named('running'))
    for (let n = 0; n < 60; n++) spend(opened, 1, named(`${n}`, 'hour'))
    opened.pass(2 * hourMs)
    for (let n = 0; n < 60; n++) spend(opened, 1, named(`later ${n}`, 'hour'))
    expect(opened.state.balance(named('running')).spent).toBe(5)
    for (let n = 0; n < 500; n++) spend(opened, 1, named(`month ${n}`))
    expect(opened.state.balance(named('held')).reserved).toBe(1)
    expect(opened.state.balance(named('running')).spent).toBe(0)
    expect(opened.state.balance(named('month 499')).spent).toBe(1)
    hold.keep()
  })

  test('rates, texts and sums keep within theirs', async () => {
    const opened = aMemoryState({ bounds: { rates: 10, textBytes: 1000, sums: 100 } })
    for (let n = 0; n < 100; n++) {
      const claim = { rate: { name: `${n}`, windowMs: minute, limit: 1 }, amount: 1 }
      expect(opened.state.admit([claim])).toMatchObject({ kind: 'admitted' })
      expect(opened.state.admit([claim])).toMatchObject({ kind: 'refused' })
      opened.state.write(`${n}`, 'x'.repeat(100), minute)
      opened.state.addSums(`${n}`, { a: [1, 2, 3, 4, 5, 6, 7, 8, 9] })
    }
    opened.state.write('too long', 'x'.repeat(1000), minute)
    const numbers = Array.from({ length: 100 }, (_, n) => `${n}`)
    expect(numbers.filter((n) => opened.state.read(n) !== null)).toEqual(['96', '97', '98', '99'])
    expect(opened.state.read('too long')).toBeNull()
    expect(numbers.filter((n) => 'a' in opened.state.readSums(n))).toHaveLength(10)
  })
})

test('one process agrees with itself', () => {
  const { state } = aMemoryState()
  const heard: string[] = []
  const stop = state.subscribe('breakers', (text) => heard.push(text))
  state.publish('breakers', 'open')
  stop()
  expect(heard).toEqual([])
  expect(state.mode()).toBe('alone')
})
