/** The standard normal distribution. */

/** Φ by Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most. */
export function normalShare(deviations: number): number {
  const x = Math.abs(deviations) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const tail = 0.5 * series * Math.exp(-x * x)
  return deviations >= 0 ? 1 - tail : tail
}

export const normalDensity = (deviations: number): number =>
  Math.exp(-(deviations * deviations) / 2) / Math.sqrt(2 * Math.PI)

/** The inverse of Φ, by bisection; within ±8. */
export function normalQuantile(share: number): number {
  let [low, high] = [-8, 8]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (normalShare(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
