import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAnswerModel, type Observed } from './answer-model.ts'

const options = { sharedDifficulty: 2, wrongAgreement: 0.4 }
const quality = fc.double({ min: 0.01, max: 0.99, noNaN: true })
const settings = fc.record({
  sharedDifficulty: fc.double({ min: 0, max: 6, noNaN: true }),
  wrongAgreement: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
})

const seen = (candidate: number, cluster: number | null, evidence = 0): Observed => ({
  candidate,
  cluster,
  evidence,
})

test('before any answer each is right with its predicted quality', () => {
  fc.assert(
    fc.property(fc.array(quality, { minLength: 1, maxLength: 5 }), settings, (qualities, set) => {
      const { right, likelihood } = createAnswerModel(qualities, set).after([])
      qualities.forEach((expected, place) => {
        expect(right[place]!).toBeCloseTo(expected, 6)
      })
      expect(likelihood).toBeCloseTo(1, 9)
    }),
  )
})

test('the ways in which answers may fall into clusters have probabilities that add up to 1', () => {
  fc.assert(
    fc.property(quality, quality, quality, settings, (a, b, c, set) => {
      const model = createAnswerModel([a, b, c], set)
      const partitions = [
        [0, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
        [0, 1, 1],
        [0, 1, 2],
      ]
      const total = partitions.reduce(
        (sum, clusters) =>
          sum + model.after(clusters.map((cluster, place) => seen(place, cluster))).likelihood,
        0,
      )
      expect(total).toBeCloseTo(1, 6)
    }),
  )
})

test('a belief is the mean of the beliefs that the next answer may lead to', () => {
  fc.assert(
    fc.property(quality, quality, quality, settings, (a, b, c, set) => {
      const model = createAnswerModel([a, b, c], set)
      const first = model.after([seen(0, 0)])
      const next = [0, 1].map((cluster) => model.after([seen(0, 0), seen(1, cluster)]))
      for (const place of [0, 1, 2]) {
        const mean = next.reduce(
          (sum, { right, likelihood }) => sum + (likelihood / first.likelihood) * right[place]!,
          0,
        )
        expect(mean).toBeCloseTo(first.right[place]!, 6)
      }
    }),
  )
})

describe('what answers say of each other', () => {
  const model = createAnswerModel([0.7, 0.7, 0.8], options)
  const agreed = model.after([seen(0, 0), seen(1, 0)])
  const split = model.after([seen(0, 0), seen(1, 1)])

  test('agreement raises all, disagreement lowers all, those that have not run too', () => {
    for (const place of [0, 1]) {
      expect(agreed.right[place]!).toBeGreaterThan(0.7)
      expect(split.right[place]!).toBeLessThan(0.7)
    }
    expect(agreed.right[2]!).toBeGreaterThan(0.8)
    expect(split.right[2]!).toBeLessThan(0.8)
  })

  test('at most one of two answers that differ is right', () => {
    expect(split.right[0]! + split.right[1]!).toBeLessThanOrEqual(1)
  })

  test('agreement counts for less where wrong answers agree more often', () => {
    const closed = createAnswerModel([0.7, 0.7], { ...options, wrongAgreement: 0.9 })
    expect(closed.after([seen(0, 0), seen(1, 0)]).right[0]!).toBeLessThan(agreed.right[0]!)
  })

  test('answers that cannot be compared say nothing, and are believed as predicted', () => {
    const { right } = model.after([seen(0, null), seen(1, null)])
    expect([...right].map((value) => Number(value.toFixed(6)))).toEqual([0.7, 0.7, 0.8])
  })
})

test('evidence moves log-odds by its own size where nothing is shared', () => {
  const model = createAnswerModel([0.6], { sharedDifficulty: 0, wrongAgreement: 0.4 })
  for (const cluster of [0, null]) {
    const [right] = model.after([seen(0, cluster, 1.5)]).right
    expect(Math.log(right! / (1 - right!))).toBeCloseTo(Math.log(0.6 / 0.4) + 1.5, 6)
  }
})

test('evidence of one answer moves the others in its direction, through the difficulty that they share', () => {
  const model = createAnswerModel([0.6, 0.6], options)
  expect(model.after([seen(0, null, 2)]).right[1]!).toBeGreaterThan(0.6)
  expect(model.after([seen(0, null, -2)]).right[1]!).toBeLessThan(0.6)
})
