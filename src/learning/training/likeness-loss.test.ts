import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { learner } from './adagrad.ts'
import { createLikenessLoss } from './likeness-loss.ts'

const dims = 5
const classes = 4
const draw = seededDraw('likeness')
const randomly = (length: number) => Float32Array.from({ length }, () => normal(draw))
const directions = randomly(classes * dims)
const vector = randomly(dims)

const learn = (weights: Float32Array, text: Float32Array, rate = 0, importance = 1) => {
  const gradient = new Float32Array(dims)
  const classesLearner = learner(weights.slice())
  const loss = createLikenessLoss(dims, 10).learn(classesLearner, 2, text, gradient, importance, rate)
  return { loss, gradient, weights: classesLearner.weights }
}

const nudged = (values: Float32Array, at: number, by: number) => {
  const changed = values.slice()
  changed[at]! += by
  return changed
}
const nudge = 1e-3

describe('the loss of likeness', () => {
  test('is its formula', () => {
    const cosines = Array.from({ length: classes }, (_, row) => {
      const direction = directions.subarray(row * dims, (row + 1) * dims)
      const dot = direction.reduce((sum, value, dim) => sum + value * vector[dim]!, 0)
      return dot / Math.hypot(...direction) / Math.hypot(...vector)
    })
    const total = cosines.reduce((sum, cosine) => sum + Math.exp(10 * cosine), 0)
    expect(learn(directions, vector).loss).toBeCloseTo(-Math.log(Math.exp(10 * cosines[2]!) / total), 4)
  })

  test('passes its slope back to the text vector', () => {
    const { gradient } = learn(directions, vector)
    gradient.forEach((slope, dim) => {
      const [up, down] = [nudge, -nudge].map((by) => learn(directions, nudged(vector, dim, by)).loss)
      expect(slope).toBeCloseTo((up! - down!) / (2 * nudge), 2)
    })
  })

  test('moves the directions of classes down their slope', () => {
    const rate = 0.1
    const { weights } = learn(directions, vector, rate)
    weights.forEach((weight, at) => {
      const [up, down] = [nudge, -nudge].map((by) => learn(nudged(directions, at, by), vector).loss)
      const slope = (up! - down!) / (2 * nudge)
      expect(weight - directions[at]!).toBeCloseTo((-rate * slope) / Math.sqrt(0.01 + slope ** 2), 1)
    })
  })

  test('does not heed how long the vectors are', () => {
    const longer = (values: Float32Array) => values.map((value) => 7 * value)
    expect(learn(longer(directions), longer(vector)).loss).toBeCloseTo(learn(directions, vector).loss, 4)
  })

  test('grows with its importance', () => {
    const [once, twice] = [1, 2].map((importance) => learn(directions, vector, 0, importance))
    expect(twice!.loss).toBeCloseTo(2 * once!.loss, 5)
    expect(twice!.gradient[0]!).toBeCloseTo(2 * once!.gradient[0]!, 4)
  })

  test('a text without features teaches nothing', () => {
    const { loss, gradient, weights } = learn(directions, new Float32Array(dims), 0.1)
    expect(loss).toBe(0)
    expect(gradient).toEqual(new Float32Array(dims))
    expect(weights).toEqual(directions)
  })
})
