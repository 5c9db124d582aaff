import { describe, expect, test } from 'vitest'
import { quantiles, ratedQuality, waitedMs } from './overview-figures.ts'

describe('figures of the overview', () => {
  const attempt = (startedAfterMs: number, endedAfterMs: number) => ({ startedAfterMs, endedAfterMs })

  test('time under way: attempts that race count once, waits between them not', () => {
    expect(waitedMs([])).toBe(0)
    expect(waitedMs([attempt(0, 10), attempt(30, 40)])).toBe(20)
    expect(waitedMs([attempt(5, 25), attempt(0, 20), attempt(10, 12)])).toBe(25)
  })

  test('quantiles are values that were there', () => {
    expect(quantiles([])).toBeNull()
    expect(quantiles([3, 1, 2])).toEqual({ p50: 2, p95: 3, of: 3 })
    expect(quantiles(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({
      p50: 50,
      p95: 95,
      of: 100,
    })
  })

  test('an interval of scores stays within 0 to 1, and narrows as there are more', () => {
    const few = ratedQuality([1, 1, 1])!
    const many = ratedQuality(Array.from({ length: 300 }, () => 1))!
    expect(few.high).toBeLessThanOrEqual(1)
    expect(many.low).toBeGreaterThan(few.low)
    // Wilson's interval of 8 of 10.
    const eight = ratedQuality([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])!
    expect([eight.low, eight.high]).toEqual([expect.closeTo(0.4902, 3), expect.closeTo(0.9433, 3)])
  })
})
