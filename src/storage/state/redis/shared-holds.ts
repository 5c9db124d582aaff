/** Amounts set aside where Redis decides, and here while it can't be reached. */

import type { AccountBook, OpenSet } from '../account-book.ts'
import { askedAmount, askedMs, settledAmount } from '../amounts.ts'
import type { Account, Balance, Held, Hold, OpenHold } from '../shared-state.ts'
import { lost, type Reach } from './reach.ts'
import type { Remote, RemoteEnded, Told } from './remote.ts'
import type { Place, Untold } from './untold.ts'

type Open = {
  readonly id: string
  readonly accounts: readonly Account[]
  amounts: readonly number[]
  /** By the monotonic clock. */
  readonly dueAt: number
  place: Place
  /** In which Redis has it set aside. */
  epoch: string
  /** Set aside here; `null`: in Redis alone. */
  set: OpenSet | null
}

export type SharedHoldsOptions = {
  readonly remote: Remote
  readonly reach: Reach
  /** What is known here of all accounts: Redis's last answers, and what was decided here since. */
  readonly book: AccountBook
  /** Takes an answer of Redis over into the book. */
  readonly learn: (accounts: readonly Account[], balances: readonly Balance[]) => void
  readonly untold: Untold
  readonly now: () => number
  readonly wall: () => number
  readonly newId: () => string
  readonly epoch: () => string
}

export type SharedHolds = {
  readonly hold: (holds: readonly Hold[], forMs: number) => Promise<Held>
  /** Has Redis set aside what was set aside here, or in an epoch that it has lost. Rejects where it fails. */
  readonly adopt: () => Promise<void>
  /** Ends what nobody has ended in time. */
  readonly sweep: () => void
}

