import { describe, expect, test } from 'vitest'
import { aDecision } from '../../../test/support/a-decision.ts'
import { modelId } from '../../domain/model.ts'
import { calibrationOf } from './calibration.ts'

const answered = (quality: number, score: number | null, changes: object = {}) => ({
  decision: aDecision({
    candidates: [
      {
        id: modelId('acme/small'),
        quality: { mean: quality, deviation: 0.1 },
        cost: { kind: 'unknown', why: 'no price' },
        latencyMs: { mean: 1, deviation: 0 },
      },
    ],
    ...changes,
  }),
  score,
  usd: null,
  model: 'acme/small',
})

describe('calibration', () => {
  test('of predictions that come true lies on the diagonal', () => {
    const graded = Array.from({ length: 200 }, (_, at) => {
      const quality = at < 100 ? 0.2 : 0.8
      return answered(quality, at % 10 < quality * 10 ? 1 : 0)
    })
    const { bins, bias, error, graded: count } = calibrationOf(graded)
    expect(count).toBe(200)
    expect(bins).toHaveLength(10)
    expect(bias?.mean).toBeCloseTo(0)
    expect(error).toBeCloseTo(0)
    for (const { predicted, observed } of bins) expect(observed.mean).toBeCloseTo(predicted)
  })

  test('shows predictions that are too high as a bias below zero', () => {
    const { bias, error } = calibrationOf(Array.from({ length: 20 }, () => answered(0.9, 0.4)))
    expect(bias?.mean).toBeCloseTo(-0.5)
    expect(error).toBeCloseTo(0.5)
  })

  test('makes fewer bins of few, each with all of its own', () => {
    const { bins } = calibrationOf(Array.from({ length: 12 }, (_, at) => answered(at / 12, 1)))
    expect(bins.map(({ observed }) => observed.count)).toEqual([6, 6])
  })

  test('goes by the model that answered, and by no cache and no silence', () => {
    const none = { graded: 0, bins: [], bias: null, error: null }
    expect(calibrationOf([answered(0.5, null)])).toEqual(none)
    expect(calibrationOf([answered(0.5, 1, { cache: 'exact' })])).toEqual(none)
    expect(calibrationOf([{ ...answered(0.5, 1), model: 'acme/other' }])).toEqual(none)
    expect(calibrationOf([])).toEqual(none)
  })
})
