/** How a figure grows with another: its slope, and the interval that holds the true one in 95 of 100 runs. */
export type Slope = { readonly perUnit: number; readonly low: number; readonly high: number }

export type Point = { readonly at: number; readonly value: number }

/**
 * Least squares: b = S_xy / S_xx, with a standard error of sqrt(sum of squared residuals / (n - 2) / S_xx). Samples of one
 * process are not independent of each other: the error is widened by sqrt((1 + r) / (1 - r)), r the correlation of each
 * residual with the next, as for a first-order autoregression.
 */
export function slopeOf(points: readonly Point[]): Slope {
  const n = points.length
  const meanX = points.reduce((sum, { at }) => sum + at, 0) / n
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / n
  const sxx = points.reduce((sum, { at }) => sum + (at - meanX) ** 2, 0)
  const sxy = points.reduce((sum, { at, value }) => sum + (at - meanX) * (value - meanY), 0)
  const perUnit = sxy / sxx
  const residuals = points.map(({ at, value }) => value - meanY - perUnit * (at - meanX))
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0)
  const products = residuals.slice(1).reduce((sum, residual, index) => sum + residual * residuals[index]!, 0)
  const correlation = squares === 0 ? 0 : Math.min(0.95, Math.max(0, products / squares))
  const error = Math.sqrt(squares / (n - 2) / sxx) * Math.sqrt((1 + correlation) / (1 - correlation))
  return { perUnit, low: perUnit - 1.96 * error, high: perUnit + 1.96 * error }
}
