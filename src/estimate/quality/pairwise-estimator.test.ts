import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { winProbability } from '../../strategies/threshold.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import { sigmoid } from '../log-odds.ts'
import { createPairwise } from './pairwise-estimator.ts'

const ids = ['acme/a', 'acme/b', 'acme/c'] as const
const prompt = { encoding: new Float32Array(1), vector: new Float32Array(1) }

/** An estimator that says the same at every prompt. */
const saying = (
  deltas: readonly number[],
  {
    slope = 1,
    ratingDeviation = 0,
    against,
  }: { slope?: number; ratingDeviation?: number; against?: string[] } = {},
) =>
  createPairwise(
    'fixed',
    deltas.map((rating, place) => ({ id: modelId(ids[place]!), battles: 9, rating, ratingDeviation })),
    { slope, deviation: 0.03 },
    () => Float64Array.from(deltas),
    against ? { against: against.map(modelId) } : {},
  )

const anyDelta = fc.double({ min: -30, max: 30, noNaN: true })

describe('who beats whom', () => {
  test('is a chance of sigmoid(slope (delta_a - delta_b))', () => {
    const chance = saying([0.5, -1], { slope: 0.8 }).compare(prompt)
    expect(chance(modelId('acme/a'), modelId('acme/b'))).toBeCloseTo(sigmoid(1.2), 12)
  })

  test('from the other side is what is left of 1', () => {
    fc.assert(
      fc.property(anyDelta, anyDelta, (a, b) => {
        const chance = saying([a, b]).compare(prompt)
        const [first, second] = [modelId('acme/a'), modelId('acme/b')]
        expect(chance(first, second)! + chance(second, first)!).toBeCloseTo(1, 12)
      }),
    )
  })

  test('is unknown of a model that was never compared', () => {
    const chance = saying([0, 0]).compare(prompt)
    expect(chance(modelId('acme/a'), modelId('acme/z'))).toBeNull()
    expect(chance(modelId('acme/z'), modelId('acme/a'))).toBeNull()
  })
})

describe('quality', () => {
  test('of one of two makes the threshold strategy’s win probability the calibrated chance', () => {
    fc.assert(
      fc.property(anyDelta, anyDelta, fc.double({ min: 0.1, max: 3, noNaN: true }), (a, b, slope) => {
        const estimator = saying([a, b], { slope })
        const quality = estimator.read(prompt)
        const candidate = (id: string) => aCandidate({ id, quality: quality(aModel({ id }))!.mean })
        const chance = estimator.compare(prompt)(modelId('acme/a'), modelId('acme/b'))
        expect(winProbability(candidate('acme/a'), candidate('acme/b'))).toBeCloseTo(chance!, 9)
      }),
    )
  })

  test('is the mean chance of beating each of the others', () => {
    const quality = saying([1, 0, -2]).read(prompt)
    expect(quality(aModel({ id: 'acme/b' }))!.mean).toBeCloseTo((sigmoid(-1) + sigmoid(2)) / 2, 12)
  })

  test('is the mean chance of beating those named, where some are', () => {
    const quality = saying([1, 0, -2], { against: ['acme/a', 'acme/unknown'] }).read(prompt)
    expect(quality(aModel({ id: 'acme/c' }))!.mean).toBeCloseTo(sigmoid(-3), 12)
    expect(quality(aModel({ id: 'acme/a' }))).toBeNull()
  })

  test('ranks as the log-odds do, and stays within 0 and 1', () => {
    fc.assert(
      fc.property(anyDelta, anyDelta, anyDelta, (a, b, c) => {
        const quality = saying([a, b, c]).read(prompt)
        const [first, second] = [quality(aModel({ id: ids[0] }))!.mean, quality(aModel({ id: ids[1] }))!.mean]
        expect(Math.min(first, second)).toBeGreaterThanOrEqual(0)
        expect(Math.max(first, second)).toBeLessThanOrEqual(1)
        if (a > b) expect(first).toBeGreaterThanOrEqual(second)
      }),
    )
  })

  test('is unknown of a model that was never compared, and of one that is alone', () => {
    expect(saying([0, 0]).read(prompt)(aModel({ id: 'acme/z' }))).toBeNull()
    expect(saying([0]).read(prompt)(aModel({ id: 'acme/a' }))).toBeNull()
  })

  test('deviates by calibration and by what is not known of the rating', () => {
    const deviationWith = (ratingDeviation: number) =>
      saying([0, 0], { ratingDeviation }).read(prompt)(aModel({ id: 'acme/a' }))!.deviation
    expect(deviationWith(0)).toBeCloseTo(0.03, 12)
    expect(deviationWith(0.4)).toBeCloseTo(Math.hypot(0.03, 0.25 * 0.4), 12)
  })
})
