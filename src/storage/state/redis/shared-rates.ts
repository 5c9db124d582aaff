/** Rates and places where Redis counts them, and here while it can't be reached: of what this process itself has let in. */

import { askedAmount, askedMs, settledAmount } from '../amounts.ts'
import type { RateBook } from '../rate-book.ts'
import type { Admission, Entrance, Rate, Slots } from '../shared-state.ts'
import type { SlotBook, Taken } from '../slot-book.ts'
import { lost, type Reach } from './reach.ts'
import type { Remote } from './remote.ts'

type Claim = { readonly rate: Rate; readonly amount: number }

export const createSharedRates =
  (remote: Remote, reach: Reach, rates: RateBook) =>
  async (claims: readonly Claim[]): Promise<Admission> => {
    for (const { rate, amount } of claims) {
      askedAmount(amount)
      askedMs(rate.windowMs)
    }
    const answer = await reach.ask(() => remote.admit(claims))
    if (answer === lost) {
      const admitted = rates.admit(claims)
      if (admitted.kind === 'refused') return admitted
      return { kind: 'admitted', correct: (amounts) => rates.correct(admitted.placed, amounts) }
    }
    if (answer.kind === 'refused') {
      return { kind: 'refused', rate: claims[answer.index]!.rate, retryAfterMs: answer.retryAfterMs }
    }
    const noted = rates.note(claims)
    let counted = claims.map(({ amount }) => Math.ceil(amount))
    return {
      kind: 'admitted',
      correct: async (amounts) => {
        rates.correct(noted, amounts)
        const before = counted
        counted = before.map((amount, index) => settledAmount(amounts[index], amount))
        const changes = claims.map(({ rate }, index) => ({
          rate,
          part: answer.parts[index]!,
          by: counted[index]! - before[index]!,
        }))
        const made = changes.filter(({ by }) => by !== 0)
        if (made.length > 0) await reach.ask(() => remote.correct(made))
      },
    }
  }

export type SharedSlots = {
  readonly enter: (slots: readonly Slots[], forMs: number) => Promise<Entrance>
  /** Tells Redis who has left. Rejects where it fails. */
  readonly flush: () => Promise<void>
}

/** Who has left and could not be told; beyond it, places are free again when their time is up. */
const mostLeft = 10_000

export function createSharedSlots(
  remote: Remote,
  reach: Reach,
  book: SlotBook,
  newId: () => string,
): SharedSlots {
  const left: { readonly id: string; readonly names: readonly string[] }[] = []

  const entered = (id: string | null, taken: Taken): Entrance => {
    let inside = true
    return {
      kind: 'entered',
      leave: async () => {
        if (!inside) return
        inside = false
        book.leave(taken)
        if (id === null) return
        const { names } = taken
        if ((await reach.ask(() => remote.leave(id, names))) !== lost) return
        if (left.length < mostLeft) left.push({ id, names })
      },
    }
  }
  return {
    enter: async (slots, lasting) => {
      const forMs = askedMs(lasting)
      const id = reach.mode() === 'local' ? null : newId()
      const answer = id === null ? lost : await reach.ask(() => remote.enter(id, slots, forMs))
      if (answer === null) return entered(id, book.note(slots, forMs))
      if (answer !== lost) return { kind: 'full', slots: slots[answer]! }
      const here = book.enter(slots, forMs)
      if (here.kind === 'entered') return entered(id, here.taken)
      // Redis may have let it in, and lost its answer.
      if (id !== null && left.length < mostLeft) left.push({ id, names: slots.map(({ name }) => name) })
      return here
    },
    flush: async () => {
      for (;;) {
        const next = left[0]
        if (!next) return
        await remote.leave(next.id, next.names)
        left.shift()
      }
    },
  }
}
