import fc from 'fast-check'
import { expect, it } from 'vitest'
import { feedbackProbabilities, type Gradable } from './feedback-probability.ts'

it('is that of the model and its group, drawn towards the model’s own', () => {
  const decisions = Array.from({ length: 400 }, (_, place): Gradable => {
    const isFirst = place % 2 === 0
    return { model: isFirst ? 'a' : 'b', group: place < 200 ? 0 : 1, graded: isFirst || place % 8 === 1 }
  })
  const found = feedbackProbabilities(decisions)
  expect(found[0]).toBe(1)
  expect(found[1]).toBeCloseTo(0.25, 2)
})

it('differs between groups of one model by what was seen of each', () => {
  const decisions = Array.from(
    { length: 400 },
    (_, place): Gradable => ({ model: 'a', group: place < 200 ? 0 : 1, graded: place < 200 }),
  )
  const found = feedbackProbabilities(decisions)
  // Of 200 and the 20 that the model's half counts for: 210 / 220 and 10 / 220.
  expect(found[0]).toBeCloseTo(210 / 220, 12)
  expect(found[399]).toBeCloseTo(10 / 220, 12)
})

it('is never nothing, and 1 where all are graded', () => {
  expect(feedbackProbabilities([{ model: 'a', group: 2, graded: false }])).toEqual([0.01])
  const decisions = fc.array(
    fc.record({ model: fc.constantFrom('a', 'b'), group: fc.nat(3), graded: fc.boolean() }),
  )
  fc.assert(
    fc.property(decisions, (some) => {
      for (const chance of feedbackProbabilities(some)) expect(chance > 0 && chance <= 1).toBe(true)
      const all = some.map((one) => ({ ...one, graded: true }))
      expect(feedbackProbabilities(all).every((chance) => Math.abs(chance - 1) < 1e-12)).toBe(true)
    }),
  )
})
