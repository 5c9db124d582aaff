import { describe, expect, test } from 'vitest'
import { aCandidate, aSignals, aTurn } from '../../../test/support/builders.ts'
import { aLesson, dayMs, learntAtMs, learntFrom } from '../../../test/support/learnt.ts'
import { modelId } from '../../domain/model.ts'
import { seededDraw } from '../../domain/random.ts'
import { featuresOf } from './features.ts'
import { createPosterior, type PosteriorOptions } from './posterior.ts'
import { createLearner } from './statistics.ts'

const options: PosteriorOptions = {
  memory: { halfLifeMs: null },
  prior: { most: 50, halvedAfter: null },
  noise: 0.4,
}
const learner = createLearner('a test', options.memory)
const turn = aTurn({ signals: aSignals({ taskType: 'math' }), vector: Float32Array.from([1, 0, 0, 0]) })
const x = featuresOf(turn)
// (0.4 / 0.1)^2 = 16 pseudo-observations.
const candidate = aCandidate({ id: 'acme/m0', quality: 0.6, qualityDeviation: 0.1 })
const believed = (lessons: number, quality: number, changed: Partial<PosteriorOptions> = {}) =>
  createPosterior(learner.id, { ...options, ...changed })(
    learntFrom(
      learner,
      Array.from({ length: lessons }, () => aLesson(learner, { turn, quality, expectedQuality: 0.6 })),
    ),
    x,
  )(candidate, true)

describe('what is believed of a model', () => {
  test('before feedback is what the offline model says, and as unsure', () => {
    const { mean, deviation } = createPosterior(learner.id, options)(null, x)(candidate, true)
    expect(mean).toBe(0.6)
    expect(deviation).toBeCloseTo(0.1, 12)
  })

  // Ridge in one direction of unit length: shift = n r / (k + n), deviation = noise / sqrt(k + n).
  test.each([1, 4, 16, 100])(
    'after %i like answers is the average with 16 of the offline model',
    (lessons) => {
      const { mean, deviation } = believed(lessons, 0.9)
      expect(mean).toBeCloseTo(0.6 + (0.3 * lessons) / (16 + lessons), 9)
      expect(deviation).toBeCloseTo(0.4 / Math.sqrt(16 + lessons), 9)
    },
  )

  test('goes by the offline model less the more answers there are, where it is told to', () => {
    const { mean } = believed(16, 0.9, { prior: { most: 50, halvedAfter: 16 } })
    expect(mean).toBeCloseTo(0.6 + (0.3 * 16) / (8 + 16), 9)
  })

  test('takes no offline model for surer than it may be', () => {
    const sure = aCandidate({ id: 'acme/m0', quality: 0.6, qualityDeviation: 0.001 })
    const { deviation } = createPosterior(learner.id, options)(null, x)(sure, true)
    expect(deviation).toBeCloseTo(0.4 / Math.sqrt(50), 12)
    const unsure = aCandidate({ id: 'acme/m0', quality: 0.6, qualityDeviation: 5 })
    expect(createPosterior(learner.id, options)(null, x)(unsure, true).deviation).toBeCloseTo(0.4, 12)
  })

  test('stays a probability', () => {
    expect(believed(1000, 1, { prior: { most: 1, halvedAfter: null } }).mean).toBeLessThanOrEqual(1)
    const better = aCandidate({ id: 'acme/m0', quality: 0.99, qualityDeviation: 0.1 })
    const lessons = Array.from({ length: 50 }, () =>
      aLesson(learner, { turn, quality: 1, expectedQuality: 0.5 }),
    )
    expect(createPosterior(learner.id, options)(learntFrom(learner, lessons), x)(better, true).mean).toBe(1)
  })

  test('is not unsettled by deviations of the past: forgotten, it is no less sure than the offline model', () => {
    const memory = { halfLifeMs: dayMs }
    const fading = createLearner('a test', memory)
    const lessons = Array.from({ length: 200 }, () => aLesson(fading, { turn, quality: 0 }))
    const posterior = createPosterior(fading.id, { ...options, memory })
    const at = (days: number) =>
      posterior(learntFrom(fading, lessons, learntAtMs + days * dayMs), x)(candidate, true)
    expect(at(0).deviation).toBeLessThan(0.04)
    for (const days of [1, 5, 10, 30, 300]) expect(at(days).deviation).toBeLessThanOrEqual(0.1 + 1e-9)
    expect(at(30).mean).toBeCloseTo(0.6, 2)
  })

  test('is the same whether it was asked before or not, and moves with the sums', () => {
    const posterior = createPosterior(learner.id, options)
    const draw = seededDraw('posterior')
    const lessons = Array.from({ length: 40 }, () =>
      aLesson(learner, {
        turn,
        model: modelId(draw() < 0.5 ? 'acme/m0' : 'acme/m1'),
        quality: draw(),
        expectedQuality: 0.6,
      }),
    )
    const seen = new Set<number>()
    for (let count = 1; count <= lessons.length; count++) {
      const learnt = learntFrom(learner, lessons.slice(0, count))
      const again = posterior(learnt, x)(candidate, true)
      expect(again).toEqual(createPosterior(learner.id, options)(learnt, x)(candidate, true))
      seen.add(again.mean)
    }
    expect(seen.size).toBeGreaterThan(10)
  })
})
