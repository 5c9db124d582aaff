import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MicroUsd, microUsd } from '../../domain/money.ts'
import { type BudgetRules, budgetPeriods } from '../../domain/policy.ts'
import { type Budgeted, createBudgetBook, type Reservation } from './budget-book.ts'

const start = Date.parse('2026-11-27T12:00:00Z')

function aBook() {
  let at = start
  return {
    book: createBudgetBook(() => new Date(at)),
    pass: (ms: number) => {
      at += ms
    },
  }
}

const policy = (per: BudgetRules['per'] = 'day', name = 'auto'): Budgeted => ({
  name,
  budget: { usd: 10, per },
})

describe('the book of budgets', () => {
  test('holds what is reserved, and in its place what the request came to', () => {
    const { book } = aBook()
    const reserved = book.reserve(policy(), microUsd(0.5))
    expect(book.facts(policy())).toEqual({ limitUsd: 10, spentUsd: 0.5, elapsedShare: 0.5 })
    reserved.change(microUsd(0.75))
    expect(book.facts(policy()).spentUsd).toBe(0.75)
    reserved.settle(microUsd(0.1))
    reserved.settle(microUsd(5))
    reserved.change(microUsd(5))
    expect(book.facts(policy()).spentUsd).toBe(0.1)
  })

  test('begins each period with nothing spent; what is under way then counts for it', () => {
    const { book, pass } = aBook()
    book.reserve(policy(), microUsd(1)).settle(microUsd(1))
    const late = book.reserve(policy(), microUsd(2))
    pass(12 * 3_600_000)
    expect(book.facts(policy())).toMatchObject({ spentUsd: 2, elapsedShare: 0 })
    late.settle(microUsd(3))
    expect(book.facts(policy()).spentUsd).toBe(3)
  })

  test('a clock that is set back gives nothing back', () => {
    const { book, pass } = aBook()
    book.reserve(policy('hour'), microUsd(1)).settle(microUsd(1))
    pass(-3_600_000)
    expect(book.facts(policy('hour')).spentUsd).toBe(1)
    pass(3_600_000)
    expect(book.facts(policy('hour')).spentUsd).toBe(1)
  })

  test('a policy whose limit changes has spent what it had spent', () => {
    const { book } = aBook()
    book.reserve(policy(), microUsd(4)).settle(microUsd(4))
    expect(book.facts({ name: 'auto', budget: { usd: 5, per: 'day' } })).toMatchObject({
      limitUsd: 5,
      spentUsd: 4,
    })
    expect(book.facts(policy('day', 'other')).spentUsd).toBe(0)
  })

  test('keeps its size, and what is reserved, however many policies come and go', () => {
    const { book } = aBook()
    book.reserve(policy('day', 'held'), microUsd(1))
    for (let n = 0; n < 5_000; n++) book.reserve(policy('day', `p${n}`), microUsd(1)).settle(microUsd(1))
    expect(book.snapshot().length).toBeLessThanOrEqual(4_096)
    expect(book.facts(policy('day', 'held')).spentUsd).toBe(1)
    expect(book.facts(policy('day', 'p4999')).spentUsd).toBe(1)
  })
})

const saved = (before: ReturnType<typeof aBook>['book']) => JSON.parse(JSON.stringify(before.snapshot()))

describe('a restart', () => {
  test('loses nothing of the period, money reserved included; earlier periods are over', () => {
    const { book } = aBook()
    book.reserve(policy('day'), microUsd(1)).settle(microUsd(1))
    book.reserve(policy('month'), microUsd(2))
    const after = aBook()
    after.pass(13 * 3_600_000)
    after.book.reserve(policy('month'), microUsd(0.5)).settle(microUsd(0.5))
    after.book.restore(saved(book))
    expect(after.book.facts(policy('day')).spentUsd).toBe(0)
    expect(after.book.facts(policy('month')).spentUsd).toBe(2.5)
  })

  test('what another version has written is passed over', () => {
    const { book } = aBook()
    book.restore([{ policy: 'auto', per: 'decade' as 'day', beganAt: start, microUsd: 5 }])
    book.restore([{ policy: 'auto', per: 'day', beganAt: 0, microUsd: 5 }])
    expect(book.facts(policy()).spentUsd).toBe(0)
  })
})

type Act =
  | { readonly kind: 'reserve'; readonly usd: number }
  | { readonly kind: 'change' | 'settle'; readonly which: number; readonly usd: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' }

const dollars = fc.oneof(
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1),
)
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('reserve' as const), usd: dollars }),
    fc.record({ kind: fc.constantFrom('change', 'settle'), which: fc.nat(20), usd: dollars }),
    fc.record({
      kind: fc.constant('pass' as const),
      ms: fc.integer({ min: -3_600_000, max: 40 * 86_400_000 }),
    }),
    fc.record({ kind: fc.constant('restart' as const) }),
  ),
  { maxLength: 60 },
)

test('whatever happens, no money is negative and none of the period is lost', () => {
  fc.assert(
    fc.property(acts, fc.constantFrom(...budgetPeriods), (list, per) => {
      let at = start
      let book = createBudgetBook(() => new Date(at))
      let open: Reservation[] = []
      // As it should be: what was settled since the period began, and what is held.
      let spent = 0
      let held: number[] = []
      let began = -1
      const counted = (usd: number) => (Number.isFinite(usd) && usd > 0 ? Math.round(usd * 1e6) : 0)
      const roll = () => {
        const snapshotBegan = book.facts(policy(per)) && book.snapshot()[0]!.beganAt
        if (snapshotBegan !== began) spent = 0
        began = snapshotBegan
      }
      for (const act of list) {
        roll()
        switch (act.kind) {
          case 'reserve':
            open.push(book.reserve(policy(per), microUsd(act.usd)))
            held.push(counted(act.usd))
            break
          case 'change':
            if (act.which >= open.length || Number.isNaN(held[act.which])) break
            open[act.which]!.change(microUsd(act.usd))
            held[act.which] = counted(act.usd)
            break
          case 'settle':
            if (act.which >= open.length || Number.isNaN(held[act.which])) break
            open[act.which]!.settle(microUsd(act.usd) as MicroUsd)
            spent += counted(act.usd)
            held[act.which] = Number.NaN
            break
          case 'pass':
            at += act.ms
            break
          case 'restart': {
            const text = saved(book)
            book = createBudgetBook(() => new Date(at))
            book.restore(text)
            spent += held.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0)
            open = []
            held = []
            // A clock that was set back before a restart: the period that the book was in is not the one that runs.
            if (book.facts(policy(per)) && book.snapshot()[0]!.beganAt < began) spent = 0
            began = book.snapshot()[0]!.beganAt
          }
        }
        roll()
        const expected = spent + held.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0)
        const { spentUsd, elapsedShare } = book.facts(policy(per))
        expect(Math.round(spentUsd * 1e6)).toBe(expected)
        expect(spentUsd).toBeGreaterThanOrEqual(0)
        expect(elapsedShare).toBeGreaterThanOrEqual(0)
        expect(elapsedShare).toBeLessThan(1)
      }
    }),
  )
})
