import { type Draw, normal, seededDraw, shuffle } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/router.ts'
import { activate, type EncoderWeights, embed, outputDims } from '../../signals/encoder/network.ts'
import { shapeFeatureCount } from '../../signals/encoder/shape-features.ts'
import { descend, descendRow, type Learner, learner } from './adagrad.ts'
import type { Corpus } from './corpus.ts'
import { createLikenessLoss } from './likeness-loss.ts'
import { createVisitReader } from './visit-reader.ts'

/**
 * Trains the encoder and its heads together, by stochastic gradient descent with AdaGrad on
 *  - outcomes: for each (prompt, model) cell, log loss of sigmoid(bias_m + u_m . y) against the score in [0, 1];
 *  - labels: for each label set, the cross-entropy of softmax(H y);
 *  - likeness: for each set of intents, how near the text vector is to others of its intent (likeness-loss.ts).
 * A share of the visits is to a rewording of the prompt (rewording.ts), of which the same is true. One example at a time, in an order drawn from the seed: the same data and seed give the same weights, bit for bit.
 */
export type NetworkOptions = {
  readonly buckets: number
  readonly textDims: number
  readonly hiddenDims: number
  readonly epochs: number
  readonly learningRate: number
  /** Share of a text's n-grams left out at each visit: the network must not lean on single words. */
  readonly featureDropout: number
  /** Share of the visits that read a rewording of the text instead. */
  readonly rewordedShare: number
  /** L2 penalty on the heads, per visit. */
  readonly headDecay: number
  readonly seed: string
}

export const defaultNetworkOptions: NetworkOptions = {
  buckets: 65536,
  textDims: 96,
  hiddenDims: 16,
  epochs: 8,
  learningRate: 0.015,
  featureDropout: 0.65,
  rewordedShare: 0.5,
  headDecay: 1e-3,
  seed: 'fairlead',
}

/** A linear head over the features y: rows x (outputDims + 1); the last column is the bias. */
export type Head = { readonly rows: number; readonly columns: number; readonly weights: Float32Array }

export type TrainedNetwork = {
  readonly encoder: EncoderWeights
  /** One row per model of the corpus, then the row that all models share: a model's own row is its difference from it. */
  readonly outcomes: Head
  /** One head per label set of the corpus. */
  readonly labels: readonly Head[]
}

export function trainNetwork(
  corpus: Corpus,
  options: NetworkOptions,
  progress: (epoch: number, epochs: number, loss: number) => void = () => {},
): TrainedNetwork {
  const draw = seededDraw(options.seed)
  const encoder = initialWeights(options, corpus.idf, draw)
  const columns = outputDims(encoder) + 1
  const head = (rows: number): Head => ({ rows, columns, weights: new Float32Array(rows * columns) })
  const network: TrainedNetwork = {
    encoder,
    outcomes: head(corpus.models.length + 1),
    labels: corpus.labelSets.map(({ classes }) => head(classes.length)),
  }
  const state = {
    embedding: learner(encoder.embedding),
    hidden: learner(encoder.hidden),
    hiddenBias: learner(encoder.hiddenBias),
    outcomes: learner(network.outcomes.weights),
    labels: network.labels.map(({ weights }) => learner(weights)),
    likeness: corpus.likenessSets.map(({ classes }) =>
      learner(gaussian(draw, classes.length * options.textDims, 1 / Math.sqrt(options.textDims))),
    ),
  }
  const pass = createPass(corpus, network, state, options, draw)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    // The rate falls linearly to a tenth: late visits polish, they do not forget.
    const rate = options.learningRate * (1 - (0.9 * epoch) / options.epochs)
    let loss = 0
    const order = shuffle(draw, corpus.order)
    for (const example of order) loss += pass(example, rate)
    progress(epoch + 1, options.epochs, loss / order.length)
  }
  return network
}

function initialWeights(options: NetworkOptions, idf: Float32Array, draw: Draw): EncoderWeights {
  const { buckets, textDims, hiddenDims } = options
  const inputs = textDims + shapeFeatureCount
  return {
    buckets,
    textDims,
    hiddenDims,
    embedding: gaussian(draw, buckets * textDims, 0.5 / Math.sqrt(textDims)),
    idf,
    hidden: gaussian(draw, hiddenDims * inputs, 1 / Math.sqrt(inputs)),
    hiddenBias: new Float32Array(hiddenDims),
  }
}

const gaussian = (draw: Draw, length: number, deviation: number): Float32Array =>
  Float32Array.from({ length }, () => deviation * normal(draw))

type State = {
  readonly embedding: Learner
  readonly hidden: Learner
  readonly hiddenBias: Learner
  readonly outcomes: Learner
  readonly labels: readonly Learner[]
  /** Directions of the classes of each set of intents: not part of the network, which needs only what they taught it. */
  readonly likeness: readonly Learner[]
}

