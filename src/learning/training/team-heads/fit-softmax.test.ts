import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../../domain/random.ts'
import { type Head, scoreOf, softmax } from '../../../strategies/team/heads.ts'
import { type Choice, defaultFit, fitSoftmax, type Heads } from './fit-softmax.ts'

const flat: Heads = { left: { bias: 0, weights: {} }, right: { bias: 0, weights: {} } }

/** `left` is right where x is positive, `right` elsewhere; chosen by lot. */
function choices(count: number, seed = 'lots'): readonly Choice[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, () => {
    const x = 2 * draw() - 1
    const chosen = draw() < 0.5 ? 0 : 1
    const paid = x > 0 === (chosen === 0) ? 1 : -1
    const alternatives = ['left', 'right'].map((key) => ({ keys: [key], features: { x } }))
    return { alternatives, chosen, propensity: 0.5, advantage: paid }
  })
}

const leftAt = (heads: Heads, x: number): number =>
  softmax(['left', 'right'].map((key) => scoreOf(heads[key] as Head, { x })))[0]!

describe('a softmax policy', () => {
  test('learns which choice pays where', () => {
    const heads = fitSoftmax(flat, choices(400))
    expect(leftAt(heads, 0.8)).toBeGreaterThan(0.7)
    expect(leftAt(heads, -0.8)).toBeLessThan(0.3)
  })

  test('is the same for the same choices', () => {
    expect(fitSoftmax(flat, choices(50))).toEqual(fitSoftmax(flat, choices(50)))
  })

  test('stays where it was without choices, and near it with much regularisation', () => {
    expect(fitSoftmax(flat, [])).toBe(flat)
    const held = fitSoftmax(flat, choices(400), { ...defaultFit, rate: 0.01, l2: 50 })
    expect(Math.abs(leftAt(held, 0.8) - 0.5)).toBeLessThan(0.02)
  })

  test('corrects for a policy that hardly ever made the better choice', () => {
    const rare = choices(2000).flatMap((choice): Choice[] => {
      const propensity = choice.chosen === 0 ? 0.1 : 0.9
      const kept = seededDraw(JSON.stringify(choice))() < propensity
      return kept ? [{ ...choice, propensity }] : []
    })
    const heads = fitSoftmax(flat, rare)
    expect(leftAt(heads, 0.8)).toBeGreaterThan(0.6)
    expect(leftAt(heads, -0.8)).toBeLessThan(0.4)
  })
})
