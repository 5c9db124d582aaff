import { describe, expect, test } from 'vitest'
import { createTextFeatures } from '../../signals/encoder/text-features.ts'
import { shapeFeatureCount, writeShapeFeatures } from '../../signals/encoder/shape-features.ts'
import { anyModel, buildCorpus, type Example, intentPrefix } from './corpus.ts'

const anExample = (changes: Partial<Example> = {}): Example => ({
  text: 'alpha beta',
  scores: [],
  labels: {},
  weight: 1,
  ...changes,
})

const options = { buckets: 256, labelWeights: { subject: 0.5, task: 2 } }

describe('features', () => {
  const examples = ['alpha beta', '', 'alpha gamma gamma 12'].map((text) => anExample({ text }))
  const corpus = buildCorpus(examples, options)

  test('of each example lie between its start and the next, as the encoder will read them', () => {
    const reader = createTextFeatures(options.buckets, corpus.idf)
    examples.forEach(({ text }, index) => {
      const { ids, weights, count } = reader.read(text)
      const [from, to] = [corpus.starts[index]!, corpus.starts[index + 1]!]
      expect(corpus.ids.subarray(from, to)).toEqual(ids.subarray(0, count))
      expect(corpus.weights.subarray(from, to)).toEqual(weights.subarray(0, count))
      expect(count).toBeLessThanOrEqual(reader.capacity)
    })
    expect(corpus.starts[3]).toBe(corpus.ids.length)
  })

  test('of shape lie side by side', () => {
    const shapes = new Float32Array(shapeFeatureCount)
    writeShapeFeatures(examples[2]!.text, shapes)
    expect(corpus.shapes.subarray(2 * shapeFeatureCount)).toEqual(shapes)
  })

  test('that all texts have weigh less than rare ones', () => {
    const { ids } = createTextFeatures(options.buckets).read('alpha')
    const common = corpus.idf[ids[0]!]!
    expect(common).toBeCloseTo(Math.log(4 / 3) + 1, 5)
    expect(Math.max(...corpus.idf)).toBeCloseTo(Math.log(4) + 1, 5)
  })
})

describe('cells', () => {
  const corpus = buildCorpus(
    [
      anExample({
        scores: [
          { model: 'b', score: 1 },
          { model: anyModel, score: 0.75 },
        ],
      }),
      anExample({ weight: 0.5 }),
      anExample({
        scores: [
          { model: 'a', score: 0.25 },
          { model: 'b', score: 0 },
        ],
      }),
    ],
    options,
  )

  test('number the models in order, the score of no model in particular behind them', () => {
    expect(corpus.models).toEqual(['a', 'b'])
    expect([...corpus.cellModels]).toEqual([1, 2, 0, 1])
    expect([...corpus.cellScores]).toEqual([1, 0.75, 0.25, 0])
    expect([...corpus.cellStarts]).toEqual([0, 2, 2, 4])
    expect([...corpus.exampleWeights]).toEqual([1, 0.5, 1])
    expect(corpus.order).toEqual([0, 1, 2])
  })
})

test('label sets have their classes in order; a missing label is -1', () => {
  const corpus = buildCorpus(
    [
      anExample({ labels: { subject: 'math' } }),
      anExample(),
      anExample({ labels: { subject: 'law', other: 'x' } }),
    ],
    options,
  )
  expect(
    corpus.labelSets.map(({ name, classes, labels, weight }) => [name, classes, [...labels], weight]),
  ).toEqual([
    ['subject', ['law', 'math'], [1, -1, 0], 0.5],
    ['task', [], [-1, -1, -1], 2],
  ])
})

test('sets of intents stand apart from sets that a head predicts', () => {
  const name = `${intentPrefix}bank`
  const corpus = buildCorpus([anExample({ labels: { [name]: 'card', subject: 'law' } })], {
    buckets: 256,
    labelWeights: { subject: 0.5, [name]: 0.8 },
  })
  expect(corpus.labelSets.map((set) => set.name)).toEqual(['subject'])
  expect(corpus.likenessSets).toEqual([{ name, classes: ['card'], labels: Int16Array.of(0), weight: 0.8 }])
})

test('no example makes an empty corpus', () => {
  expect(buildCorpus([], options)).toMatchObject({ size: 0, texts: [], models: [], order: [] })
})