/** One visit to one example: forward, heads, backward. Returns its loss. */
function createPass(
  corpus: Corpus,
  network: TrainedNetwork,
  state: State,
  options: NetworkOptions,
  draw: Draw,
) {
  const { encoder } = network
  const { textDims, hiddenDims } = options
  const inputs = textDims + shapeFeatureCount
  const dims = inputs + hiddenDims
  const y = new Float32Array(dims)
  const gradient = new Float32Array(dims)
  const read = createVisitReader(corpus, options, draw)
  const likeness = createLikenessLoss(
    textDims,
    Math.max(0, ...corpus.likenessSets.map(({ classes }) => classes.length)),
  )

  return (example: number, rate: number): number => {
    y.fill(0)
    gradient.fill(0)
    const features = read(example, y)
    embed(encoder, features, y)
    activate(encoder, y)
    let loss = outcomeLoss(corpus, example, state.outcomes, y, gradient, rate, options.headDecay)
    loss += labelLoss(corpus, example, state.labels, y, gradient, rate, options.headDecay)
    backThroughHidden(state, y, gradient, inputs, hiddenDims, rate)
    corpus.likenessSets.forEach(({ labels, weight }, set) => {
      const label = labels[example]!
      if (label >= 0) loss += likeness.learn(state.likeness[set]!, label, y, gradient, weight, rate)
    })
    const { ids, weights, count } = features
    for (let feature = 0; feature < count; feature++) {
      descendRow(state.embedding, ids[feature]! * textDims, gradient, textDims, weights[feature]!, rate)
    }
    return loss
  }
}

function outcomeLoss(
  corpus: Corpus,
  example: number,
  head: Learner,
  y: Float32Array,
  gradient: Float32Array,
  rate: number,
  decay: number,
): number {
  const from = corpus.cellStarts[example]!
  const to = corpus.cellStarts[example + 1]!
  if (to === from) return 0
  // Cells of one prompt are alike: n of them count as the square root of n prompts.
  const share = corpus.exampleWeights[example]! / Math.sqrt(to - from)
  const sharedRow = corpus.models.length * (y.length + 1)
  const shared = rowDot(head.weights, sharedRow, y)
  let loss = 0
  let sharedError = 0
  for (let cell = from; cell < to; cell++) {
    const row = corpus.cellModels[cell]! * (y.length + 1)
    const score = corpus.cellScores[cell]!
    const isShared = row === sharedRow
    const predicted = sigmoid(isShared ? shared : shared + rowDot(head.weights, row, y))
    loss -= share * (score * Math.log(predicted + 1e-9) + (1 - score) * Math.log(1 - predicted + 1e-9))
    const error = share * (predicted - score)
    sharedError += error
    if (!isShared) updateRow(head, row, y, gradient, error, rate, decay)
  }
  updateRow(head, sharedRow, y, gradient, sharedError, rate, 0)
  return loss
}

function labelLoss(
  corpus: Corpus,
  example: number,
  heads: readonly Learner[],
  y: Float32Array,
  gradient: Float32Array,
  rate: number,
  decay: number,
): number {
  let loss = 0
  corpus.labelSets.forEach((set, index) => {
    const label = set.labels[example]!
    if (label < 0) return
    const columns = y.length + 1
    const head = heads[index]!
    const scores = new Float32Array(set.classes.length)
    let highest = Number.NEGATIVE_INFINITY
    for (let row = 0; row < scores.length; row++) {
      scores[row] = rowDot(head.weights, row * columns, y)
      if (scores[row]! > highest) highest = scores[row]!
    }
    let total = 0
    for (let row = 0; row < scores.length; row++) {
      scores[row] = Math.exp(scores[row]! - highest)
      total += scores[row]!
    }
    const importance = set.weight * corpus.exampleWeights[example]!
    loss -= importance * Math.log(scores[label]! / total + 1e-9)
    for (let row = 0; row < scores.length; row++) {
      const error = importance * (scores[row]! / total - (row === label ? 1 : 0))
      // A class that the softmax already holds far away has nothing to teach.
      if (Math.abs(error) > 1e-3 * importance) updateRow(head, row * columns, y, gradient, error, rate, decay)
    }
  })
  return loss
}

function rowDot(weights: Float32Array, row: number, y: Float32Array): number {
  let sum = weights[row + y.length]!
  for (let dim = 0; dim < y.length; dim++) sum += weights[row + dim]! * y[dim]!
  return sum
}

function updateRow(
  head: Learner,
  row: number,
  y: Float32Array,
  gradient: Float32Array,
  error: number,
  rate: number,
  decay: number,
): void {
  const { weights } = head
  for (let dim = 0; dim < y.length; dim++) {
    const weight = weights[row + dim]!
    gradient[dim]! += error * weight
    descend(head, row + dim, error * y[dim]! + decay * weight, rate)
  }
  descend(head, row + y.length, error, rate)
}

function backThroughHidden(
  { hidden, hiddenBias }: State,
  y: Float32Array,
  gradient: Float32Array,
  inputs: number,
  hiddenDims: number,
  rate: number,
): void {
  for (let unit = 0; unit < hiddenDims; unit++) {
    if (y[inputs + unit]! <= 0) continue
    const slope = gradient[inputs + unit]!
    const row = unit * inputs
    for (let input = 0; input < inputs; input++) gradient[input]! += slope * hidden.weights[row + input]!
    descendRow(hidden, row, y, inputs, slope, rate)
    descend(hiddenBias, unit, slope, rate)
  }
}
