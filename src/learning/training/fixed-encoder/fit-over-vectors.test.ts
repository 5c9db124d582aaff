import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../../domain/random.ts'
import { rowDot, sigmoid } from '../../../estimate/log-odds.ts'
import { createEncoder } from '../../../signals/encoder/network.ts'
import { vectorEncoding } from '../../../signals/encoder/vector-encoding.ts'
import type { Example } from '../corpus.ts'
import type { FittedNetwork } from '../fit-network.ts'
import { defaultNetworkOptions } from '../train-network.ts'
import { fitOverVectors } from './fit-over-vectors.ts'

const options = {
  network: { ...defaultNetworkOptions, seed: 'test' },
  labelWeights: { subject: 0.3 },
  onEpoch: () => {},
}

type World = {
  readonly examples: readonly Example[]
  readonly vectors: ReadonlyMap<string, Float32Array>
  /** The probability that `acme/large` and `acme/small` answer a text well, as it was drawn. */
  readonly truth: ReadonlyMap<string, { readonly large: number; readonly small: number }>
}

/**
 * Random unit vectors of which the first two numbers matter: both models find texts hard by the first, and the small one by the
 * second besides, which is also their subject.
 */
function aWorld(size: number, dims: number, seed = 'world'): World {
  const draw = seededDraw(seed)
  const vectors = new Map<string, Float32Array>()
  const truth = new Map<string, { large: number; small: number }>()
  const examples = Array.from({ length: size }, (_, index): Example => {
    const text = `text ${index} of ${seed}`
    const raw = Float32Array.from({ length: dims }, () => normal(draw))
    const length = Math.hypot(...raw)
    const vector = raw.map((value) => value / length)
    const [first, second] = [raw[0]!, raw[1]!]
    const large = sigmoid(1 - 1.5 * first)
    const small = sigmoid(-1.5 * first - 2 * second)
    vectors.set(text, vector)
    truth.set(text, { large, small })
    return {
      text,
      scores: [
        { model: 'acme/large', score: draw() < large ? 1 : 0 },
        { model: 'acme/small', score: draw() < small ? 1 : 0 },
      ],
      labels: { subject: second > 0 ? 'math' : 'general' },
      weight: 1,
    }
  })
  return { examples, vectors, truth }
}

const predicted = ({ shared, differenceOf }: FittedNetwork, encoding: Float32Array, model: string): number =>
  sigmoid(rowDot(shared, 0, encoding) + rowDot(differenceOf(model)!, 0, encoding))

/** Mean log loss of predictions against the true probabilities of another world. */
function lossOn(
  { vectors, truth }: World,
  predict: (encoding: Float32Array, model: string) => number,
): number {
  let loss = 0
  for (const [text, { large, small }] of truth) {
    const encoding = vectorEncoding(vectors.get(text)!, text)
    for (const [model, share] of [
      ['acme/large', large],
      ['acme/small', small],
    ] as const) {
      const guess = predict(encoding, model)
      loss -= (share * Math.log(guess) + (1 - share) * Math.log(1 - guess)) / (2 * truth.size)
    }
  }
  return loss
}

const baseRate = ({ examples }: World, model: string): number =>
  examples.reduce((sum, { scores }) => sum + scores.find((one) => one.model === model)!.score, 0) /
  examples.length

describe('heads over vectors that are given', () => {
  const world = aWorld(2000, 8)
  const fitted = fitOverVectors(world.vectors)(world.examples, options)
  const other = aWorld(500, 8, 'another world')

  test('come close to the probabilities that the outcomes were drawn from', () => {
    const best = lossOn(other, (_, model) => 0.5 * Number(model !== ''))
    const perfect = [...other.truth.values()].reduce(
      (sum, { large, small }) => sum + (entropy(large) + entropy(small)) / (2 * other.truth.size),
      0,
    )
    const found = lossOn(other, (encoding, model) => predicted(fitted, encoding, model))
    expect(found).toBeLessThan(perfect + 0.1 * (best - perfect))
  })

  test('tell labels apart', () => {
    const classes = fitted.labelClasses.subject!
    const { weights } = fitted.network.labels[0]!
    const right = other.examples.filter(({ text, labels }) => {
      const encoding = vectorEncoding(other.vectors.get(text)!, text)
      const scores = classes.map((_, row) => rowDot(weights, row, encoding))
      return classes[scores.indexOf(Math.max(...scores))] === labels.subject
    })
    expect(right.length / other.examples.length).toBeGreaterThan(0.9)
  })

  test('are the same for the same data and seed, bit for bit', () => {
    const again = fitOverVectors(world.vectors)(world.examples, options)
    expect(again.network).toEqual(fitted.network)
    const reseeded = fitOverVectors(world.vectors)(world.examples, {
      ...options,
      network: { ...options.network, seed: 'other' },
    })
    expect(reseeded.network.outcomes).not.toEqual(fitted.network.outcomes)
  })

  test('read what the built-in encoder would give, with the vector in its place', () => {
    const text = world.examples[0]!.text
    const encoding = fitted.encode(text)
    const withoutVector = createEncoder(fitted.network.encoder).encode(text)
    expect(encoding.length).toBe(withoutVector.length)
    expect(fitted.shared.length).toBe(encoding.length + 1)
    expect([...encoding.subarray(0, 8)]).toEqual([...world.vectors.get(text)!])
    expect([...encoding.subarray(8)]).toEqual([...withoutVector.subarray(8)])
    expect([...withoutVector.subarray(0, 8)]).toEqual(new Array(8).fill(0))
  })

  test('know the models and how many outcomes of each there were', () => {
    expect(fitted.models).toEqual(['acme/large', 'acme/small'])
    expect(fitted.cells).toEqual([2000, 2000])
    expect(fitted.differenceOf('acme/unseen')).toBeNull()
  })
})

const entropy = (share: number): number => -share * Math.log(share) - (1 - share) * Math.log(1 - share)

test('few outcomes and long vectors: no worse than knowing each model by its mean', () => {
  const world = aWorld(150, 300)
  const fitted = fitOverVectors(world.vectors)(world.examples, options)
  const other = aWorld(500, 300, 'another world')
  const byMean = lossOn(other, (_, model) => baseRate(world, model))
  expect(lossOn(other, (encoding, model) => predicted(fitted, encoding, model))).toBeLessThan(byMean + 0.02)
})

test('a text without a vector is a mistake of the caller', () => {
  const { examples } = aWorld(5, 4)
  expect(() => fitOverVectors(new Map())(examples, options)).toThrow('no vector for a text of')
})
