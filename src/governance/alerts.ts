/** Tells when limits come near: once for each limit, share and period. */

import { LRUCache } from 'lru-cache'
import type { SpendLimit } from '../domain/limits.ts'
import type { Balance, SharedState } from '../storage/state/shared-state.ts'
import type { LimitedAccount } from './purse.ts'
import type { Subject } from './subjects.ts'

export type BudgetAlert = {
  readonly scope: Subject['scope']
  readonly name: string
  readonly unit: SpendLimit['unit']
  readonly per: SpendLimit['per']
  /** Of the limit, 0 to 1: the one that was asked to be told of. */
  readonly share: number
  /** Dollars or tokens. */
  readonly limit: number
  readonly spent: number
}

/** Accounts are as many as keys and users may be; one that is forgotten is told of again. */
const mostTold = 20_000

/** Processes that share limits tell of each but once: the word lives longer than any month. */
const toldForMs = 40 * 24 * 3_600_000

export function createAlerts(
  state: Pick<SharedState, 'read' | 'write'>,
  onAlert: (alert: BudgetAlert) => void,
): { readonly settled: (account: LimitedAccount, balance: Balance) => void } {
  const told = new LRUCache<string, true>({ max: mostTold })
  const tellOnce = async (key: string, alert: BudgetAlert): Promise<void> => {
    if ((await state.read(key)) !== null) return
    await state.write(key, '1', toldForMs)
    onAlert(alert)
  }
  return {
    settled: ({ account, terms, limit, subject }, { spent, beganAt }) => {
      for (const share of terms.alertAt) {
        if (spent < share * limit) continue
        const key = `alert ${account.name} ${account.per} ${beganAt} ${share}`
        if (told.has(key)) continue
        told.set(key, true)
        const { unit, per } = terms
        const { scope, name } = subject
        const amount = unit === 'usd' ? spent / 1e6 : spent
        // State that can't be asked must not keep an alert back.
        void tellOnce(key, { scope, name, unit, per, share, limit: terms.limit, spent: amount }).catch(
          () => {},
        )
      }
    },
  }
}
