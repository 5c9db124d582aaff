import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { modelId } from '../../../domain/model.ts'
import { seededDraw } from '../../../domain/random.ts'
import { logOddsOf, sigmoid } from '../../../estimate/log-odds.ts'
import { type CorrectionModel, correct, noCorrection, uncorrect } from './correction.ts'
import { fitCorrection, type Graded } from './fit.ts'
import { isBetter, judge } from './judge.ts'

const [small, large] = [modelId('acme/small'), modelId('acme/large')]

/** Answers whose truth is what `shift` makes of the prediction's log-odds. */
function graded(
  count: number,
  shift: (one: { model: string; task: string }) => number,
  seed = 'graded',
): Graded[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, (_, place) => {
    const model = draw() < 0.5 ? small : large
    const task = draw() < 0.5 ? ('code' as const) : ('chat' as const)
    const predicted = 0.3 + 0.6 * draw()
    const truth = sigmoid(logOddsOf(predicted) + shift({ model, task }))
    const time = new Date(1.7e12 + place * 1000).toISOString()
    return { time, unit: `u${place}`, model, task, predicted, score: draw() < truth ? 1 : 0 }
  })
}

const corrections = fc.record({
  slope: fc.double({ min: 0.5, max: 2, noNaN: true }),
  offset: fc.double({ min: -1, max: 1, noNaN: true }),
  models: fc.constant({ [small]: { offset: 0.5, tasks: { code: -0.25 } } }),
})

describe('a correction', () => {
  test('has an inverse, and leaves better predictions better', () =>
    fc.assert(
      fc.property(
        corrections,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (by: CorrectionModel, one, other) => {
          const [low, high] = [Math.min(one, other), Math.max(one, other)]
          expect(correct(by, small, 'code', low)).toBeLessThanOrEqual(correct(by, small, 'code', high))
          const corrected = correct(by, small, 'code', one)
          if (corrected > 0.003 && corrected < 0.997)
            expect(uncorrect(by, small, 'code', corrected)).toBeCloseTo(one, 9)
        },
      ),
    ))
})

describe('the fit', () => {
  test('of nothing changes nothing', async () => {
    expect(await fitCorrection([])).toEqual(noCorrection)
  })

  test('finds what a model and a task are off by', async () => {
    const off = ({ model, task }: { model: string; task: string }) =>
      model === small ? (task === 'code' ? -1.5 : -0.8) : 0
    const by = await fitCorrection(graded(8_000, off))
    for (const [model, task] of [
      [small, 'code'],
      [small, 'chat'],
      [large, 'code'],
      [large, 'chat'],
    ] as const) {
      const truth = sigmoid(logOddsOf(0.7) + off({ model, task }))
      expect(correct(by, model, task, 0.7)).toBeCloseTo(truth, 1)
    }
  })

  test('of a few answers stays near no correction', async () => {
    const by = await fitCorrection(graded(4, () => -3))
    for (const model of [small, large]) expect(correct(by, model, 'chat', 0.7)).toBeGreaterThan(0.35)
    // A model that nobody has graded gets what all have in common, and no more.
    expect(correct(by, modelId('acme/new'), 'chat', 0.7)).toBeGreaterThan(0.5)
  })
})

describe('the judgement on later answers', () => {
  test('speaks for a fit that predicts them better, with its interval', async () => {
    const all = graded(4_000, ({ model }) => (model === small ? -1 : 0.3))
    const by = await fitCorrection(all.slice(0, 2_800))
    const judgement = judge(all.slice(2_800), by, null)
    expect(isBetter(judgement)).toBe(true)
    expect(judgement.fitted.logLoss).toBeLessThan(judgement.none.logLoss)
    expect(judgement.fitted.brier).toBeLessThan(judgement.none.brier)
    // What serves already need not be put in its own place.
    expect(isBetter(judge(all.slice(2_800), by, by))).toBe(false)
  })

  test('rarely speaks for a fit where there is nothing to correct', async () => {
    let promoted = 0
    for (let run = 0; run < 60; run++) {
      const all = graded(700, () => 0, `nothing ${run}`)
      const by = await fitCorrection(all.slice(0, 490))
      if (isBetter(judge(all.slice(490), by, null))) promoted++
    }
    expect(promoted).toBeLessThanOrEqual(3)
  })

  test('does not speak for one that has become wrong meanwhile', async () => {
    const by = await fitCorrection(graded(3_000, () => -1.5))
    expect(
      isBetter(
        judge(
          graded(1_000, () => 0, 'later'),
          by,
          null,
        ),
      ),
    ).toBe(false)
  })
})
