import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash32, integerBetween, mix32, normal, pick, seededDraw, shuffle } from './random.ts'

const numbers = (seed: string, count: number) => {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, draw)
}

describe('a seeded draw', () => {
  test('never changes: recorded decisions are drawn again from their seeds', () => {
    expect(numbers('fairlead', 4).map((number) => number.toFixed(9))).toMatchInlineSnapshot(`
      [
        "0.410562099",
        "0.481920368",
        "0.686178473",
        "0.691674337",
      ]
    `)
  })

  test('is the same for a seed, and another for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(numbers(a, 8)).toEqual(numbers(a, 8))
        if (a !== b) expect(numbers(a, 8)).not.toEqual(numbers(b, 8))
      }),
    )
  })

  test('is uniform over [0, 1)', () => {
    const drawn = numbers('uniform', 40_000)
    const tenths = new Array<number>(10).fill(0)
    for (const number of drawn) tenths[Math.floor(number * 10)]!++
    // Chi-square with 9 degrees of freedom: above 27.9 once in a thousand.
    expect(chiSquare(tenths)).toBeLessThan(27.9)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...drawn)).toBeLessThan(1)
  })

  test('does not follow itself: neighbours are not correlated', () => {
    const drawn = numbers('serial', 20_000)
    let sum = 0
    for (let index = 1; index < drawn.length; index++)
      sum += (drawn[index]! - 0.5) * (drawn[index - 1]! - 0.5)
    expect(Math.abs((12 * sum) / drawn.length)).toBeLessThan(0.03)
  })

  test('first numbers of like seeds are spread too', () => {
    const tenths = new Array<number>(10).fill(0)
    for (let seed = 0; seed < 10_000; seed++) tenths[Math.floor(seededDraw(`d-${seed}`)() * 10)]!++
    expect(chiSquare(tenths)).toBeLessThan(27.9)
  })
})

describe('hashes', () => {
  test('are whole numbers of 32 bits', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (text, seed) => {
        const hash = hash32(text, seed)
        expect(hash).toBe(hash >>> 0)
        expect(hash32(text, seed)).toBe(hash)
      }),
    )
  })

  test('of like texts fall into all buckets alike', () => {
    const buckets = new Array<number>(64).fill(0)
    for (let index = 0; index < 64_000; index++) buckets[hash32(`prompt ${index}`) % 64]!++
    // 63 degrees of freedom: above 103.4 once in a thousand.
    expect(chiSquare(buckets)).toBeLessThan(103.4)
  })

  test('turn about half of their bits with one bit of the input', () => {
    let turned = 0
    for (let value = 1; value <= 2000; value++)
      for (let bit = 0; bit < 32; bit++) turned += bitCount(mix32(value) ^ mix32(value ^ (1 << bit)))
    expect(turned / (2000 * 32)).toBeGreaterThan(15.5)
    expect(turned / (2000 * 32)).toBeLessThan(16.5)
  })

  test('differ by seed', () => {
    expect(hash32('text', 1)).not.toBe(hash32('text', 2))
  })
})

test('a normal deviate has mean 0, deviation 1 and its share beyond two deviations', () => {
  const draw = seededDraw('normal')
  const drawn = Array.from({ length: 40_000 }, () => normal(draw))
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const square = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length
  expect(Math.abs(mean)).toBeLessThan(0.02)
  expect(Math.abs(square - 1)).toBeLessThan(0.03)
  expect(drawn.filter((value) => Math.abs(value) > 2).length / drawn.length).toBeCloseTo(0.0455, 2)
  expect(drawn.every(Number.isFinite)).toBe(true)
  expect(normal(() => 0)).toBeCloseTo(0, 12)
})

test('a whole number in between takes both ends and nothing beyond', () => {
  const draw = seededDraw('between')
  const drawn = new Set(Array.from({ length: 500 }, () => integerBetween(draw, -2, 3)))
  expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3])
})

test('picks every member', () => {
  const draw = seededDraw('pick')
  expect(new Set(Array.from({ length: 100 }, () => pick(draw, ['a', 'b', 'c'])))).toEqual(
    new Set(['a', 'b', 'c']),
  )
})

describe('a shuffle', () => {
  test('is a new list of the same members', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (list, seed) => {
        const before = [...list]
        const shuffled = shuffle(seededDraw(seed), list)
        expect(list).toEqual(before)
        expect([...shuffled].sort()).toEqual([...list].sort())
        expect(shuffled).not.toBe(list)
      }),
    )
  })

  test('makes each of the orders as often as any other', () => {
    const draw = seededDraw('shuffle')
    const orders = new Map<string, number>()
    for (let time = 0; time < 24_000; time++) {
      const order = shuffle(draw, ['a', 'b', 'c', 'd']).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(24)
    // 23 degrees of freedom: above 49.7 once in a thousand.
    expect(chiSquare([...orders.values()])).toBeLessThan(49.7)
  })
})

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

function bitCount(value: number): number {
  let count = 0
  for (let rest = value >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}
