/**
 * A sequential test that may be looked at after every observation, for changes that may come at any time.
 *
 * Observations x are at least -1 and have, while all is well, an expectation of at most zero given the past. Then for each bet b
 * in (0, 1) the product of (1 + b x) is a test supermartingale (Waudby-Smith & Ramdas 2024), and
 *   M_t(b) = max(1, M_{t-1}(b)) (1 + b x_t)
 * is an e-detector of the CUSUM kind (Shin, Ramdas & Rinaldo 2023, "E-detectors"). So is the mean of M(b) over several bets:
 * its expected number of observations until it first reaches `patience` is at least `patience`, whatever the distribution.
 * That is the false alarm rate that is promised: at most one in so many observations, on average.
 */

/** Small bets find small changes, large ones find large changes soon. */
const bets = [0.025, 0.05, 0.1, 0.2, 0.4] as const

/** A logarithm for each bet, so that a long bad time overflows nothing. */
export type EDetector = readonly number[]

export const startDetector: EDetector = bets.map(() => Number.NEGATIVE_INFINITY)

export const observe = (detector: EDetector, x: number): EDetector => {
  const bounded = Math.max(-1, x)
  return detector.map((log, index) => Math.max(0, log) + Math.log1p(bets[index]! * bounded))
}

/** The evidence, to be compared with `patience`. */
export const evidence = (detector: EDetector): number =>
  detector.reduce((sum, log) => sum + Math.exp(Math.min(log, 700)), 0) / detector.length
