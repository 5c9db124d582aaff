import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import type { ClusterTable } from '../../estimate/quality/clusters.ts'
import { createNeighbours } from '../../estimate/quality/neighbours.ts'
import { createWordReader } from '../../signals/words.ts'
import type { Example } from './corpus.ts'
import { indexNeighbours } from './fit-neighbours.ts'

const read = createWordReader()
const models = [modelId('weak'), modelId('strong'), modelId('seldom')]
const example = (text: string, weak: number, strong: number): Example => ({
  text,
  scores: [
    { model: 'weak', score: weak },
    { model: 'strong', score: strong },
  ],
  labels: {},
  weight: 1,
})
/** Both fail at chess, weak alone at law, neither at tea or music. */
const examples = Array.from({ length: 80 }, (_, index) => {
  const words = ['pawn knight castle', 'tort plaintiff statute', 'kettle sugar lemon', 'violin sonata'][
    index % 4
  ]!
  return example(`${words} item${index}`, index % 4 > 1 ? 1 : 0, index % 4 === 0 ? 0 : 1)
})

/** One cluster for all: what is told apart is told by neighbours. */
const table: ClusterTable = {
  centres: new Float32Array([1]),
  clusters: 1,
  models,
  usual: new Float32Array([0.5, 0.75, 0.6]),
  means: new Float32Array([0.5, 0.75, 0.6]),
  weights: new Float32Array(3).fill(30),
}
const index = indexNeighbours(
  examples,
  examples.map(({ text }) => read(text)),
  models,
)
const neighbours = createNeighbours(index, table)
const estimate = (text: string, model: string) =>
  neighbours.read({ encoding: new Float32Array(1), vector: new Float32Array([1]), words: read(text) })(
    aModel({ id: model }),
  )

describe('prompts are judged by those that share their words', () => {
  test('how hard they are, for all models alike', () => {
    for (const model of ['weak', 'strong', 'seldom']) {
      expect(estimate('a knight takes a pawn', model)!.mean).toBeLessThan(
        estimate('lemon sugar', model)!.mean - 0.2,
      )
    }
  })

  test('and where models differ', () => {
    const gap = (text: string) => estimate(text, 'strong')!.mean - estimate(text, 'weak')!.mean
    expect(gap('plaintiff statute tort')).toBeGreaterThan(gap('kettle lemon sugar') + 0.15)
  })

  test('more surely where there are some', () => {
    const found = estimate('plaintiff statute tort', 'strong')!
    expect(found.deviation).toBeLessThan(estimate('nothing alike', 'strong')!.deviation)
  })
})

test('where no prompt is near the cluster’s word stands', () => {
  for (const text of ['zebra', '']) expect(estimate(text, 'weak')!.mean).toBeCloseTo(0.5, 6)
})

test('nothing is known of a model that was not there', () => {
  expect(estimate('kettle', 'unseen')).toBeNull()
})

test('prompts without an outcome of the models are not in the index', () => {
  const others = [...examples, { ...examples[0]!, scores: [{ model: 'other', score: 1 }] }]
  const words = others.map(({ text }) => read(text))
  expect(indexNeighbours(others, words, models).size).toBe(80)
})
