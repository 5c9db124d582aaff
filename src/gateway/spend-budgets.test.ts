import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import { noUsage } from '../domain/answer.ts'
import type { Attempt } from '../domain/attempt.ts'
import { modelId } from '../domain/model.ts'
import { microUsd } from '../domain/money.ts'
import { nothingBeside, type Policy } from '../domain/policy.ts'
import { forward, type Turn } from '../domain/strategy.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { NestedAccount } from '../strategies/strategy.ts'
import { budgetFacts } from './policy-accounts.ts'
import { openSpending } from './spend-budgets.ts'

const rules = { usd: 10, per: 'day' } as const
const own = aCandidate({ id: 'acme/own', usd: 0.2 })
const theirs = aCandidate({ id: 'acme/theirs', usd: 0.3 })
const unpriced = aCandidate({ id: 'acme/unpriced', usd: null })

const aPolicy = (name: string, changes: Partial<Policy> = {}): Policy =>
  ({ ...nothingBeside, name, deadlineMs: 1_000, ...changes }) as Policy

const anAttempt = (usd: number | null): Attempt => ({
  model: modelId('acme/own'),
  target: 'acme/own@default',
  startedAfterMs: 0,
  firstContentAfterMs: null,
  endedAfterMs: 1,
  usage: noUsage,
  cost: usd === null ? null : microUsd(usd),
  outcome: { kind: 'answered', finish: 'stop' },
})

function aBook() {
  const now = new Date('2026-11-27T12:00:00Z')
  const state = openMemoryState({ clock: { now: () => 0, wall: () => now }, report: () => {} })
  const spent = (name: string) => budgetFacts(state, { name, budget: rules }, now.getTime()).spentUsd
  return { state, spent }
}

describe('a policy with a budget', () => {
  const policy = aPolicy('auto', { budget: rules })
  const turn = aTurn({ candidates: [own, theirs] })

  test('sets aside the least, then what is expected, then has what it came to', () => {
    const { state, spent } = aBook()
    const spending = openSpending(state, { policy, turn })!
    expect(spent('auto')).toBe(0.2)
    spending.decided(forward([theirs], 'to them'), [anAttempt(0.1)])
    expect(spent('auto')).toBeCloseTo(0.4, 9)
    spending.settle([anAttempt(0.1)], [anAttempt(0), anAttempt(0.05)])
    spending.settle([anAttempt(5)], [])
    spending.abandon()
    expect(spent('auto')).toBeCloseTo(0.15, 9)
  })

  test('books what was expected where the price is not known, and never less than what is', () => {
    const { state, spent } = aBook()
    const one = openSpending(state, { policy, turn })!
    one.decided(forward([theirs], 'to them'), [])
    one.settle([], [anAttempt(null)])
    expect(spent('auto')).toBeCloseTo(0.3, 9)
    const other = openSpending(state, { policy, turn })!
    other.decided(forward([theirs], 'to them'), [])
    other.settle([], [anAttempt(0.5), anAttempt(null)])
    expect(spent('auto')).toBeCloseTo(0.8, 9)
  })

  test('is not thrown off by models without a price', () => {
    const { state, spent } = aBook()
    const spending = openSpending(state, { policy, turn: aTurn({ candidates: [unpriced] }) })!
    spending.decided(forward([unpriced], 'to them'), [])
    expect(spent('auto')).toBe(0)
    spending.settle([], [anAttempt(null)])
    expect(spent('auto')).toBe(0)
  })

  test('keeps what was set aside where nobody knows what became of the request', () => {
    const { state, spent } = aBook()
    openSpending(state, { policy, turn })!.abandon()
    expect(spent('auto')).toBe(0.2)
  })
})

describe('a policy within another', () => {
  const inner = aPolicy('inner', { budget: rules })
  const outer = aPolicy('outer', { nested: [inner] })

  function aNestedTurn(through: NestedAccount['through']): Turn {
    const account: NestedAccount = {
      candidates: [theirs],
      fallbacks: [],
      objective: aTurn().objective,
      nobody: null,
      budget: { limitUsd: 10, spentUsd: 0, elapsedShare: 0 },
      through,
    }
    return aTurn({ candidates: [own], nested: { inner: account } })
  }

  test('pays for the answer that it chose, and for the calls that it made', () => {
    const { state, spent } = aBook()
    const turn = aNestedTurn({ usd: 0.01, to: [theirs] })
    const spending = openSpending(state, { policy: outer, turn })!
    spending.decided({ ...forward([theirs], 'to them'), by: 'inner' } as never, [anAttempt(0.01)])
    expect(spent('inner')).toBeCloseTo(0.31, 9)
    spending.settle([anAttempt(0.01)], [anAttempt(0.25)])
    expect(spent('inner')).toBeCloseTo(0.26, 9)
    expect(spent('outer')).toBe(0)
  })

  test('does not pay for an answer that the policy around it chose in the end', () => {
    const { state, spent } = aBook()
    const turn = aNestedTurn({ usd: 0.01, to: [theirs] })
    const spending = openSpending(state, { policy: outer, turn })!
    spending.decided(forward([own], 'rather not'), [anAttempt(0.01)])
    spending.settle([anAttempt(0.01)], [anAttempt(0.25)])
    expect(spent('inner')).toBeCloseTo(0.01, 9)
  })
})

test('no budget anywhere: there is nothing to book', () => {
  const policy = aPolicy('outer', { nested: [aPolicy('inner')] })
  expect(openSpending(aBook().state, { policy, turn: aTurn() })).toBeNull()
})
