/**
 * How often a semantic cache would have given a false answer, by hits that a model answered all the same, and whether that is too
 * often. Two rules, either of which turns it off:
 *
 * - Until `window` hits have been verified, evidence that the rate is above `most`: the wealth of a bet against it, averaged over
 *   alternatives q, W = mean_q prod (q / most) or ((1 - q) / (1 - most)), reaches 1 / alpha. By Ville's inequality that
 *   happens by chance, however long one watches, with probability alpha at most.
 * - From then on, lack of evidence that it is below: the one-sided upper bound of the last `window` (Clopper and Pearson 1934,
 *   at 1 - alpha) is above `most`, looked at four times in a window: each look may be wrong by chance. With 1,000 and 2 % that is
 *   from 13 false ones on.
 *
 * The second rule alone would turn off every young cache: nothing false in 100 hits leaves 3 % possible.
 */

export type FalseHits = {
  /** True where the cache is to be turned off, now or before. */
  readonly note: (isFalse: boolean) => boolean
  readonly isOff: () => boolean
  readonly counts: () => FalseHitCounts
  /** Begins anew, and on. */
  readonly reset: () => void
  /** Off, whatever has been counted: another process has seen it. */
  readonly turnOff: () => void
}

/** Of the last ones that were verified, at most a window's. `upperBound`: of the share that is false, 0 to 1. */
export type FalseHitCounts = {
  readonly verified: number
  readonly falseHits: number
  readonly upperBound: number
}

const usualWindow = 1_000
const looksInWindow = 4
const alpha = 0.05
/** Rates that the bet is laid on, as multiples of the one that is allowed. */
const alternatives = [1.5, 2, 4, 8, 16, 32]
const mostCertain = 0.99

export function createFalseHits(most: number, window = usualWindow): FalseHits {
  const rates = alternatives.map((times) => Math.min(mostCertain, times * most)).filter((rate) => rate > most)
  const seen = new Uint8Array(window)
  let verified = 0
  let falseHits = 0
  let logWealth = rates.map(() => 0)
  let off = false
  const between = Math.max(1, Math.floor(window / looksInWindow))
  const counted = () => Math.min(verified, window)
  const tooMany = (): boolean =>
    verified >= window
      ? verified % between === 0 && upperBound(falseHits, window) > most
      : logWealth.reduce((sum, log) => sum + Math.exp(log), 0) >= rates.length / alpha && rates.length > 0
  return {
    isOff: () => off,
    counts: () => ({ verified: counted(), falseHits, upperBound: upperBound(falseHits, counted()) }),
    note: (isFalse) => {
      const place = verified % window
      falseHits += (isFalse ? 1 : 0) - seen[place]!
      seen[place] = isFalse ? 1 : 0
      verified++
      logWealth = logWealth.map(
        (log, index) =>
          log + (isFalse ? Math.log(rates[index]! / most) : Math.log((1 - rates[index]!) / (1 - most))),
      )
      off ||= tooMany()
      return off
    },
    reset: () => {
      seen.fill(0)
      verified = 0
      falseHits = 0
      logWealth = rates.map(() => 0)
      off = false
    },
    turnOff: () => {
      off = true
    },
  }
}

/** The largest rate at which so few false ones in `n` have a chance of more than alpha; by bisection. */
export function upperBound(count: number, n: number): number {
  if (count >= n) return 1
  let low = count / n
  let high = 1
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (binomialTail(count, n, middle) > alpha) low = middle
    else high = middle
  }
  return high
}

/** P(X <= count) of n trials at this rate. */
function binomialTail(count: number, n: number, rate: number): number {
  let logTerm = n * Math.log1p(-rate)
  let sum = Math.exp(logTerm)
  for (let k = 1; k <= count; k++) {
    logTerm += Math.log((n - k + 1) / k) + Math.log(rate) - Math.log1p(-rate)
    sum += Math.exp(logTerm)
  }
  return sum
}
