import type { Mean } from '../../domain/plane.ts'

const deviations = 1.96

/**
 * Its interval by the normal law: mean ± 1.96 standard errors; none of a single value.
 *
 * @throws RangeError of nothing there is no mean
 */
export function meanOf(values: readonly number[]): Mean {
  const count = values.length
  if (count === 0) throw new RangeError('of nothing there is no mean')
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count === 1) return { mean, low: null, high: null, count }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const half = deviations * Math.sqrt(squares / (count - 1) / count)
  return { mean, low: mean - half, high: mean + half, count }
}
