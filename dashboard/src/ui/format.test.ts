import { describe, expect, test } from 'vitest'
import { ago, count, duration, interval, money, ms, percent, tokens } from './format.ts'

describe('figures as people read them', () => {
  test.each([
    [0, '$0.00'],
    [12.345, '$12.35'],
    [0.000441, '$0.000441'],
    [0.5, '$0.5'],
    [1e-9, '< $0.0000001'],
    [23_456, '$23.5K'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s dollars: %s', (usd, text) => expect(money(usd)).toBe(text))

  test.each([
    [0.0042, '0.0042 ms'],
    [0.21, '0.21 ms'],
    [4.56, '4.6 ms'],
    [45.6, '46 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [2_345, '2.35 s'],
    [59_000, '59 s'],
    [3_723_000, '1 h 2 min'],
    [undefined, '–'],
  ])('%s milliseconds: %s', (value, text) => expect(ms(value)).toBe(text))

  test('shares, counts, tokens and spans have their units', () => {
    expect(percent(0.9567)).toBe('95.7%')
    expect(count(1_234)).toBe('1,234')
    expect(count(1_234_567)).toBe('1.2M')
    expect(tokens(12)).toBe('12 tok')
    expect(duration(90_061_000)).toBe('1 d 1 h')
    expect(duration(0)).toBe('0 s')
  })

  test('an interval that has no ends is left out', () => {
    expect(interval({ mean: 0.5, low: 0.4, high: 0.6 }, percent)).toBe('40% – 60%')
    expect(interval({ mean: 0.5, low: Number.NEGATIVE_INFINITY, high: 1 }, percent)).toBe('')
    expect(interval(null, percent)).toBe('')
  })

  test('ages count from the time that they are told', () => {
    const now = Date.parse('2026-03-01T12:00:00Z')
    expect(ago('2026-03-01T11:57:00Z', now)).toBe('3 min. ago')
    expect(ago('2026-03-01T14:00:00Z', now)).toBe('in 2 hr.')
    expect(ago('no time', now)).toBe('–')
  })
})
