/**
 * Rates over sliding windows, in this process's memory.
 *
 * A window is counted in 60 parts. What was claimed in a part counts until the whole part lies outside of the window: never are more than
 * `limit` admitted in any stretch of `windowMs`, and what was claimed counts for up to a sixtieth of the window longer than it must.
 */

import { askedAmount, askedMs, settledAmount } from './amounts.ts'
import type { Rate } from './shared-state.ts'

export const partsOfWindow = 60

type Claim = { readonly rate: Rate; readonly amount: number }

export type Admitted = { readonly claims: readonly Placed[] }
/** An amount in a part of a rate's window. */
type Placed = { readonly counts: Counts; readonly part: number; amount: number }

/** `parts` is a ring: part `n` stands at `n % length`. */
type Counts = { readonly partMs: number; readonly parts: Float64Array; last: number; sum: number }

export type RateBook = {
  /** Throws RangeError at an amount that is none. */
  readonly admit: (
    claims: readonly Claim[],
  ) =>
    | { readonly kind: 'admitted'; readonly placed: Admitted }
    | { readonly kind: 'refused'; readonly rate: Rate; readonly retryAfterMs: number }
  /** Counts what somebody else has admitted. */
  readonly note: (claims: readonly Claim[]) => Admitted
  readonly correct: (admitted: Admitted, amounts: readonly number[]) => void
}

/** Parts that may lie within a window: the one that runs, and as many as the window has. */
const ringLength = partsOfWindow + 1

export function createRateBook(now: () => number, mostRates: number): RateBook {
  const rates = new Map<string, Counts>()

  const countsOf = (rate: Rate): Counts => {
    const key = `${rate.windowMs} ${rate.name}`
    let counts = rates.get(key)
    const partMs = partMsOf(rate)
    const part = Math.floor(now() / partMs)
    if (!counts) {
      if (rates.size >= mostRates) forgetSome(rates, now(), mostRates)
      counts = { partMs, parts: new Float64Array(ringLength), last: part, sum: 0 }
      rates.set(key, counts)
    }
    moveTo(counts, part)
    return counts
  }
  const place = (counts: Counts, amount: number): Placed => {
    add(counts, counts.last, amount)
    return { counts, part: counts.last, amount }
  }

  return {
    admit: (claims) => {
      const amounts = claims.map(({ amount }) => askedAmount(amount))
      const placed: Placed[] = []
      for (const [index, { rate }] of claims.entries()) {
        const counts = countsOf(rate)
        const amount = amounts[index]!
        if (!(counts.sum + amount <= rate.limit)) {
          for (const back of placed) add(back.counts, back.part, -back.amount)
          return { kind: 'refused', rate, retryAfterMs: waitFor(counts, amount, rate, now()) }
        }
        placed.push(place(counts, amount))
      }
      return { kind: 'admitted', placed: { claims: placed } }
    },
    note: (claims) => ({
      claims: claims.map(({ rate, amount }) => place(countsOf(rate), settledAmount(amount, 0))),
    }),
    correct: ({ claims }, amounts) => {
      claims.forEach((claim, index) => {
        const amount = settledAmount(amounts[index], claim.amount)
        moveTo(claim.counts, Math.floor(now() / claim.counts.partMs))
        if (claim.part > claim.counts.last - ringLength) add(claim.counts, claim.part, amount - claim.amount)
        claim.amount = amount
      })
    },
  }
}

export const partMsOf = ({ windowMs }: Rate): number => Math.max(1, askedMs(windowMs) / partsOfWindow)

function add(counts: Counts, part: number, amount: number): void {
  counts.parts[part % ringLength]! += amount
  counts.sum += amount
}

/** Forgets what has left the window. */
function moveTo(counts: Counts, part: number): void {
  if (part <= counts.last) return
  if (part - counts.last >= ringLength) {
    counts.parts.fill(0)
    counts.sum = 0
  } else {
    for (let over = counts.last + 1; over <= part; over++) {
      const slot = over % ringLength
      counts.sum -= counts.parts[slot]!
      counts.parts[slot] = 0
    }
  }
  counts.last = part
}

/** Until enough has left the window. A claim that is above the limit itself never passes; it is told to wait for a whole window. */
function waitFor({ parts, partMs, last, sum }: Counts, amount: number, { limit }: Rate, now: number): number {
  let left = sum
  for (let part = last - ringLength + 1; part <= last; part++) {
    if (part >= 0) left -= parts[part % ringLength]!
    if (left + amount <= limit) return untilPart(part + ringLength, partMs, now)
  }
  return Math.ceil(ringLength * partMs)
}

/** Whole milliseconds. A part that begins at a whole one may, by how numbers are rounded, only be reached at the next. */
function untilPart(part: number, partMs: number, now: number): number {
  const wait = Math.max(1, Math.ceil(part * partMs - now))
  return Math.floor((now + wait) / partMs) < part ? wait + 1 : wait
}

/** Those that count nothing any more, else those that were made first. */
function forgetSome(rates: Map<string, Counts>, now: number, mostRates: number): void {
  const before = rates.size
  for (const [key, counts] of rates) {
    if (Math.floor(now / counts.partMs) - counts.last >= ringLength) rates.delete(key)
  }
  if (rates.size < before) return
  let surplus = Math.max(1, Math.ceil(mostRates / 10))
  for (const key of rates.keys()) {
    if (surplus-- === 0) break
    rates.delete(key)
  }
}
