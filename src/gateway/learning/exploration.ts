/** Dollars that policies may spend on trying models: a counted account for each, by period. */

import { microUsd, usdOf, type MicroUsd } from '../../domain/money.ts'
import type { BudgetRules, Policy } from '../../domain/policy.ts'
import type { BudgetFacts, Strategy } from '../../domain/strategy.ts'
import type { Account, SharedState } from '../../storage/state/shared-state.ts'

export type Exploration = {
  /** `null`: the policy may try none. */
  readonly facts: (policy: Pick<Policy, 'name' | 'explore'>) => BudgetFacts | null
  /**
   * The policy's strategy, with what is left for trying as it is when it chooses, and what it tries booked in the same breath:
   * two requests at once in one process can't both take the last dollar.
   */
  readonly chooser: (policy: Policy) => Strategy
}

const holdMs = 60_000

export function createExploration(
  state: Pick<SharedState, 'hold' | 'balance'>,
  wall: () => number,
): Exploration {
  /** Booked, and not in the balance yet: the answer of whoever keeps it is on its way. */
  const onTheWay = new Map<string, number>()
  const choosers = new WeakMap<Policy, Strategy>()
  const factsOf = (name: string, explore: BudgetRules): BudgetFacts => {
    const { spent, reserved, beganAt, endsAt } = state.balance(accountOf(name, explore))
    const booked = spent + reserved + (onTheWay.get(name) ?? 0)
    return {
      limitUsd: explore.usd,
      spentUsd: usdOf(booked as MicroUsd),
      elapsedShare: Math.min(1, Math.max(0, (wall() - beganAt) / (endsAt - beganAt))),
    }
  }
  const book = (name: string, explore: BudgetRules, usd: number): void => {
    // Upwards: what is rounded away many times over would be spent beyond the limit.
    const amount = Math.ceil(microUsd(usd * 1000) / 1000)
    if (!(amount > 0)) return
    const account = accountOf(name, explore)
    const held = state.hold([{ account, amount, limit: null }], holdMs)
    if (!(held instanceof Promise)) {
      if (held.kind === 'held') void held.hold.settle([amount])
      return
    }
    onTheWay.set(name, (onTheWay.get(name) ?? 0) + amount)
    void held
      .then((found) => (found.kind === 'held' ? found.hold.settle([amount]) : undefined))
      .catch(() => {})
      .finally(() => onTheWay.set(name, Math.max(0, (onTheWay.get(name) ?? 0) - amount)))
  }
  const wrapped = (policy: Policy, explore: BudgetRules): Strategy =>
    function* choosing(turn) {
      const verdict = yield* policy.choose({ ...turn, exploration: factsOf(policy.name, explore) })
      if (verdict.kind === 'forward' && verdict.explores) book(policy.name, explore, verdict.explores.usd)
      return verdict
    }
  return {
    facts: ({ name, explore }) => (explore ? factsOf(name, explore) : null),
    chooser: (policy) => {
      if (!policy.explore) return policy.choose
      const known = choosers.get(policy) ?? wrapped(policy, policy.explore)
      choosers.set(policy, known)
      return known
    },
  }
}

const accountOf = (name: string, { per }: BudgetRules): Account => ({ name: `usd explore ${name}`, per })