export function createSharedHolds(options: SharedHoldsOptions): SharedHolds {
  const { remote, reach, book, learn, untold, now, newId } = options
  const open = new Map<string, Open>()

  const begin = (one: Open): Held => {
    open.set(one.id, one)
    return { kind: 'held', hold: openHold(one) }
  }
  const openHold = (one: Open): OpenHold => ({
    change: (amounts) => change(one, amounts),
    settle: (amounts) => end(one, came(one, amounts)),
    keep: () => end(one, one.amounts),
  })

  const holdHere = (holds: readonly Hold[], forMs: number, asked: string | null): Held => {
    const booked = book.hold(holds, forMs)
    const accounts = holds.map(({ account }) => account)
    if (booked.kind === 'refused') {
      // Redis may have set it aside, and lost its answer.
      if (asked !== null) {
        untold.add(
          asked,
          'there',
          entriesOf(
            accounts,
            holds.map(() => 0),
          ),
        )
      }
      return booked
    }
    const { set } = booked
    const place = asked === null ? 'here' : 'perhaps'
    const id = asked ?? newId()
    return begin({ id, accounts, amounts: set.amounts, dueAt: now() + forMs, place, epoch: '', set })
  }

  const entriesOf = (accounts: readonly Account[], amounts: readonly number[]): Told['entries'] =>
    accounts.map((account, index) => ({
      account,
      amount: amounts[index]!,
      beganAt: book.balance(account).beganAt,
      at: options.wall(),
    }))

  const change = async (one: Open, amounts: readonly number[]): Promise<void> => {
    if (!open.has(one.id)) return
    const before = one.amounts
    one.amounts = came(one, amounts)
    if (one.set) book.change(one.set, one.amounts)
    if (one.place !== 'there') return
    const answer = await reach.ask(() => remote.change(one.id, one.accounts, one.amounts))
    if (answer !== lost) {
      if (answer.kind === 'ok') learn(one.accounts, answer.balances)
      return
    }
    if (!open.has(one.id)) return
    one.accounts.forEach((account, index) => {
      book.spend(account, 0, before[index]! - one.amounts[index]!)
    })
    // Redis is told with what it has to adopt.
    one.place = 'perhaps'
  }

  const end = async (one: Open, amounts: readonly number[]): Promise<void> => {
    if (!open.delete(one.id)) return
    if (one.place === 'there') {
      const answer = await reach.ask(() => remote.settle(one.id, one.accounts, amounts))
      if (answer !== lost) return ended(one, answer, amounts)
    }
    endHere(one, amounts)
    // Set aside in an epoch that Redis has lost, and perhaps not yet in the one that runs.
    const place = one.place === 'there' && one.epoch !== options.epoch() ? 'perhaps' : one.place
    untold.add(one.id, place, entriesOf(one.accounts, amounts))
  }

  const ended = (one: Open, answer: RemoteEnded, amounts: readonly number[]): void => {
    if (answer.kind === 'ok') {
      learn(one.accounts, answer.balances)
      return
    }
    // Its time was up, and it counts as it was set aside; or Redis has lost it.
    if (answer.epoch === one.epoch) return
    untold.add(one.id, 'here', entriesOf(one.accounts, amounts))
    endHere(one, amounts)
    reach.degrade(lostEpoch)
  }

  const endHere = (one: Open, amounts: readonly number[]): void => {
    if (one.set) {
      book.settle(one.set, amounts)
      return
    }
    one.accounts.forEach((account, index) => {
      book.spend(account, amounts[index]!, one.amounts[index]!)
    })
  }

  const adoptOne = async (one: Open): Promise<void> => {
    // From here on Redis may have it, whatever becomes of the answer.
    one.place = 'perhaps'
    const epoch = options.epoch()
    const { amounts } = one
    const answer = await remote.adopt(epoch, one.id, one.accounts, amounts, Math.max(1, one.dueAt - now()))
    if (answer.kind === 'moved') throw new Error(lostEpoch)
    // Ended meanwhile: that is told later, under the same id.
    if (answer.kind !== 'held' || !open.has(one.id)) return
    one.place = 'there'
    one.epoch = epoch
    if (one.set) {
      book.settle(
        one.set,
        one.amounts.map(() => 0),
      )
      one.set = null
    }
    learn(one.accounts, answer.balances)
    if (one.amounts !== amounts) await remote.change(one.id, one.accounts, one.amounts)
  }

  return {
    hold: async (holds, lasting) => {
      for (const { amount } of holds) askedAmount(amount)
      const forMs = askedMs(lasting)
      if (reach.mode() === 'local') return holdHere(holds, forMs, null)
      const id = newId()
      const epoch = options.epoch()
      const answer = await reach.ask(() => remote.hold(epoch, id, holds, forMs))
      if (answer === lost) return holdHere(holds, forMs, id)
      const accounts = holds.map(({ account }) => account)
      switch (answer.kind) {
        case 'held': {
          learn(accounts, answer.balances)
          const amounts = holds.map(({ amount }) => Math.ceil(amount))
          const dueAt = now() + forMs
          return begin({ id, accounts, amounts, dueAt, place: 'there', epoch, set: null })
        }
        case 'refused': {
          const at = holds[answer.index]!
          learn([at.account], [answer.balance])
          return { kind: 'refused', at, balance: answer.balance }
        }
        default:
          reach.degrade(lostEpoch)
          return holdHere(holds, forMs, null)
      }
    },
    adopt: async () => {
      for (const one of open.values()) {
        if (one.place !== 'there' || one.epoch !== options.epoch()) await adoptOne(one)
      }
    },
    sweep: () => {
      for (const one of open.values()) {
        if (one.dueAt > now()) continue
        // Redis counts it by itself.
        if (one.place === 'there' && reach.mode() === 'shared') open.delete(one.id)
        else void end(one, one.amounts)
      }
    },
  }
}

export const lostEpoch = 'Redis has lost what it knew'

const came = (one: Open, amounts: readonly number[]): readonly number[] =>
  one.amounts.map((amount, index) => settledAmount(amounts[index], amount))
