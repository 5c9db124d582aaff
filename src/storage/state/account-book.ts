/**
 * Accounts and what is set aside from them, in this process's memory. Nothing here waits for anybody.
 *
 * The clock may jump. A period that is over is never opened again: set back, a clock gives nothing back, were it to 1970 until it is set
 * right. A jump ahead opens a later period, which then goes on until it really ends.
 */

import type { LimitPeriod } from '../../domain/limits.ts'
import { periodAt } from '../../domain/period.ts'
import type { Clock } from '../../domain/transport.ts'
import { askedAmount, askedMs, settledAmount } from './amounts.ts'
import type { Account, Balance, Hold } from './shared-state.ts'

export type Entry = {
  readonly account: Account
  beganAt: number
  endsAt: number
  spent: number
  /** Goes with requests, not with the period. */
  reserved: number
  /** Holds that are open on it. */
  open: number
  /** When it was last used, in uses of the book. */
  touched: number
  /** Its number in the journal; 0: not written there yet. */
  line: number
}

/** Amounts set aside from entries, in one order. */
export type OpenSet = {
  readonly id: number
  readonly entries: readonly Entry[]
  amounts: readonly number[]
  /** By the monotonic clock. */
  readonly dueAt: number
}

/** Writes down what happens, before anybody is told that it has. */
export type Recorder = {
  /** It stands in another period, or was told what it has spent. */
  readonly rolled: (entry: Entry) => void
  readonly held: (set: OpenSet) => void
  readonly changed: (set: OpenSet) => void
  /** `amounts` is what it came to. */
  readonly ended: (set: OpenSet, amounts: readonly number[]) => void
}

export type Booked =
  | { readonly kind: 'held'; readonly set: OpenSet }
  | { readonly kind: 'refused'; readonly at: Hold; readonly balance: Balance }

export type AccountBook = {
  /** All or nothing. Throws RangeError at an amount or a time that is none. */
  readonly hold: (holds: readonly Hold[], forMs: number) => Booked
  /** These three do nothing to a set that has ended. */
  readonly change: (set: OpenSet, amounts: readonly number[]) => void
  readonly settle: (set: OpenSet, amounts: readonly number[]) => void
  readonly keep: (set: OpenSet) => void
  readonly balance: (account: Account) => Balance
  /** Takes over what others know of an account. */
  readonly seed: (account: Account, balance: Omit<Balance, 'endsAt'>) => void
  /** Counts what was never set aside here, whatever the limits, and gives back what others had set aside for it. */
  readonly spend: (account: Account, amount: number, released?: number) => void
  readonly entries: () => Iterable<Entry>
  readonly open: () => Iterable<OpenSet>
}

export type AccountBookOptions = {
  readonly clock: Clock
  readonly mostAccounts: number
  readonly recorder: Recorder | null
}

const sweepEveryMs = 1000

export function createAccountBook({ clock, mostAccounts, recorder }: AccountBookOptions): AccountBook {
  const entries = createEntries(mostAccounts, recorder)
  const open = new Map<number, OpenSet>()
  let nextId = 1
  let sweepAt = Number.NEGATIVE_INFINITY

  const end = (set: OpenSet, amounts: readonly number[]): void => {
    if (!open.delete(set.id)) return
    const at = clock.wall().getTime()
    set.entries.forEach((entry, index) => {
      entries.roll(entry, at)
      const amount = set.amounts[index]!
      // Where others are asked too, their answer may have taken the place of what was set aside here.
      entry.reserved = Math.max(0, entry.reserved - amount)
      entry.spent += settledAmount(amounts[index], amount)
      entry.open -= 1
    })
    recorder?.ended(set, amounts)
  }
  const sweep = (now: number): void => {
    sweepAt = now + sweepEveryMs
    for (const set of open.values()) if (set.dueAt <= now) end(set, set.amounts)
  }

  return {
    hold: (holds, forMs) => {
      const now = clock.now()
      if (now >= sweepAt) sweep(now)
      const amounts = holds.map(({ amount }) => askedAmount(amount))
      const dueAt = now + askedMs(forMs)
      const at = clock.wall().getTime()
      entries.makeRoom(at)
      const mine = holds.map(({ account }) => entries.at(account, at))
      const refused = takeAll(mine, amounts, holds)
      if (refused !== null) {
        const entry = mine[refused]!
        return { kind: 'refused', at: holds[refused]!, balance: balanceOf(entry) }
      }
      const set: OpenSet = { id: nextId, entries: mine, amounts, dueAt }
      nextId += 1
      open.set(set.id, set)
      recorder?.held(set)
      return { kind: 'held', set }
    },
    change: (set, amounts) => {
      if (!open.has(set.id)) return
      const next = set.amounts.map((amount, index) => settledAmount(amounts[index], amount))
      set.entries.forEach((entry, index) => {
        entry.reserved += next[index]! - set.amounts[index]!
      })
      set.amounts = next
      recorder?.changed(set)
    },
    settle: (set, amounts) =>
      end(
        set,
        set.amounts.map((amount, index) => settledAmount(amounts[index], amount)),
      ),
    keep: (set) => end(set, set.amounts),
    balance: (account) => {
      const now = clock.now()
      if (now >= sweepAt) sweep(now)
      const at = clock.wall().getTime()
      const entry = entries.find(account, at)
      return entry ? balanceOf(entry) : { spent: 0, reserved: 0, ...periodAt(account.per, new Date(at)) }
    },
    spend: (account, amount, released = 0) => {
      const at = clock.wall().getTime()
      entries.makeRoom(at)
      const entry = entries.at(account, at)
      entry.spent += settledAmount(amount, 0)
      entry.reserved = Math.max(0, entry.reserved - released)
      recorder?.rolled(entry)
    },
    seed: (account, balance) => {
      const at = clock.wall().getTime()
      entries.makeRoom(at)
      const entry = entries.at(account, at)
      Object.assign(entry, {
        ...periodAt(account.per, new Date(balance.beganAt)),
        spent: balance.spent,
        reserved: balance.reserved,
      })
      recorder?.rolled(entry)
    },
    entries: () => entries.all(),
    open: () => open.values(),
  }
}

