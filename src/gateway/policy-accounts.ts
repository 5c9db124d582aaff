/** The accounts of policies with budgets: nobody is refused there, since what becomes of one that runs out is the strategy's to say. */

import type { MicroUsd } from '../domain/money.ts'
import { usdOf } from '../domain/money.ts'
import type { BudgetRules } from '../domain/policy.ts'
import type { BudgetFacts } from '../domain/strategy.ts'
import type { Account, Held, OpenHold, SharedState } from '../storage/state/shared-state.ts'

/** A policy and its budget. */
export type Budgeted = { readonly name: string; readonly budget: BudgetRules }

export const accountOf = ({ name, budget }: Budgeted): Account => ({
  name: `usd budget ${name}`,
  per: budget.per,
})

/** What the strategy is told of its budget. */
export function budgetFacts(state: Pick<SharedState, 'balance'>, policy: Budgeted, now: number): BudgetFacts {
  const { spent, reserved, beganAt, endsAt } = state.balance(accountOf(policy))
  return {
    limitUsd: policy.budget.usd,
    spentUsd: usdOf((spent + reserved) as MicroUsd),
    elapsedShare: Math.min(1, Math.max(0, (now - beganAt) / (endsAt - beganAt))),
  }
}

/** Amounts in the order of the policies. Only the first of `settle` and `keep` counts. */
export type Counted = {
  readonly change: (amounts: readonly MicroUsd[]) => void
  readonly settle: (amounts: readonly MicroUsd[]) => void
  readonly keep: () => void
}

/** How long after its deadline a request's money stays set aside, should its process die. */
const graceMs = 60_000

export function countSpending(
  state: Pick<SharedState, 'hold'>,
  policies: readonly Budgeted[],
  amounts: readonly MicroUsd[],
  deadlineMs: number,
): Counted {
  const holds = policies.map((policy, index) => ({
    account: accountOf(policy),
    amount: amounts[index] ?? 0,
    limit: null,
  }))
  const held = state.hold(holds, deadlineMs + graceMs)
  // Nobody waits for an account that refuses nobody: where others must be asked, their answer is followed up.
  const then = (work: (hold: OpenHold) => unknown): void => {
    const run = (found: Held) => void (found.kind === 'held' && work(found.hold))
    if (held instanceof Promise) void held.then(run, () => {})
    else run(held)
  }
  return {
    change: (changed) => then((hold) => hold.change(changed)),
    settle: (settled) => then((hold) => hold.settle(settled)),
    keep: () => then((hold) => hold.keep()),
  }
}
