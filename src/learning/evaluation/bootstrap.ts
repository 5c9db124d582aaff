import { seededDraw } from '../../domain/random.ts'

/** A figure and its 95 % interval. */
export type Interval = { readonly value: number; readonly low: number; readonly high: number }

export type BootstrapOptions = {
  readonly seed: string
  readonly resamples: number
  readonly onProgress?: (done: number, total: number) => void
}

/** Named figures of the rows, row `i` counted `weights[i]` times; NaN where undefined. The same names at each call. */
export type WeightedStatistic<Name extends string> = (weights: Float64Array) => Readonly<Record<Name, number>>

/**
 * Percentile bootstrap over rows (Efron 1979): rows are drawn with replacement, and every figure is computed on the same
 * draw, so that a difference between two routers is a paired one. A figure undefined in over half of the draws has no
 * interval.
 */
export function bootstrap<Name extends string>(
  rows: number,
  statistic: WeightedStatistic<Name>,
  { seed, resamples, onProgress }: BootstrapOptions,
): Record<Name, Interval> {
  const point = statistic(new Float64Array(rows).fill(1))
  const names = Object.keys(point) as Name[]
  const draws = names.map(() => new Float64Array(resamples))
  const draw = seededDraw(`bootstrap ${seed}`)
  const weights = new Float64Array(rows)
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0)
    for (let row = 0; row < rows; row++) weights[Math.floor(draw() * rows)]! += 1
    const figures = statistic(weights)
    names.forEach((name, index) => {
      draws[index]![resample] = figures[name]
    })
    if ((resample + 1) % 50 === 0 || resample + 1 === resamples) onProgress?.(resample + 1, resamples)
  }
  const intervals = names.map((name, index) => [name, interval(point[name], draws[index]!)])
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

function interval(value: number, draws: Float64Array): Interval {
  const sorted = draws.filter((figure) => !Number.isNaN(figure)).sort()
  if (sorted.length * 2 < draws.length) return { value, low: Number.NaN, high: Number.NaN }
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }
}

/** Linear interpolation between order statistics. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  const [low, high] = [sorted[below]!, sorted[above]!]
  // Figures may be infinite (a quality never reached), and infinity less infinity is no number.
  return place === below || low === high ? low : low + (high - low) * (place - below)
}
