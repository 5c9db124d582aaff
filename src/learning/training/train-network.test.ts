import { describe, expect, test } from 'vitest'
import { toyExamples, toyNetwork, toyPrompt, toySkill } from '../../../test/support/toy-corpus.ts'
import { rowDot, sigmoid } from '../../estimate/router.ts'
import { createEncoder, type EncoderWeights, unitTextVector } from '../../signals/encoder/network.ts'
import { anyModel, buildCorpus, type Example, intentPrefix } from './corpus.ts'
import { type NetworkOptions, trainNetwork } from './train-network.ts'

const corpusOf = (examples: readonly Example[], labelWeights: Record<string, number> = { subject: 0.3 }) =>
  buildCorpus(examples, { buckets: toyNetwork.buckets, labelWeights })

const corpus = corpusOf(toyExamples(400))
const train = (changes: Partial<NetworkOptions> = {}) => trainNetwork(corpus, { ...toyNetwork, ...changes })

describe('on a problem that words tell apart', () => {
  const losses: number[] = []
  const network = trainNetwork(corpus, toyNetwork, (_, __, loss) => losses.push(loss))
  const { encode } = createEncoder(network.encoder)
  const quality = (text: string, model: number) => {
    const encoding = encode(text)
    const { weights } = network.outcomes
    return sigmoid(rowDot(weights, 2, encoding) + rowDot(weights, model, encoding))
  }

  test.each(['easy', 'hard'] as const)('%s prompts it never saw get the chances that they have', (kind) => {
    const [strong, weak] = corpus.models.map((_, model) => {
      const unseen = Array.from({ length: 40 }, (_, index) =>
        quality(toyPrompt(kind, `unseen ${index}`), model),
      )
      return unseen.reduce((sum, value) => sum + value, 0) / unseen.length
    })
    expect(Math.abs(strong! - toySkill.strong[kind])).toBeLessThan(0.12)
    expect(Math.abs(weak! - toySkill.weak[kind])).toBeLessThan(0.12)
  })

  test('labels are learnt beside', () => {
    const subject = network.labels[0]!
    const classes = corpus.labelSets[0]!.classes
    for (const [kind, name] of [
      ['easy', 'general'],
      ['hard', 'math'],
    ] as const) {
      const encoding = encode(toyPrompt(kind, 'label'))
      const scores = classes.map((_, row) => rowDot(subject.weights, row, encoding))
      expect(classes[scores.indexOf(Math.max(...scores))]).toBe(name)
    }
  })

  test('the loss falls to about what chance leaves', () => {
    expect(losses.length).toBe(toyNetwork.epochs)
    expect(losses.at(-1)!).toBeLessThan(0.75 * losses[0]!)
  })
})

test('a step goes down the slope of the loss, through the hidden layer too', () => {
  const one = corpusOf([{ text: 'alpha', scores: [{ model: 'a', score: 1 }], labels: {}, weight: 1 }])
  const options = { ...toyNetwork, learningRate: 0.3, featureDropout: 0, rewordedShare: 0, headDecay: 0 }
  // All heads are zero at first: the first visit leaves the encoder alone, and the second moves it for the first time.
  const before = trainNetwork(one, { ...options, epochs: 1 })
  const after = trainNetwork(one, { ...options, epochs: 2 })
  const rate = options.learningRate * (1 - 0.9 / 2)
  const { weights } = before.outcomes
  const lossWith = (changed: Partial<EncoderWeights>) => {
    const encoding = createEncoder({ ...before.encoder, ...changed }).encode('alpha')
    return -Math.log(sigmoid(rowDot(weights, 0, encoding) + rowDot(weights, 1, encoding)))
  }
  const expectStep = (part: 'embedding' | 'hidden' | 'hiddenBias', at: number) => {
    // Small, so as not to cross the bend of a hidden unit.
    const nudge = 0.001
    const [up, down] = [nudge, -nudge].map((by) => {
      const nudged = before.encoder[part].slice()
      nudged[at]! += by
      return lossWith({ [part]: nudged })
    })
    const slope = (up! - down!) / (2 * nudge)
    // AdaGrad: the step is rate x slope / sqrt(0.01 + slope^2).
    const step = after.encoder[part][at]! - before.encoder[part][at]!
    expect(step).toBeCloseTo((-rate * slope) / Math.sqrt(0.01 + slope ** 2), 3)
    return Math.abs(step)
  }
  for (let dim = 0; dim < options.textDims; dim++)
    expect(expectStep('embedding', one.ids[0]! * options.textDims + dim)).toBeGreaterThan(0)
  const hiddenSteps = Array.from(before.encoder.hidden, (_, at) => expectStep('hidden', at))
  expect(Math.max(...hiddenSteps)).toBeGreaterThan(0.01)
  for (let unit = 0; unit < options.hiddenDims; unit++) expectStep('hiddenBias', unit)
})

