/** The state of one process: in its memory, at once, and where a journal is named, kept over its death. */

import type { Clock } from '../../domain/transport.ts'
import { type AccountBook, createAccountBook, type OpenSet } from './account-book.ts'
import { type JournalOptions, openJournal } from './journal.ts'
import { createRateBook, type RateBook } from './rate-book.ts'
import type { OpenHold, SharedState, StateProblem } from './shared-state.ts'
import { createSlotBook, type SlotBook } from './slot-book.ts'
import { createSumBook, type SumBook } from './sum-book.ts'
import { createTextBook, type TextBook } from './text-book.ts'

/** How much is kept at most. What goes beyond is forgotten, what is used least first. */
export type StateBounds = {
  readonly accounts: number
  readonly rates: number
  readonly textBytes: number
  /** Numbers in vectors of sums. */
  readonly sums: number
}

export const usualBounds: StateBounds = {
  accounts: 100_000,
  rates: 50_000,
  textBytes: 64 * 2 ** 20,
  sums: 4_000_000,
}

export type MemoryStateOptions = {
  readonly clock: Clock
  /** Told once for each thing that goes wrong. */
  readonly report: (problem: StateProblem) => void
  /** Where accounts are written down as they change; without it they are forgotten with the process. */
  readonly journal?: JournalOptions
  readonly bounds?: Partial<StateBounds>
}

/** The parts of a state that is in memory. */
export type StateBooks = {
  readonly accounts: AccountBook
  readonly rates: RateBook
  readonly slots: SlotBook
  readonly texts: TextBook
  readonly sums: SumBook
}

/** A state whose every answer is a value, never a promise. Throws `StateError` where the journal can't be opened. */
export function openMemoryState({ clock, report, journal, bounds }: MemoryStateOptions): SharedState {
  const opened = journal ? openJournal(journal, report) : null
  const books = createBooks(clock, { ...usualBounds, ...bounds }, opened?.recorder ?? null)
  if (opened) {
    const { accounts, open } = opened.replayed
    for (const { account, beganAt, spent } of accounts) {
      books.accounts.seed(account, { beganAt, spent, reserved: 0 })
    }
    // Who had set it aside is dead, and may have spent it.
    for (const { account, amount } of open) books.accounts.spend(account, amount)
    opened.begin(books.accounts)
  }
  return stateOver(books, () => opened?.close())
}

export const createBooks = (
  clock: Clock,
  bounds: StateBounds,
  recorder: Parameters<typeof createAccountBook>[0]['recorder'] = null,
): StateBooks => ({
  accounts: createAccountBook({ clock, mostAccounts: bounds.accounts, recorder }),
  rates: createRateBook(clock.now, bounds.rates),
  slots: createSlotBook(clock.now),
  texts: createTextBook(clock.now, bounds.textBytes),
  sums: createSumBook(bounds.sums),
})

function stateOver({ accounts, rates, slots, texts, sums }: StateBooks, close: () => void): SharedState {
  return {
    hold: (holds, forMs) => {
      const booked = accounts.hold(holds, forMs)
      return booked.kind === 'held' ? { kind: 'held', hold: openHold(accounts, booked.set) } : booked
    },
    balance: accounts.balance,
    balances: (wanted) => wanted.map(accounts.balance),
    admit: (claims) => {
      const admitted = rates.admit(claims)
      if (admitted.kind === 'refused') return admitted
      return { kind: 'admitted', correct: (amounts) => rates.correct(admitted.placed, amounts) }
    },
    enter: (wanted, forMs) => {
      const entered = slots.enter(wanted, forMs)
      return entered.kind === 'full' ? entered : { kind: 'entered', leave: () => slots.leave(entered.taken) }
    },
    read: texts.read,
    write: texts.write,
    // There is nobody else.
    publish: () => {},
    subscribe: () => () => {},
    addSums: sums.add,
    readSums: sums.read,
    replaceSums: sums.replace,
    mode: () => 'alone',
    close: async () => close(),
  }
}

const openHold = (accounts: AccountBook, set: OpenSet): OpenHold => ({
  change: (amounts) => accounts.change(set, amounts),
  settle: (amounts) => accounts.settle(set, amounts),
  keep: () => accounts.keep(set),
})
