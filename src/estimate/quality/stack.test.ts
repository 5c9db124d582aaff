import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../log-odds.ts'
import type { QualityEstimator, ReadPrompt } from './estimator.ts'
import { createStack, type Stack } from './stack.ts'

const prompt: ReadPrompt = {
  encoding: new Float32Array(0),
  vector: new Float32Array(0),
  words: { ids: new Uint32Array(0), counts: new Float32Array(0) },
}
const small = aModel({ id: 'acme/small' })
const large = aModel({ id: 'acme/large' })
const unseen = aModel({ id: 'other/unseen' })

/** Log-odds by model; it knows no other. */
const saying = (said: Readonly<Record<string, number>>, deviation = 0): QualityEstimator => ({
  name: 'saying',
  read:
    () =>
    ({ id }) =>
      said[id] === undefined ? null : { mean: sigmoid(said[id]), deviation },
})

const members = [saying({ 'acme/small': 0, 'acme/large': 2 }), saying({ 'acme/small': -1, 'acme/large': 1 })]
const others = saying({ 'acme/small': -2, 'acme/large': -2, 'other/unseen': 0.5 })
const platt = { slope: 1, intercept: 0 }
const stack: Stack = {
  anchors: [modelId('acme/small'), modelId('acme/large')],
  models: [modelId('acme/small'), modelId('acme/large')],
  intercept: 0.1,
  levels: [0.5, 0.5],
  ability: 1,
  differences: [0.6, 0.2],
  offsets: [
    [-0.8, 0.8],
    [-0.8, 0.8],
  ],
  alone: { slope: 1, intercept: 0 },
  calibrations: [platt, platt],
  curve: { kind: 'platt', ...platt },
  deviations: [0.05, 0.02],
}
const logOdds = (changes: Partial<Stack>, model = large, retaught?: ReadonlySet<typeof large.id>) =>
  logOddsOf(createStack(members, others, { ...stack, ...changes }, retaught).read(prompt)(model)!.mean)

// Levels are 1 and 0: the level is 0.1 + 0.5 x 1 + 0.5 x 0 = 0.6.
const level = 0.6

describe('a model that all members know', () => {
  test('is the level, its ability and its differences, weighed apart', () => {
    expect(logOdds({})).toBeCloseTo(level + 0.8 + 0.6 * 0.2 + 0.2 * 0.2, 6)
    expect(logOdds({ differences: [0, 0] })).toBeCloseTo(level + 0.8, 6)
    expect(logOdds({ ability: 0, differences: [0, 0] })).toBeCloseTo(level, 6)
  })

  test('is calibrated by itself, then as all are', () => {
    const own = { slope: 0.5, intercept: 0.2 }
    const before = logOdds({})
    expect(logOdds({ calibrations: [platt, own] })).toBeCloseTo(0.5 * before + 0.2, 6)
    const bent = { kind: 'isotonic', logOdds: [0, 9], shares: [0.3, 0.3] } as const
    expect(logOdds({ curve: bent })).toBeCloseTo(logOddsOf(0.3), 6)
  })

  test('does not hang on who else is asked about', () => {
    const read = createStack(members, others, stack).read(prompt)
    const alone = read(large)
    read(unseen)
    read(small)
    expect(read(large)).toEqual(alone)
  })
})

describe('a model that not all members know', () => {
  test('is what others say of it, moved by what the stack makes of the prompt', () => {
    expect(logOdds({}, unseen)).toBeCloseTo(0.5 + level - 1, 6)
  })

  test('so is one that others have learnt more of since', () => {
    expect(logOdds({}, large, new Set([large.id]))).toBeCloseTo(-2 + level - 1, 6)
  })
})

test('deviations of the members are carried through their weights, beside the model’s own error', () => {
  const unsure = [saying({ 'acme/small': 0, 'acme/large': 2 }, 0.1), members[1]!]
  const sure = createStack(members, others, stack).read(prompt)(large)!
  const estimate = createStack(unsure, others, stack).read(prompt)(large)!
  const curve = sigmoid(2) * (1 - sigmoid(2))
  const carried = estimate.mean * (1 - estimate.mean) * ((0.6 * 0.1) / curve)
  expect(sure.deviation).toBe(0.02)
  expect(estimate.deviation).toBeCloseTo(Math.hypot(0.02, carried), 6)
})
