/**
 * What one policy has learnt: sums that all processes add to, as this one knows them. A turn gets a value that stays the same until
 * a lesson comes, so that what strategies make of it can be kept.
 */

import { inTurns } from '../../domain/in-turns.ts'
import type { Increment, Learner, Learnt, Sums } from '../../domain/learner.ts'
import type { SharedState } from '../../storage/state/shared-state.ts'
import { type Basis, sumsKey } from './basis.ts'
import { addTallies, noTally, numbersOf, type Tally, tallyIn } from './tally.ts'

type Fields = Readonly<Record<string, readonly number[]>>

/** Sums as they are written down. `mark`: the version that they were last begun anew from; 0: none. */
export type Contents = { readonly sums: Sums; readonly tally: Tally; readonly mark: number }

export const nothingLearnt: Contents = { sums: new Map(), tally: noTally, mark: 0 }

export type Book = {
  readonly policy: string
  readonly learner: Learner
  readonly basis: Basis
  /** Milliseconds since 1970: decisions from before it were made over another basis, and are no lessons here. */
  readonly beganAt: number
  readonly learnt: (wallMs: number) => Learnt
  /** At once in this process; the others get it with the next `flush`. */
  readonly add: (increment: Increment | null, tally: Tally) => void
  readonly contents: () => Contents
  /** Tells the others what was learnt here. What can't be told is kept for the next time. */
  readonly flush: () => Promise<void>
  /** Reads what all have learnt. Where nobody remembers anything, they get what this process knows. */
  readonly refresh: () => Promise<void>
  /** Begins anew with these, for all. */
  readonly replace: (contents: Contents) => Promise<void>
  /** Drops arms that are too old to have a say. */
  readonly forget: (wallMs: number) => Promise<void>
}

const tallyField = '#tally'
const markField = '#mark'
/** Times are told to the minute: learnt values are then equal for as long. */
const minuteMs = 60_000

export type BookParts = {
  readonly policy: string
  readonly learner: Learner
  readonly basis: Basis
  readonly beganAt: number
  readonly contents: Contents
  readonly state: Pick<SharedState, 'addSums' | 'readSums' | 'replaceSums'>
}

export function createBook({ policy, learner, basis, beganAt, contents: first, state }: BookParts): Book {
  const key = sumsKey(policy, basis)
  let { sums, tally, mark }: Contents = first
  let untold = new Map<string, Float64Array>()
  let untoldTally = noTally
  let told: Learnt | null = null
  const take = (known: Contents): void => {
    sums = known.sums
    tally = known.tally
    mark = known.mark
    told = null
  }
  // What is read must not miss what is just being told: one thing at a time.
  const alone = inTurns()
  const tell = async (): Promise<void> => {
    if (untold.size === 0 && untoldTally === noTally) return
    const [arms, counted] = [untold, untoldTally]
    untold = new Map()
    untoldTally = noTally
    try {
      await state.addSums(key, { ...asNumbers(arms), [tallyField]: numbersOf(counted) })
    } catch (error) {
      for (const [arm, add] of arms) accumulate(untold, arm, add)
      untoldTally = addTallies(untoldTally, counted)
      throw error
    }
  }
  const put = async (known: Contents): Promise<void> => {
    await state.replaceSums(key, fieldsOf(known))
  }
  return {
    policy,
    learner,
    basis,
    beganAt,
    learnt: (wallMs) => {
      const atMs = Math.floor(wallMs / minuteMs) * minuteMs
      if (told?.atMs !== atMs) told = { learner: learner.id, sums, atMs }
      return told
    },
    add: (increment, counted) => {
      if (increment !== null) {
        accumulate(untold, increment.arm, increment.add)
        // Strategies keep what they made of an array: a change puts a new one in its place.
        const grown = new Map(sums)
        grown.set(increment.arm, added(sums.get(increment.arm), increment.add))
        sums = grown
      }
      untoldTally = addTallies(untoldTally, counted)
      tally = addTallies(tally, counted)
      told = null
    },
    contents: () => ({ sums, tally, mark }),
    flush: () => alone(tell),
    refresh: () =>
      alone(async () => {
        const fields = await state.readSums(key)
        if (Object.keys(fields).length === 0) {
          // A state that was emptied, or the first start on it.
          if (sums.size > 0 || tally.lessons > 0) {
            untold = new Map()
            untoldTally = noTally
            await put({ sums, tally, mark })
          }
          return
        }
        const known = contentsIn(fields)
        const merged = new Map(known.sums)
        for (const [arm, add] of untold) merged.set(arm, added(merged.get(arm), add))
        const next = keepEqual(sums, merged)
        if (next !== sums || known.mark !== mark)
          take({ sums: next, tally: addTallies(known.tally, untoldTally), mark: known.mark })
        else tally = addTallies(known.tally, untoldTally)
      }),
    replace: (known) =>
      alone(async () => {
        await put(known)
        untold = new Map()
        untoldTally = noTally
        take(known)
      }),
    forget: (wallMs) =>
      alone(async () => {
        if (![...sums.keys()].some((arm) => learner.isForgotten(arm, wallMs))) return
        await tell()
        const all = contentsIn(await state.readSums(key))
        const kept = new Map([...all.sums].filter(([arm]) => !learner.isForgotten(arm, wallMs)))
        await put({ ...all, sums: kept })
        take({ ...all, sums: keepEqual(sums, kept) })
      }),
  }
}

function accumulate(into: Map<string, Float64Array>, arm: string, add: Float64Array): void {
  const before = into.get(arm)
  if (before?.length !== add.length) into.set(arm, Float64Array.from(add))
  else for (let place = 0; place < add.length; place++) before[place]! += add[place]!
}

/** An array of another length is begun anew, as the shared state does. */
const added = (before: Float64Array | undefined, add: Float64Array): Float64Array =>
  before?.length === add.length ? before.map((sum, place) => sum + add[place]!) : Float64Array.from(add)

const asNumbers = (arms: Sums): Fields =>
  Object.fromEntries([...arms].map(([arm, numbers]) => [arm, Array.from(numbers)]))

const fieldsOf = ({ sums, tally, mark }: Contents): Fields => ({
  ...asNumbers(sums),
  [tallyField]: numbersOf(tally),
  [markField]: [mark],
})

function contentsIn(fields: Fields): Contents {
  const sums = new Map<string, Float64Array>()
  for (const [field, numbers] of Object.entries(fields))
    if (field !== tallyField && field !== markField) sums.set(field, Float64Array.from(numbers))
  return { sums, tally: tallyIn(fields[tallyField]), mark: fields[markField]?.[0] ?? 0 }
}

/** The old arrays where their numbers are the same, and the old map where all are. */
function keepEqual(before: Sums, after: Sums): Sums {
  let same = before.size === after.size
  const kept = new Map<string, Float64Array>()
  for (const [arm, numbers] of after) {
    const old = before.get(arm)
    const equal = old !== undefined && equalNumbers(old, numbers)
    kept.set(arm, equal ? old : numbers)
    same &&= equal
  }
  return same ? before : kept
}

function equalNumbers(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false
  for (let place = 0; place < one.length; place++) if (one[place] !== other[place]) return false
  return true
}
