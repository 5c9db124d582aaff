import { describe, expect, test } from 'vitest'
import { type BandRow, latestOfEach, sentenceOf, spanOf, tickOf } from './band-rows.ts'

const row = (minute: number, name: string, changes: Partial<BandRow> = {}): BandRow => ({
  at: new Date(Date.UTC(2026, 2, 1, 10, minute)),
  name,
  estimate: minute,
  low: minute - 1,
  high: minute + 1,
  ...changes,
})

describe('curves with bands', () => {
  test('end with the newest of each, in the order in which they began', () => {
    const rows = [row(1, 'b'), row(1, 'a'), row(2, 'a'), row(3, 'b')]
    expect(latestOfEach(rows).map(({ name, estimate }) => [name, estimate])).toEqual([
      ['b', 3],
      ['a', 2],
    ])
  })

  test('span all times, and a single moment has some room', () => {
    const [first, last] = [row(5, 'a').at, row(9, 'a').at]
    expect(spanOf([last, first])).toEqual([first, last])
    const [from, to] = spanOf([first])
    expect([first.getTime() - from.getTime(), to.getTime() - first.getTime()]).toEqual([60_000, 60_000])
  })

  test('have seconds over minutes, minutes over hours, and days over days', () => {
    const at = new Date(2026, 2, 1, 10, 5, 7)
    const over = (minutes: number) => tickOf([at, new Date(at.getTime() + minutes * 60_000)])(at)
    expect(over(5)).toContain('07')
    expect(over(60)).toMatch(/10.05/)
    expect(over(60)).not.toContain('07')
    expect(over(5 * 1_440)).not.toMatch(/10.05/)
  })

  test('are said with their band where they have one', () => {
    const say = (value: number) => `${value} points`
    expect(sentenceOf(row(2, 'a'), say, String)).toBe('a: 2 points (1 to 3)')
    expect(sentenceOf(row(2, 'a', { low: null }), say, String)).toBe('a: 2 points')
  })
})
