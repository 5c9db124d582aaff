import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aSignals, aTurn } from '../../../test/support/builders.ts'
import { aLesson, dayMs, learntAtMs, learntFrom } from '../../../test/support/learnt.ts'
import { addTo, type Lesson, mergeSums, type Sums, withoutForgotten } from '../../domain/learner.ts'
import { modelId } from '../../domain/model.ts'
import { taskTypes } from '../../domain/signals.ts'
import { createLearner, momentsOf, remember, summaryOf } from './statistics.ts'

const memory = { halfLifeMs: dayMs }
const learner = createLearner('a test', memory)
const summary = (sums: Sums, atMs = learntAtMs, model = 'acme/m0') =>
  summaryOf(remember(sums, model, atMs, memory))

const lessons: fc.Arbitrary<readonly Lesson[]> = fc.array(
  fc
    .record({
      model: fc.constantFrom(modelId('acme/m0'), modelId('acme/m1')),
      quality: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      expectedQuality: fc.double({ min: 0, max: 1, noNaN: true }),
      usd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      age: fc.double({ min: 0, max: 40 * dayMs, noNaN: true }),
      taskType: fc.constantFrom(...taskTypes),
    })
    .map(({ age, taskType, ...fields }) =>
      aLesson(learner, {
        ...fields,
        turn: aTurn({ signals: aSignals({ taskType }) }),
        atMs: learntAtMs - age,
      }),
    ),
  { minLength: 1, maxLength: 30 },
)

const expectAlike = (one: Sums, other: Sums) => {
  for (const model of ['acme/m0', 'acme/m1']) {
    const [first, second] = [one, other].map((sums) => momentsOf(remember(sums, model, learntAtMs, memory)))
    first!.a.forEach((value, place) => {
      expect(value).toBeCloseTo(second!.a[place]!, 7)
    })
    first!.b.forEach((value, place) => {
      expect(value).toBeCloseTo(second!.b[place]!, 7)
    })
  }
}

describe('sums of what was learnt', () => {
  test('of two processes come to what one would have, in whatever order lessons come', () => {
    fc.assert(
      fc.property(lessons, fc.nat(30), (all, cut) => {
        const whole = learntFrom(learner, all).sums
        const apart = mergeSums(
          learntFrom(learner, all.slice(cut)).sums,
          learntFrom(learner, all.slice(0, cut)).sums,
        )
        expectAlike(whole, apart)
        expectAlike(whole, learntFrom(learner, [...all].reverse()).sums)
      }),
      { numRuns: 30 },
    )
  })

  test('a lesson that is taken back is as if it had never been', () => {
    fc.assert(
      fc.property(lessons, lessons, (kept, wrong) => {
        const back = wrong.map((lesson) => ({ ...lesson, weight: -1 }))
        expectAlike(learntFrom(learner, [...kept, ...wrong, ...back]).sums, learntFrom(learner, kept).sums)
      }),
      { numRuns: 30 },
    )
  })

  test('dollars and quality that come apart count once each', () => {
    const usd = aLesson(learner, { quality: null, usd: 0.02, expectedUsd: 0.01 })
    const quality = aLesson(learner, { quality: 0.5, expectedQuality: 0.7 })
    const { lessons: counted, ...means } = summary(learntFrom(learner, [usd, quality]).sums)
    expect(counted).toBeCloseTo(1, 9)
    expect(means.meanQuality).toBeCloseTo(0.5, 9)
    expect(means.meanResidual).toBeCloseTo(-0.2, 9)
    expect(means.meanUsd).toBeCloseTo(0.02, 9)
  })

  test('a lesson counts for half after the half-life, whatever epoch it was in', () => {
    for (let day = 0; day < 60; day++) {
      const atMs = learntAtMs + day * dayMs
      const { sums } = learntFrom(learner, [aLesson(learner, { atMs })])
      expect(summary(sums, atMs).lessons).toBeCloseTo(1, 9)
      expect(summary(sums, atMs + dayMs).lessons).toBeCloseTo(0.5, 9)
      expect(summary(sums, atMs + 10 * dayMs).lessons).toBeCloseTo(2 ** -10, 9)
    }
  })

  test('stay finite for years, and what is forgotten may be dropped', () => {
    let sums: Sums = new Map()
    for (let day = 0; day < 3000; day += 7) {
      const atMs = learntAtMs + day * dayMs
      sums = addTo(sums, learner.learn(aLesson(learner, { atMs }))!)
      const before = summary(sums, atMs)
      sums = withoutForgotten(sums, learner, atMs)
      expect(sums.size).toBeLessThanOrEqual(2)
      expect(summary(sums, atMs).lessons).toBeCloseTo(before.lessons, 9)
    }
    for (const array of sums.values()) expect(array.every(Number.isFinite)).toBe(true)
  })

  test('without a half-life nothing fades', () => {
    const lasting = { halfLifeMs: null }
    const forEver = createLearner('a test', lasting)
    const { sums } = learntFrom(forEver, [aLesson(forEver, { atMs: 0 })])
    expect(summaryOf(remember(sums, 'acme/m0', learntAtMs, lasting)).lessons).toBe(1)
    expect([...sums.keys()].some((arm) => forEver.isForgotten(arm, learntAtMs * 10))).toBe(false)
  })

  test.each([
    ['nothing is known of what came', { quality: null, usd: null }],
    ['the quality is no number', { quality: Number.NaN }],
    ['the time is no number', { atMs: Number.NaN }],
    ['the features are those of another learner', { features: new Float64Array(3) }],
    ['a feature is no number', { features: new Float64Array(learner.dims).fill(Number.NaN) }],
  ])('a lesson teaches nothing where %s', (_, changes) => {
    expect(learner.learn(aLesson(learner, changes))).toBeNull()
  })

  test('half-lives are part of what a learner is called by', () => {
    expect(createLearner('a test', { halfLifeMs: null }).id).not.toBe(learner.id)
  })
})
