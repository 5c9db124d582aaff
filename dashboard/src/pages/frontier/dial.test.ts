import type { FrontierPoint } from '../../../../src/domain/plane.ts'
import { describe, expect, test } from 'vitest'
import {
  bodyOf,
  dialOf,
  pointAt,
  positionOfLambda,
  positionOfQuality,
  sayObjective,
  targetOf,
  willingnessOf,
  yamlOf,
} from './dial.ts'

const mean = (value: number) => ({ mean: value, low: value - 0.1, high: value + 0.1, count: 10 })

const point = (lambda: number, quality: number, usd: number, large: number): FrontierPoint => ({
  lambda,
  promised: null,
  quality: mean(quality),
  usd: mean(usd),
  shares: large === 0 ? { small: 1 } : { large, small: 1 - large },
  changed: 1 - large,
  versus: { quality: mean(quality - 0.9), usd: mean(usd - 0.01) },
})

const points = [point(1, 0.9, 0.01, 1), point(10, 0.8, 0.005, 0.5), point(100, 0.6, 0.001, 0)]

describe('between two points', () => {
  test('everything is in proportion, rates by their logarithm', () => {
    const half = pointAt(points, 0.5)
    expect(half.quality.mean).toBeCloseTo(0.85)
    expect(half.quality.low).toBeCloseTo(0.75)
    expect(half.usd.mean).toBeCloseTo(0.0075)
    expect(half.lambda).toBeCloseTo(Math.sqrt(10))
    expect(half.shares.large).toBeCloseTo(0.75)
    expect(pointAt(points, 1.5).shares).toMatchObject({ large: 0.25, small: 0.75 })
    expect(half.versus.usd.mean).toBeCloseTo(-0.0025)
  })

  test('what lies outside is the end', () => {
    expect(pointAt(points, -3)).toBe(points[0])
    expect(pointAt(points, 99)).toBe(points[2])
  })

  test('a single request has no interval', () => {
    const alone = { mean: 0.5, low: null, high: null, count: 1 }
    const both = [
      { ...points[0]!, quality: alone },
      { ...points[1]!, quality: alone },
    ]
    expect(pointAt(both, 0.3).quality).toMatchObject({ low: null, high: null })
  })
})

describe('a target', () => {
  test('of quality is where it is just met', () => {
    expect(positionOfQuality(points, 0.9, 1)).toBe(0)
    expect(positionOfQuality(points, 0.9, 0.85 / 0.9)).toBeCloseTo(0.5)
    expect(positionOfQuality(points, 0.9, 0.1)).toBe(2)
    expect(positionOfQuality(points, 0.99, 1)).toBe(0)
  })

  test('of a rate is between its neighbours', () => {
    expect(positionOfLambda(points, 10)).toBeCloseTo(1)
    expect(positionOfLambda(points, Math.sqrt(1_000))).toBeCloseTo(1.5)
    expect(positionOfLambda(points, 0.0001)).toBe(0)
    expect(positionOfLambda(points, 1e9)).toBe(2)
  })

  test.each(['quality', 'willingness-to-pay'] as const)('of %s leads back to where it came from', (kind) => {
    const dial = dialOf(kind, points, 0.9)
    for (const position of [0, 0.25, 1, 1.75, 2])
      expect(dial.positionOf(dial.valueAt(position))).toBeCloseTo(position)
    expect(dial.low).toBeLessThan(dial.high)
  })

  test('is written as a person would, and as the configuration wants it', () => {
    const dial = dialOf('quality', points, 0.9)
    expect(targetOf('quality', dial, 0.5)).toBe(0.944)
    expect(targetOf('willingness-to-pay', dialOf('willingness-to-pay', points, 0.9), 0.5)).toBe(0.0316)
    expect(bodyOf('willingness-to-pay', 0.03)).toEqual({ willingnessToPay: 0.03 })
    expect(yamlOf('auto', 'quality', 0.944)).toBe('policies:\n  auto:\n    quality: 0.944')
    expect(willingnessOf(10)).toBeCloseTo(0.01)
  })

  test('above the best single model is never asked for', () => {
    const beyond = dialOf('quality', points, 0.7)
    expect(targetOf('quality', beyond, 0)).toBe(1)
  })
})

test('where it is known what a rate promises, the dial goes by that and not by what was measured', () => {
  const measured = points.map((one, at) => ({ ...one, promised: [1, 0.97, 0.9][at]! }))
  const dial = dialOf('quality', measured, 0.9)
  expect(dial.valueAt(1)).toBe(0.97)
  expect(dial.positionOf(0.95)).toBeCloseTo(1 + 2 / 7)
  expect(pointAt(measured, 0.5).promised).toBeCloseTo(0.985)
  expect(targetOf('quality', dial, 1)).toBe(0.97)
})

test('the quality of a frontier that is flat for a stretch is met at its cheapest end', () => {
  const flat = [point(1, 0.9, 0.01, 1), point(10, 0.9, 0.01, 1), point(100, 0.6, 0.001, 0)]
  expect(positionOfQuality(flat, 0.9, 1)).toBe(1)
})

test('every kind of objective is said in words', () => {
  expect(sayObjective({ kind: 'quality', share: 0.955 })).toBe('keep 95.5 % of the best model’s quality')
  expect(sayObjective({ kind: 'lambda', lambda: 3 })).toBe('lambda 3')
  expect(sayObjective({ kind: 'max-quality-loss', share: 0.05 })).toContain('5 %')
  expect(sayObjective({ kind: 'willingness-to-pay', usdPerTenPoints: 0.02 })).toContain('$0.02')
  expect(sayObjective({ kind: 'mean-cost', usd: 0.01 })).toContain('$0.01')
  expect(sayObjective({ kind: 'strong-share', share: 0.3 })).toContain('30 %')
})
