/** Counts of good and bad outcomes over the last while, in a ring of buckets: what is older than the window counts no more. */

const buckets = 6

export type OutcomeWindow = {
  readonly bucketMs: number
  readonly good: number[]
  readonly bad: number[]
  /** The number, since the clock's zero, of the bucket that is being filled. */
  current: number
}

export const openWindow = (windowMs: number): OutcomeWindow => ({
  bucketMs: windowMs / buckets,
  good: new Array<number>(buckets).fill(0),
  bad: new Array<number>(buckets).fill(0),
  current: 0,
})

export function countGood(window: OutcomeWindow, now: number): void {
  window.good[slotAt(window, now)]! += 1
}

export function countBad(window: OutcomeWindow, now: number): void {
  window.bad[slotAt(window, now)]! += 1
}

export function clearWindow({ good, bad }: OutcomeWindow): void {
  good.fill(0)
  bad.fill(0)
}

export function totals(window: OutcomeWindow, now: number): { readonly good: number; readonly bad: number } {
  slotAt(window, now)
  let good = 0
  let bad = 0
  for (let slot = 0; slot < buckets; slot++) {
    good += window.good[slot]!
    bad += window.bad[slot]!
  }
  return { good, bad }
}

/** Moves on to the bucket of `now`, emptying those that were passed over. */
function slotAt(window: OutcomeWindow, now: number): number {
  const bucket = Math.floor(now / window.bucketMs)
  if (bucket > window.current) {
    const steps = Math.min(bucket - window.current, buckets)
    for (let step = 1; step <= steps; step++) {
      const slot = (window.current + step) % buckets
      window.good[slot] = 0
      window.bad[slot] = 0
    }
    // A long silence passes over more buckets than there are; the ring is empty then, wherever it stands.
    window.current = bucket
  }
  return window.current % buckets
}
