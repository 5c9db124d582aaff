import { expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { bootstrap, quantile } from './bootstrap.ts'

const weightedMean = (values: Float64Array) => (weights: Float64Array) => {
  let sum = 0
  let total = 0
  for (let row = 0; row < values.length; row++) {
    sum += weights[row]! * values[row]!
    total += weights[row]!
  }
  return { mean: sum / total }
}

test('the interval of a mean is about two standard errors wide on each side', () => {
  const draw = seededDraw('values')
  const values = Float64Array.from({ length: 400 }, () => normal(draw))
  const { mean } = bootstrap(400, weightedMean(values), { seed: '1', resamples: 2000 })
  const average = values.reduce((sum, value) => sum + value, 0) / 400
  expect(mean.value).toBeCloseTo(average, 12)
  // The standard error is 1/20.
  expect(mean.high - mean.low).toBeGreaterThan(0.17)
  expect(mean.high - mean.low).toBeLessThan(0.22)
})

test('about 95 in 100 intervals cover the truth', () => {
  const draw = seededDraw('coverage')
  let covered = 0
  for (let trial = 0; trial < 200; trial++) {
    const values = Float64Array.from({ length: 100 }, () => (draw() < 0.3 ? 1 : 0))
    const { mean } = bootstrap(100, weightedMean(values), { seed: String(trial), resamples: 300 })
    if (mean.low <= 0.3 && 0.3 <= mean.high) covered++
  }
  expect(covered).toBeGreaterThan(178)
})

test('the same seed gives the same interval, another seed another', () => {
  const values = Float64Array.from({ length: 50 }, (_, row) => row * row)
  const run = (seed: string) => bootstrap(50, weightedMean(values), { seed, resamples: 200 }).mean
  expect(run('a')).toEqual(run('a'))
  expect(run('a')).not.toEqual(run('b'))
})

test('differences are paired: a constant lead has no width', () => {
  const draw = seededDraw('paired')
  const one = Float64Array.from({ length: 60 }, draw)
  const other = one.map((value) => value - 0.25)
  const { lead } = bootstrap(
    60,
    (weights) => ({ lead: weightedMean(one)(weights).mean - weightedMean(other)(weights).mean }),
    { seed: '1', resamples: 200 },
  )
  expect(lead.low).toBeCloseTo(0.25)
  expect(lead.high).toBeCloseTo(0.25)
})

test('a figure that most draws leave undefined has no interval; an infinite end stays infinite', () => {
  const { never, often } = bootstrap(
    20,
    (weights) => ({ never: Number.NaN, often: weights[0]! > 1 ? Number.POSITIVE_INFINITY : 1 }),
    { seed: '1', resamples: 200 },
  )
  expect(never.low).toBeNaN()
  expect(often).toEqual({ value: 1, low: 1, high: Number.POSITIVE_INFINITY })
})

test('quantiles interpolate', () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5)
  expect(quantile([3], 0.9)).toBe(3)
})
