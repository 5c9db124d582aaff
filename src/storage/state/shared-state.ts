/**
 * What the processes of one Fairlead must agree on at every moment: money, rates, breakers, sessions, learnt sums. In memory where
 * there is one process; in Redis where there are several. Every state passes `state.contract.ts`.
 */

import type { LimitPeriod } from '../../domain/limits.ts'

/** At once where nobody outside has to be asked. */
export type Awaitable<T> = T | Promise<T>

/** Something whose use is added up by period: the dollars of a key, say. Its name says who, what and in which unit. */
export type Account = { readonly name: string; readonly per: LimitPeriod }

/** An amount, in whole micro-dollars or tokens, that is set aside from an account. Refused where it would pass `limit`; `null`: counted only. */
export type Hold = { readonly account: Account; readonly amount: number; readonly limit: number | null }

export type Held =
  | { readonly kind: 'held'; readonly hold: OpenHold }
  /** Nothing was set aside anywhere: `at` is the first of the holds that would pass its limit. */
  | { readonly kind: 'refused'; readonly at: Hold; readonly balance: Balance }

/** Ends once, whichever comes first; later calls change nothing. None of them fails: what can't be told now is told later. */
export type OpenHold = {
  /** Other amounts, in the order of the holds, whatever the limits: what is under way may turn out dearer. */
  readonly change: (amounts: readonly number[]) => Awaitable<void>
  /** What it came to, in the order of the holds; zeros release it. Counts in the period in which it is settled. */
  readonly settle: (amounts: readonly number[]) => Awaitable<void>
  /** What it came to will never be known: what is set aside counts as spent. */
  readonly keep: () => Awaitable<void>
}

/** Of the period that runs. */
export type Balance = {
  readonly spent: number
  readonly reserved: number
  /** Milliseconds since 1970; `endsAt` is infinite for a lifetime. */
  readonly beganAt: number
  readonly endsAt: number
}

/** So many in any stretch of `windowMs`. */
export type Rate = { readonly name: string; readonly windowMs: number; readonly limit: number }

export type Admission =
  /** `correct`: it came to another amount than was claimed; amounts in the order of the claims. */
  | { readonly kind: 'admitted'; readonly correct: (amounts: readonly number[]) => Awaitable<void> }
  | { readonly kind: 'refused'; readonly rate: Rate; readonly retryAfterMs: number }

/** Places of which so many may be taken at one time. */
export type Slots = { readonly name: string; readonly limit: number }

export type Entrance =
  | { readonly kind: 'entered'; readonly leave: () => Awaitable<void> }
  | { readonly kind: 'full'; readonly slots: Slots }

export type SharedState = {
  /** All or nothing, atomically. A hold that nobody ends within `forMs` (its process died) counts as spent. */
  readonly hold: (holds: readonly Hold[], forMs: number) => Awaitable<Held>
  /** As this process knows it, without asking anybody: for what need not be exact to the cent, such as soft limits. */
  readonly balance: (account: Account) => Balance
  /** As all know it. */
  readonly balances: (accounts: readonly Account[]) => Awaitable<readonly Balance[]>
  /** All or nothing. */
  readonly admit: (
    claims: readonly { readonly rate: Rate; readonly amount: number }[],
  ) => Awaitable<Admission>
  /** All or nothing. A place that nobody leaves within `forMs` is free again. */
  readonly enter: (slots: readonly Slots[], forMs: number) => Awaitable<Entrance>
  /** Texts by key, for a while: sessions, answers. */
  readonly read: (key: string) => Awaitable<string | null>
  readonly write: (key: string, text: string, forMs: number) => Awaitable<void>
  /** To the other processes; nobody is told of their own words. What is lost is lost. */
  readonly publish: (channel: string, text: string) => void
  readonly subscribe: (channel: string, listener: (text: string) => void) => () => void
  /** Adds to vectors of sums, each under its field. A field that is longer or shorter than before is begun anew. */
  readonly addSums: (key: string, sums: Readonly<Record<string, readonly number[]>>) => Awaitable<void>
  readonly readSums: (key: string) => Awaitable<Readonly<Record<string, readonly number[]>>>
  /** Begins anew with these. */
  readonly replaceSums: (key: string, sums: Readonly<Record<string, readonly number[]>>) => Awaitable<void>
  /** Whether all agree now; `local`: the others can't be reached, and this process goes by what it knows. */
  readonly mode: () => 'alone' | 'shared' | 'local'
  /** Tells what is still to be told, and lets go. */
  readonly close: () => Promise<void>
}

/** What the operator is told. */
export type StateProblem =
  | { readonly kind: 'degraded'; readonly reason: string }
  | { readonly kind: 'recovered'; readonly afterMs: number }
  | { readonly kind: 'journal-failed'; readonly reason: string }
