/**
 * What was settled while Redis could not be told, until it can. Amounts that Redis never knew of are added up by account; what it had set
 * aside is ended under its own id. Each thing that is told has an id that Redis remembers, so that telling it again after an answer that was
 * lost counts once.
 */

import { accountKey } from '../amounts.ts'
import type { Account } from '../shared-state.ts'
import type { Told } from './remote.ts'

/** Whether Redis has it set aside; `perhaps`: its answer was lost. */
export type Place = 'there' | 'here' | 'perhaps'

export type Untold = {
  readonly add: (id: string, place: Place, entries: Told['entries']) => void
  /** What Redis does not know yet of an account's spending. */
  readonly of: (account: Account) => number
  readonly size: () => number
  /** Tells everything, oldest first. Stops where `tell` rejects, and tells the same again the next time. */
  readonly flush: (tell: (told: Told) => Promise<void>) => Promise<void>
  /** Redis has lost what it had set aside. */
  readonly moved: () => void
}

const mostAtOnce = 64

export function createUntold(newId: () => string, mostEnds: number): Untold {
  const sums = new Map<string, Told['entries'][number]>()
  /** With an id, in the order in which they are told. */
  let queue: Told[] = []
  const waiting = new Map<string, number>()

  const count = (entries: Told['entries'], sign: 1 | -1): void => {
    for (const { account, amount } of entries) {
      const key = accountKey(account)
      const sum = (waiting.get(key) ?? 0) + sign * amount
      if (sum > 0) waiting.set(key, sum)
      else waiting.delete(key)
    }
  }
  const addUp = (entries: Told['entries']): void => {
    for (const entry of entries) {
      const key = accountKey(entry.account)
      const before = sums.get(key)
      // Of a period that is over nobody asks any more.
      if (before && before.beganAt < entry.beganAt) {
        count([before], -1)
        sums.set(key, entry)
      } else sums.set(key, { ...entry, amount: entry.amount + (before?.amount ?? 0) })
    }
    count(entries, 1)
  }
  const seal = (): void => {
    const all = [...sums.values()]
    sums.clear()
    for (let at = 0; at < all.length; at += mostAtOnce) {
      queue.push({ id: newId(), otherwise: 'add', entries: all.slice(at, at + mostAtOnce) })
    }
  }

  return {
    add: (id, place, entries) => {
      if (place === 'here') return addUp(entries)
      if (queue.length < mostEnds) {
        queue.push({ id, otherwise: place === 'there' ? 'ignore' : 'add', entries })
        return count(entries, 1)
      }
      // Too many to keep apart. What is there counts as it was set aside, when its time is up.
      if (place === 'perhaps') addUp(entries)
    },
    of: (account) => waiting.get(accountKey(account)) ?? 0,
    size: () => queue.length + sums.size,
    flush: async (tell) => {
      seal()
      for (;;) {
        const next = queue[0]
        if (!next) return
        await tell(next)
        queue.shift()
        count(next.entries, -1)
      }
    },
    moved: () => {
      queue = queue.map((told) => ({ ...told, otherwise: 'add' }))
    },
  }
}
