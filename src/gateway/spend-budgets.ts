/** Books what a request costs with the budgets of its policy and of the policies within it that it went through. */

import type { Attempt } from '../domain/attempt.ts'
import { expectedUsd } from '../domain/candidate.ts'
import { type MicroUsd, microUsd } from '../domain/money.ts'
import type { Policy } from '../domain/policy.ts'
import type { Turn, Verdict } from '../domain/strategy.ts'
import type { NestedAccount } from '../strategies/strategy.ts'
import type { Considered } from './consider.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import { type Counted, countSpending } from './policy-accounts.ts'

/** The budgets that a request counts for, until it has ended. */
export type Spending = {
  /** Reserves what the verdict is expected to cost, beside what has been spent on the way to it. */
  readonly decided: (verdict: Verdict, asked: readonly Attempt[]) => void
  /** Once, however the request ended: with what it came to. */
  readonly settle: (asked: readonly Attempt[], forwarded: readonly Attempt[]) => void
  /** A bug has ended the request, and nobody knows what it came to. */
  readonly abandon: () => void
}

/** `null`: no budget has anything to do with the request. */
export function openSpending(
  state: Pick<SharedState, 'hold'>,
  { policy, turn }: Pick<Considered, 'policy' | 'turn'>,
): Spending | null {
  const inner = withBudget(policy)
  if (policy.budget === null && inner.length === 0) return null
  const own = policy.budget === null ? [] : [{ name: policy.name, budget: policy.budget }]
  const least = Math.min(...turn.candidates.map(expectedUsd))
  const counted: Counted = countSpending(
    state,
    [...own, ...inner],
    [...own.map(() => micros(least)), ...inner.map(() => micros(0))],
    policy.deadlineMs,
  )
  let expected = 0
  let went: readonly string[] = []
  const amounts = (spent: number, last: number): MicroUsd[] => [
    ...own.map(() => micros(spent + last)),
    ...inner.map(({ name }) => micros(spentWithin(turn, name) + (went.includes(name) ? last : 0))),
  ]
  return {
    decided: (verdict, asked) => {
      expected = verdict.kind === 'forward' ? finite(expectedUsd(verdict.to[0])) : 0
      went = inner.flatMap(({ name }) => (wentThrough(turn, name, verdict) ? [name] : []))
      counted.change(amounts(dollarsOf(asked, 0), expected))
    },
    settle: (asked, forwarded) => {
      counted.settle(amounts(dollarsOf(asked, 0), dollarsOf(forwarded, expected)))
    },
    abandon: counted.keep,
  }
}

type WithBudget = Policy & { readonly budget: NonNullable<Policy['budget']> }

/** Those with a budget among the policies that this one may come to. */
function withBudget(policy: Policy): readonly WithBudget[] {
  if (policy.nested.length === 0) return []
  const found = new Map<string, WithBudget>()
  const visit = (inner: Policy): void => {
    if (inner.budget !== null) found.set(inner.name, inner as WithBudget)
    for (const one of inner.nested) visit(one)
  }
  for (const inner of policy.nested) visit(inner)
  return [...found.values()]
}

const accountOf = ({ nested }: Turn, name: string): NestedAccount | null => {
  const turn = nested[name]
  return turn !== undefined && 'through' in turn ? (turn as NestedAccount) : null
}

const spentWithin = (turn: Turn, name: string): number => accountOf(turn, name)?.through.usd ?? 0

/** Whether what is forwarded is what that policy had decided: the one around it may have thought better of it. */
function wentThrough(turn: Turn, name: string, verdict: Verdict): boolean {
  if (verdict.kind !== 'forward' || verdict.by === undefined) return false
  const to = accountOf(turn, name)?.through.to ?? []
  return verdict.to.every((candidate) => to.includes(candidate))
}

/**
 * What is known of the attempts' costs; where one of them is not known, no less than was expected. Failed attempts and those
 * that were cut short count with what they cost.
 */
function dollarsOf(attempts: readonly Attempt[], expected: number): number {
  let known = 0
  let unknown = false
  for (const { cost } of attempts)
    if (cost === null) unknown = true
    else known += cost / 1e6
  return unknown ? Math.max(known, expected) : known
}

const finite = (usd: number): number => (Number.isFinite(usd) ? usd : 0)

const micros = (usd: number): MicroUsd => microUsd(finite(usd))
