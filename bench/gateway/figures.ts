import type { Quantiles } from './load-job.ts'

/** The value below which `share` of the values lie; NaN of none. Sorts a copy. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export function quantilesOf(values: readonly number[]): Quantiles {
  return { median: median(values), p99: quantile(values, 0.99), most: quantile(values, 1) }
}
