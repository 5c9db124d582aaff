import { describe, expect, it } from 'vitest'
import { chiSquareTail, logGamma, normalQuantile, normalTail, studentQuantile } from './distributions.ts'
import { meanInterval } from './mean-interval.ts'
import { momentsOf } from './moments.ts'

describe('distributions', () => {
  it('agree with tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6)
    expect(normalQuantile(0.0005)).toBeCloseTo(-3.290527, 6)
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 7)
    expect(normalTail(-1)).toBeCloseTo(0.8413447, 7)
    expect(studentQuantile(0.975, 49)).toBeCloseTo(2.00958, 4)
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.22814, 3)
    expect(chiSquareTail(3.841459, 1)).toBeCloseTo(0.05, 6)
    expect(chiSquareTail(10.827566, 1)).toBeCloseTo(0.001, 7)
    expect(chiSquareTail(18.307, 10)).toBeCloseTo(0.05, 5)
    expect(logGamma(10)).toBeCloseTo(Math.log(362_880), 10)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10)
  })

  it('are each other turned round', () => {
    for (const share of [0.001, 0.01, 0.3, 0.5, 0.9, 0.999])
      expect(1 - normalTail(normalQuantile(share))).toBeCloseTo(share, 8)
  })

  it('end where they end', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
    expect(chiSquareTail(0, 3)).toBe(1)
    expect(chiSquareTail(1e4, 3)).toBe(0)
    expect(() => normalQuantile(1.2)).toThrow(RangeError)
    expect(() => studentQuantile(0.9, 0)).toThrow(RangeError)
  })
})

describe('the interval of a mean', () => {
  it('is a little wider than Student’s, about the mean', () => {
    const values = Array.from({ length: 100 }, (_, place) => place % 10)
    const reading = meanInterval(momentsOf(values), 0.05)
    if (reading.kind !== 'interval') throw new Error(reading.because)
    expect(reading.estimate).toBeCloseTo(4.5, 12)
    const plain = 1.984 * (2.8868 / 10)
    expect(reading.high - 4.5).toBeGreaterThan(plain)
    expect(reading.high - 4.5).toBeLessThan(1.3 * plain)
  })

  it('is not given for fewer than fifty values, or where one value is most of the spread', () => {
    expect(meanInterval(momentsOf([1, 2, 3]), 0.05)).toMatchObject({ kind: 'withheld', estimate: 2 })
    const spike = [...Array.from({ length: 200 }, (_, place) => place / 1e6), 5]
    expect(meanInterval(momentsOf(spike), 0.05)).toMatchObject({
      kind: 'withheld',
      because: expect.stringContaining('a few values'),
    })
  })
})