describe('the same data and seed', () => {
  test('give the same weights, bit for bit', () => {
    expect(train({ epochs: 2 })).toEqual(train({ epochs: 2 }))
  })

  test('and another seed others', () => {
    expect(train({ epochs: 2, seed: 'other' }).outcomes.weights).not.toEqual(
      train({ epochs: 2 }).outcomes.weights,
    )
  })
})

test('a score of no model in particular teaches only what all share', () => {
  const examples = toyExamples(60).map((example) => ({ ...example, scores: [{ model: anyModel, score: 1 }] }))
  const { outcomes, encoder } = trainNetwork(
    corpusOf([...examples, { ...toyExamples(1)[0]!, weight: 0 }]),
    toyNetwork,
  )
  const encoding = createEncoder(encoder).encode(toyPrompt('easy', 'x'))
  expect(sigmoid(rowDot(outcomes.weights, 2, encoding))).toBeGreaterThan(0.8)
  for (const model of [0, 1]) expect(Math.abs(rowDot(outcomes.weights, model, encoding))).toBeLessThan(1e-6)
})

test('examples of no weight teach nothing', () => {
  const { outcomes } = trainNetwork(corpusOf(toyExamples(40).map((example) => ({ ...example, weight: 0 }))), {
    ...toyNetwork,
    epochs: 2,
  })
  expect(outcomes.weights.every((weight) => weight === 0)).toBe(true)
})

test('every weight stays finite, also with a rate that is far too high', () => {
  const { encoder, outcomes, labels } = train({ learningRate: 5, epochs: 3 })
  for (const weights of [encoder.embedding, encoder.hidden, outcomes.weights, labels[0]!.weights])
    expect(weights.every(Number.isFinite)).toBe(true)
})

describe('intents', () => {
  const intents: Readonly<Record<string, readonly string[]>> = {
    weather: ['will it rain', 'is it sunny outside', 'what does the forecast say', 'do i need an umbrella'],
    alarm: ['wake me at seven', 'set a timer', 'ring tomorrow morning', 'remind me when to get up'],
  }
  const set = `${intentPrefix}toy`
  const examples = Object.entries(intents).flatMap(([label, texts]) =>
    texts.map((text) => ({ text, scores: [], labels: { [set]: label }, weight: 1 })),
  )
  const { encoder, labels } = trainNetwork(corpusOf(examples, { [set]: 0.8 }), { ...toyNetwork, epochs: 60 })
  const { encode } = createEncoder(encoder)
  const vectors = examples.map(({ text }) => unitTextVector(encode(text), encoder.textDims))
  const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, dim) => sum + value * b[dim]!, 0)

  test('bring texts together that share no word, and keep others apart', () => {
    examples.forEach((one, i) => {
      examples.forEach((other, j) => {
        if (i === j) return
        const similarity = cosine(vectors[i]!, vectors[j]!)
        if (one.labels[set] === other.labels[set]) expect(similarity).toBeGreaterThan(0.6)
        else expect(similarity).toBeLessThan(0.2)
      })
    })
  })

  test('leave no head behind', () => {
    expect(labels).toEqual([])
  })
})
