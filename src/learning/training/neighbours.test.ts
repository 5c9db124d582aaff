import { describe, expect, test } from 'vitest'
import { toyExamples, toyPrompt } from '../../../test/support/toy-corpus.ts'
import type { Example } from './corpus.ts'
import { indexNeighbours } from './neighbours.ts'

const models = ['strong', 'weak']
const anExample = (text: string, score: number, model = 'a'): Example => ({
  text,
  scores: [{ model, score }],
  labels: {},
  weight: 1,
})

test('prompts like hard ones are predicted to be hard, for the model that fails them', () => {
  const { predict } = indexNeighbours(toyExamples(300), models)
  const [strongEasy, weakEasy] = predict(toyPrompt('easy', 'new'))
  const [strongHard, weakHard] = predict(toyPrompt('hard', 'new'))
  expect(weakEasy!).toBeGreaterThan(0.75)
  expect(weakHard!).toBeLessThan(0.35)
  expect(strongEasy!).toBeGreaterThan(0.75)
  expect(strongHard!).toBeGreaterThan(0.7)
})

describe('without a neighbour', () => {
  // Four at least: what a third of the prompts have in common is not looked at.
  const examples = [
    anExample('quick brown fox', 1),
    anExample('ivy', 0),
    anExample('elm', 0.5),
    anExample('ash', 0.5),
  ]

  test('a model has its mean, and one that was never run a half', () => {
    const { predict } = indexNeighbours(examples, ['a', 'b'])
    expect([...predict('完全不同')]).toEqual([0.5, 0.5])
    expect([...predict('')]).toEqual([0.5, 0.5])
  })

  test('an example that is left out is nobody’s neighbour', () => {
    const { predict } = indexNeighbours(examples, ['a'], { neighbours: 2, priorSimilarity: 0.1 })
    expect(predict('quick brown fox')[0]!).toBeGreaterThan(0.9)
    expect(predict('quick brown fox', (example) => example === 0)[0]).toBeCloseTo(0.5, 6)
  })
})

test('an equal prompt weighs as much as its similarity says beside the prior', () => {
  const examples = [
    anExample('quick brown fox', 1),
    anExample('ivy', 0),
    anExample('elm', 0),
    anExample('ash', 0),
  ]
  const { predict } = indexNeighbours(examples, ['a'], { neighbours: 1, priorSimilarity: 1 })
  // Similarity 1 to the one neighbour: (1 x 0.25 + 1 x 1) / (1 + 1).
  expect(predict('quick brown fox')[0]).toBeCloseTo(0.625, 5)
})

test('only the nearest k count', () => {
  const near = Array.from({ length: 5 }, () => anExample('alpha beta', 1))
  const far = Array.from({ length: 40 }, (_, index) => anExample(`alpha other${index} words${index}`, 0))
  const rest = Array.from({ length: 200 }, (_, index) => anExample(`filler${index}`, 0))
  const examples = [...far, ...near, ...rest]
  const few = indexNeighbours(examples, ['a'], { neighbours: 5, priorSimilarity: 0.01 }).predict('alpha beta')
  const many = indexNeighbours(examples, ['a'], { neighbours: 45, priorSimilarity: 0.01 }).predict(
    'alpha beta',
  )
  expect(few[0]!).toBeGreaterThan(0.95)
  expect(many[0]!).toBeLessThan(few[0]! - 0.2)
})
