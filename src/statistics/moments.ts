/**
 * Count, mean and central sums of the second to fourth power of a stream, in one pass and without cancellation.
 * Two streams' moments merge to those of both (Pébay 2008, SAND2008-6212, equations 2.1 and 3.1).
 */
export type Moments = {
  readonly count: number
  readonly mean: number
  /** Sums of (x - mean)^2, ^3 and ^4. */
  readonly m2: number
  readonly m3: number
  readonly m4: number
}

export const noMoments: Moments = { count: 0, mean: 0, m2: 0, m3: 0, m4: 0 }

export const addValue = (moments: Moments, value: number): Moments =>
  mergeMoments(moments, { count: 1, mean: value, m2: 0, m3: 0, m4: 0 })

export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const count = a.count + b.count
  const [na, nb] = [a.count, b.count]
  const delta = b.mean - a.mean
  const step = delta / count
  const product = na * nb * delta * step
  return {
    count,
    mean: a.mean + nb * step,
    m2: a.m2 + b.m2 + product,
    m3: a.m3 + b.m3 + product * step * (na - nb) + 3 * step * (na * b.m2 - nb * a.m2),
    m4:
      a.m4 +
      b.m4 +
      product * step * step * (na * na - na * nb + nb * nb) +
      6 * step * step * (na * na * b.m2 + nb * nb * a.m2) +
      4 * step * (na * b.m3 - nb * a.m3),
  }
}

/** Of values that are all at hand: about their mean, in two passes. */
export function momentsOf(values: readonly number[]): Moments {
  const count = values.length
  if (count === 0) return noMoments
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / count
  let [m2, m3, m4] = [0, 0, 0]
  for (const value of values) {
    const square = (value - mean) ** 2
    m2 += square
    m3 += square * (value - mean)
    m4 += square * square
  }
  return { count, mean, m2, m3, m4 }
}

/** Unbiased; 0 below two values. */
export const varianceOf = ({ count, m2 }: Moments): number => (count > 1 ? Math.max(0, m2) / (count - 1) : 0)
