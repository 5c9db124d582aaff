/** What policies have spent of their budgets in the period that runs, and what is reserved for requests under way. */

import { type MicroUsd, usdOf } from '../../domain/money.ts'
import { type BudgetRules, budgetPeriods } from '../../domain/policy.ts'
import type { BudgetFacts } from '../../domain/strategy.ts'
import { periodAt } from './period.ts'

/** A policy and its budget. */
export type Budgeted = { readonly name: string; readonly budget: BudgetRules }

/** Money set aside for one request. Settle it once, whatever became of the request. */
export type Reservation = {
  /** The request is expected to cost this now. */
  readonly change: (usd: MicroUsd) => void
  /** It has cost this. Later calls change nothing. */
  readonly settle: (usd: MicroUsd) => void
  /** What it has cost will never be known: what is set aside counts. */
  readonly keep: () => void
}

export type BudgetBook = {
  readonly facts: (policy: Budgeted) => BudgetFacts
  /** Nobody is refused here: what becomes of a budget that runs out is the strategy's to say. */
  readonly reserve: (policy: Budgeted, usd: MicroUsd) => Reservation
  readonly snapshot: () => readonly SavedBudget[]
  /** Adds what was spent before, where its period still runs. */
  readonly restore: (saved: readonly SavedBudget[]) => void
}

/** Survives JSON. `microUsd` holds what was reserved: a process that died may have spent it. */
export type SavedBudget = {
  readonly policy: string
  readonly per: BudgetRules['per']
  readonly beganAt: number
  readonly microUsd: number
}

/** `reserved` goes with requests, not with the period: what is settled after its end counts for the next. */
type Account = { readonly per: BudgetRules['per']; beganAt: number; spent: number; reserved: number }

/** Names come from configurations, of which a process may see many. */
const mostAccounts = 4_096

export function createBudgetBook(wall: () => Date): BudgetBook {
  const accounts = new Map<string, Account>()

  const accountOf = (policy: string, per: BudgetRules['per']): Account => {
    const key = `${per} ${policy}`
    const { beganAt } = periodAt(per, wall())
    let account = accounts.get(key)
    if (!account) {
      account = { per, beganAt, spent: 0, reserved: 0 }
      if (accounts.size >= mostAccounts) forgetOne(accounts, wall())
      accounts.set(key, account)
    }
    // A clock that is set back does not open a period that is over again.
    if (beganAt > account.beganAt) {
      account.beganAt = beganAt
      account.spent = 0
    }
    return account
  }

  return {
    facts: ({ name, budget }) => {
      const { spent, reserved } = accountOf(name, budget.per)
      const now = wall()
      const { beganAt, endsAt } = periodAt(budget.per, now)
      return {
        limitUsd: budget.usd,
        spentUsd: usdOf((spent + reserved) as MicroUsd),
        elapsedShare: (now.getTime() - beganAt) / (endsAt - beganAt),
      }
    },
    reserve: ({ name, budget }, usd) => {
      let held = countable(usd)
      let open = true
      accountOf(name, budget.per).reserved += held
      const account = () => accountOf(name, budget.per)
      const settle = (cost: MicroUsd): void => {
        if (!open) return
        open = false
        const booked = account()
        booked.reserved -= held
        booked.spent += countable(cost)
      }
      return {
        settle,
        keep: () => settle(held as MicroUsd),
        change: (expected) => {
          if (!open) return
          account().reserved += countable(expected) - held
          held = countable(expected)
        },
      }
    },
    snapshot: () =>
      [...accounts].map(([key, { per, beganAt, spent, reserved }]) => ({
        policy: key.slice(per.length + 1),
        per,
        beganAt,
        microUsd: spent + reserved,
      })),
    restore: (saved) => {
      for (const { policy, per, beganAt, microUsd } of saved.slice(0, mostAccounts)) {
        if (!budgetPeriods.includes(per)) continue
        const account = accountOf(policy, per)
        if (account.beganAt === beganAt) account.spent += countable(microUsd)
      }
    },
  }
}

/** Sums must never go down or be lost, whatever a price came to. */
const countable = (microUsd: number): number =>
  Number.isFinite(microUsd) && microUsd > 0 ? Math.round(microUsd) : 0

/** One whose period is over and that nobody uses, else the oldest of those that nobody uses. */
function forgetOne(accounts: Map<string, Account>, now: Date): void {
  let oldest: string | null = null
  for (const [key, { per, beganAt, reserved }] of accounts) {
    if (reserved > 0) continue
    oldest ??= key
    if (beganAt === periodAt(per, now).beganAt) continue
    oldest = key
    break
  }
  if (oldest !== null) accounts.delete(oldest)
}
