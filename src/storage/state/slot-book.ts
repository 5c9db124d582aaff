/** Places of which so many may be taken at one time, in this process's memory. */

import { askedMs } from './amounts.ts'
import type { Slots } from './shared-state.ts'

/** What was taken; `leave` twice is `leave` once. */
export type Taken = { readonly id: number; readonly names: readonly string[] }

export type SlotBook = {
  /** Throws RangeError at a time that is none. */
  readonly enter: (
    slots: readonly Slots[],
    forMs: number,
  ) => { readonly kind: 'entered'; readonly taken: Taken } | { readonly kind: 'full'; readonly slots: Slots }
  /** Counts what somebody else has let in. */
  readonly note: (slots: readonly Slots[], forMs: number) => Taken
  readonly leave: (taken: Taken) => void
}

const sweepEveryMs = 10_000

export function createSlotBook(now: () => number): SlotBook {
  /** By name: who is in, and until when at most. */
  const names = new Map<string, Map<number, number>>()
  let nextId = 1
  let sweepAt = Number.NEGATIVE_INFINITY

  const emptied = (name: string, at: number): Map<number, number> => {
    const inside = names.get(name) ?? new Map<number, number>()
    for (const [id, until] of inside) if (until <= at) inside.delete(id)
    if (inside.size === 0) names.delete(name)
    return inside
  }
  const sweep = (at: number): void => {
    sweepAt = at + sweepEveryMs
    for (const name of names.keys()) emptied(name, at)
  }
  const take = (slots: readonly Slots[], forMs: number): Taken => {
    const until = now() + askedMs(forMs)
    const id = nextId
    nextId += 1
    for (const { name } of slots) {
      let inside = names.get(name)
      if (!inside) {
        inside = new Map()
        names.set(name, inside)
      }
      inside.set(id, until)
    }
    return { id, names: slots.map(({ name }) => name) }
  }

  return {
    enter: (slots, forMs) => {
      const at = now()
      if (at >= sweepAt) sweep(at)
      for (const one of slots) {
        const inside = names.get(one.name)?.size ?? 0
        if (!(inside < one.limit) && !(emptied(one.name, at).size < one.limit)) {
          return { kind: 'full', slots: one }
        }
      }
      return { kind: 'entered', taken: take(slots, forMs) }
    },
    note: take,
    leave: ({ id, names: left }) => {
      for (const name of left) {
        const inside = names.get(name)
        inside?.delete(id)
        if (inside?.size === 0) names.delete(name)
      }
    },
  }
}
