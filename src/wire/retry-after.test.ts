import { describe, expect, it } from 'vitest'
import { durationMs, retryAfterMs } from './retry-after.ts'

const date = 'Wed, 01 Jul 2026 12:00:00 GMT'
const later = 'Wed, 01 Jul 2026 12:00:30 GMT'

describe('how long to wait', () => {
  it.each([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['parts of a second', { 'retry-after': '0.5' }, 500],
    ['milliseconds first', { 'retry-after-ms': '1500.5', 'retry-after': '9' }, 1501],
    ["a date against the vendor's clock", { 'retry-after': later, date }, 30_000],
    ['a date that has passed', { 'retry-after': date, date: later }, 0],
    ['a date with no clock to read it by', { 'retry-after': later }, null],
    ['nothing', {}, null],
    ['nonsense', { 'retry-after': 'soon', date }, null],
    ['a negative number', { 'retry-after': '-5' }, null],
  ])('is %s', (_, headers, expected) => {
    expect(retryAfterMs(headers)).toBe(expected)
  })

  it('is measured from the caller’s time where it is given', () => {
    const now = new Date('2026-07-01T12:00:20Z')
    expect(retryAfterMs({ 'retry-after': later, date }, now)).toBe(10_000)
  })
})

describe('a duration', () => {
  it.each([
    ['12s', 12_000],
    ['1.25s', 1250],
    ['250ms', 250],
    ['6m0s', 360_000],
    ['2m', 120_000],
    ['1h2m3s', 3_723_000],
    ['', null],
    ['s', null],
    ['5 apples', null],
  ])('%s', (text, expected) => {
    expect(durationMs(text)).toBe(expected)
  })
})
