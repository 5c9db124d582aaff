import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noLatencies, noteIn, percentileOf } from './latency-histogram.ts'

const histogramOf = (latencies: readonly number[]) => {
  const histogram = noLatencies()
  for (const ms of latencies) noteIn(histogram, ms)
  return histogram
}

describe('a percentile', () => {
  test('is not known before enough latencies are', () => {
    expect(percentileOf(noLatencies(), 0.95)).toBeNull()
    expect(percentileOf(histogramOf(Array(39).fill(100)), 0.95)).toBeNull()
    expect(percentileOf(histogramOf(Array(40).fill(100)), 0.95)).not.toBeNull()
  })

  test('is the exact one or up to a tenth more', () => {
    const latency = fc.double({ min: 1, max: 1_000_000, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 40, maxLength: 900 }),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (latencies, percentile) => {
          const sorted = [...latencies].sort((a, b) => a - b)
          // A rank that is all but whole may be taken for the next.
          const rank = percentile * sorted.length
          const least = sorted[Math.max(0, Math.ceil(rank - 1e-6) - 1)]!
          const most = sorted[Math.min(sorted.length, Math.ceil(rank + 1e-6)) - 1]!
          const found = percentileOf(histogramOf(latencies), percentile)!
          expect(found).toBeGreaterThan(least * 0.999)
          expect(found).toBeLessThan(most * 1.101)
        },
      ),
    )
  })

  test('follows the latencies of late', () => {
    const slowThenQuick = histogramOf([...Array(5000).fill(9000), ...Array(5000).fill(10)])
    expect(percentileOf(slowThenQuick, 0.95)).toBeLessThan(12)
  })

  test('holds with latencies beyond all measure', () => {
    const found = percentileOf(histogramOf(Array(50).fill(1e12)), 0.95)
    expect(found).toBeGreaterThan(1_000_000)
  })
})