const balanceOf = ({ spent, reserved, beganAt, endsAt }: Entry): Balance => ({
  spent,
  reserved,
  beganAt,
  endsAt,
})

/** Sets every amount aside, or none: then the index of the first that would pass its limit. One account may stand there twice. */
function takeAll(entries: readonly Entry[], amounts: readonly number[], holds: readonly Hold[]) {
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!
    const amount = amounts[index]!
    const { limit } = holds[index]!
    // Written so that a limit that is no number refuses.
    if (limit !== null && !(entry.spent + entry.reserved + amount <= limit)) {
      for (let back = 0; back < index; back++) {
        entries[back]!.reserved -= amounts[back]!
        entries[back]!.open -= 1
      }
      return index
    }
    entry.reserved += amount
    entry.open += 1
  }
  return null
}

type Entries = {
  /** Made where there is none; in the period that runs. */
  readonly at: (account: Account, at: number) => Entry
  readonly find: (account: Account, at: number) => Entry | undefined
  readonly roll: (entry: Entry, at: number) => void
  /** Forgets accounts that nobody uses where there are too many: those whose period is over first, then those not used for longest. */
  readonly makeRoom: (at: number) => void
  readonly all: () => Iterable<Entry>
}

function createEntries(mostAccounts: number, recorder: Recorder | null): Entries {
  // By period first: names are then looked up without making new strings.
  const byPeriod = new Map<LimitPeriod, Map<string, Entry>>()
  let size = 0
  let uses = 0

  const roll = (entry: Entry, at: number): void => {
    if (at < entry.endsAt) return
    Object.assign(entry, periodAt(entry.account.per, new Date(at)), { spent: 0 })
    recorder?.rolled(entry)
  }
  const find = (account: Account, at: number): Entry | undefined => {
    const entry = byPeriod.get(account.per)?.get(account.name)
    if (!entry) return undefined
    roll(entry, at)
    uses += 1
    entry.touched = uses
    return entry
  }
  const makeRoom = (at: number): void => {
    if (size < mostAccounts) return
    const idle: Entry[] = []
    for (const names of byPeriod.values()) {
      for (const entry of names.values()) if (entry.open === 0) idle.push(entry)
    }
    const over = ({ endsAt, spent }: Entry) => endsAt <= at || spent === 0
    idle.sort((one, other) => Number(over(other)) - Number(over(one)) || one.touched - other.touched)
    for (const { account } of idle.slice(0, Math.max(1, Math.ceil(mostAccounts / 10)))) {
      byPeriod.get(account.per)?.delete(account.name)
      size -= 1
    }
  }
  return {
    roll,
    find,
    makeRoom,
    at: (account, at) => {
      const found = find(account, at)
      if (found) return found
      let names = byPeriod.get(account.per)
      if (!names) {
        names = new Map()
        byPeriod.set(account.per, names)
      }
      uses += 1
      const { beganAt, endsAt } = periodAt(account.per, new Date(at))
      const entry = { account, beganAt, endsAt, spent: 0, reserved: 0, open: 0, touched: uses, line: 0 }
      names.set(account.name, entry)
      size += 1
      return entry
    },
    *all() {
      for (const names of byPeriod.values()) yield* names.values()
    },
  }
}
