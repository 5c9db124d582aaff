import { logOddsOf, sigmoid } from '../log-odds.ts'

/** How log-odds become a probability: by a logistic curve (Platt 1999), or by a rising line through points. */
export type Calibration =
  | { readonly kind: 'platt'; readonly slope: number; readonly intercept: number }
  /** Both lists rise. Beyond the ends log-odds go on as they are, so that better stays better. */
  | { readonly kind: 'isotonic'; readonly logOdds: readonly number[]; readonly shares: readonly number[] }

export function calibrated(calibration: Calibration, logOdds: number): number {
  return calibration.kind === 'platt'
    ? sigmoid(calibration.slope * logOdds + calibration.intercept)
    : alongPoints(calibration.logOdds, calibration.shares, logOdds)
}

function alongPoints(at: readonly number[], values: readonly number[], x: number): number {
  const last = at.length - 1
  if (x <= at[0]!) return sigmoid(logOddsOf(values[0]!) + x - at[0]!)
  if (x >= at[last]!) return sigmoid(logOddsOf(values[last]!) + x - at[last]!)
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (at[middle]! <= x) low = middle
    else high = middle
  }
  const share = (x - at[low]!) / (at[high]! - at[low]!)
  return values[low]! + share * (values[high]! - values[low]!)
}
