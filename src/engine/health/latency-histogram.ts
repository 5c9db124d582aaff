/**
 * Latencies of late, counted in buckets that grow by a tenth, so that a percentile is read up to a tenth too high. When a
 * thousand are in, every count is halved: the newest count most, and how many there ever were takes no room.
 */
export type LatencyHistogram = {
  /** Made with the first latency: most targets of a large configuration are never asked. */
  counts: Float32Array | null
  total: number
}

const growth = Math.log(1.1)
/** The last bucket begins at twenty minutes. */
const buckets = 150
const mostCounted = 1000
/** With fewer, the highest percentiles are the slowest call that there was. */
const leastCounted = 40

export const noLatencies = (): LatencyHistogram => ({ counts: null, total: 0 })

export function noteIn(histogram: LatencyHistogram, ms: number): void {
  histogram.counts ??= new Float32Array(buckets)
  const { counts } = histogram
  const bucket = ms <= 1 ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(ms) / growth))
  counts[bucket]! += 1
  histogram.total += 1
  if (histogram.total < mostCounted) return
  for (let index = 0; index < buckets; index++) counts[index]! /= 2
  histogram.total /= 2
}

/** The latency that the share `percentile`, 0 to 1, of calls stay within; `null` while too few are known. */
export function percentileOf({ counts, total }: LatencyHistogram, percentile: number): number | null {
  if (counts === null || total < leastCounted) return null
  const wanted = percentile * total
  let counted = 0
  for (let bucket = 0; bucket < buckets; bucket++) {
    counted += counts[bucket]!
    if (counted >= wanted) return Math.exp(bucket * growth)
  }
  return Math.exp((buckets - 1) * growth)
}
