import { type Draw, normal, seededDraw, shuffle } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/router.ts'
import { activate, type EncoderWeights, embed, outputDims } from '../../signals/encoder/network.ts'
import { shapeFeatureCount } from '../../signals/encoder/shape-features.ts'
import type { Corpus } from './corpus.ts'

/**
 * Trains the encoder and its heads together, by stochastic gradient descent with AdaGrad (Duchi et al. 2011) on
 *  - outcomes: for each (prompt, model) cell, log loss of sigmoid(bias_m + u_m . y) against the score in [0, 1];
 *  - labels: for each label set, the cross-entropy of softmax(H y).
 * One example at a time, in an order drawn from the seed: the same data and seed give the same weights, bit for bit.
 */
export type NetworkOptions = {
  readonly buckets: number
  readonly textDims: number
  readonly hiddenDims: number
  readonly epochs: number
  readonly learningRate: number
  /** Share of a text's n-grams left out at each visit: the network must not lean on single words. */
  readonly featureDropout: number
  /** L2 penalty on the heads, per visit. */
  readonly headDecay: number
  readonly seed: string
}

export const defaultNetworkOptions: NetworkOptions = {
  buckets: 65536,
  textDims: 48,
  hiddenDims: 16,
  epochs: 8,
  learningRate: 0.015,
  featureDropout: 0.65,
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

type Learner = { readonly weights: Float32Array; readonly squares: Float32Array }

const learner = (weights: Float32Array): Learner => ({
  weights,
  squares: new Float32Array(weights.length).fill(1e-2),
})

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
  const gaussian = (length: number, deviation: number) =>
    Float32Array.from({ length }, () => deviation * normal(draw))
  return {
    buckets,
    textDims,
    hiddenDims,
    embedding: gaussian(buckets * textDims, 0.5 / Math.sqrt(textDims)),
    idf,
    hidden: gaussian(hiddenDims * inputs, 1 / Math.sqrt(inputs)),
    hiddenBias: new Float32Array(hiddenDims),
  }
}

type State = {
  readonly embedding: Learner
  readonly hidden: Learner
  readonly hiddenBias: Learner
  readonly outcomes: Learner
  readonly labels: readonly Learner[]
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
  const scratch = {
    ids: new Uint32Array(corpus.longest),
    weights: new Float32Array(corpus.longest),
    count: 0,
  }

  return (example: number, rate: number): number => {
    keepSome(corpus, example, options.featureDropout, draw, scratch)
    y.fill(0)
    gradient.fill(0)
    embed(encoder, scratch, y)
    y.set(corpus.shapes.subarray(example * shapeFeatureCount, (example + 1) * shapeFeatureCount), textDims)
    activate(encoder, y)
    let loss = outcomeLoss(corpus, example, state.outcomes, y, gradient, rate, options.headDecay)
    loss += labelLoss(corpus, example, state.labels, y, gradient, rate, options.headDecay)
    backThroughHidden(state, y, gradient, inputs, hiddenDims, rate)
    for (let feature = 0; feature < scratch.count; feature++) {
      step(
        state.embedding,
        scratch.ids[feature]! * textDims,
        gradient,
        textDims,
        scratch.weights[feature]!,
        rate,
      )
    }
    return loss
  }
}

/** Drops a share of the n-grams; those kept are scaled up, so that the expected text vector stays. */
function keepSome(
  corpus: Corpus,
  example: number,
  dropout: number,
  draw: Draw,
  into: { ids: Uint32Array; weights: Float32Array; count: number },
): void {
  const end = corpus.starts[example + 1]!
  const scale = 1 / (1 - dropout)
  let count = 0
  for (let at = corpus.starts[example]!; at < end; at++) {
    if (dropout > 0 && draw() < dropout) continue
    into.ids[count] = corpus.ids[at]!
    into.weights[count] = corpus.weights[at]! * scale
    count++
  }
  into.count = count
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
  { weights, squares }: Learner,
  row: number,
  y: Float32Array,
  gradient: Float32Array,
  error: number,
  rate: number,
  decay: number,
): void {
  for (let dim = 0; dim < y.length; dim++) {
    const weight = weights[row + dim]!
    gradient[dim]! += error * weight
    const slope = error * y[dim]! + decay * weight
    const square = squares[row + dim]! + slope * slope
    squares[row + dim] = square
    weights[row + dim] = weight - (rate * slope) / Math.sqrt(square)
  }
  const bias = row + y.length
  squares[bias]! += error * error
  weights[bias]! -= (rate * error) / Math.sqrt(squares[bias]!)
}

function backThroughHidden(
  state: State,
  y: Float32Array,
  gradient: Float32Array,
  inputs: number,
  hiddenDims: number,
  rate: number,
): void {
  const { hidden, hiddenBias } = state
  for (let unit = 0; unit < hiddenDims; unit++) {
    if (y[inputs + unit]! <= 0) continue
    const slope = gradient[inputs + unit]!
    const row = unit * inputs
    for (let input = 0; input < inputs; input++) {
      const weight = hidden.weights[row + input]!
      gradient[input]! += slope * weight
      const change = slope * y[input]!
      const square = hidden.squares[row + input]! + change * change
      hidden.squares[row + input] = square
      hidden.weights[row + input] = weight - (rate * change) / Math.sqrt(square)
    }
    hiddenBias.squares[unit]! += slope * slope
    hiddenBias.weights[unit]! -= (rate * slope) / Math.sqrt(hiddenBias.squares[unit]!)
  }
}

function step(
  { weights, squares }: Learner,
  row: number,
  gradient: Float32Array,
  dims: number,
  scale: number,
  rate: number,
): void {
  for (let dim = 0; dim < dims; dim++) {
    const slope = scale * gradient[dim]!
    const square = squares[row + dim]! + slope * slope
    squares[row + dim] = square
    weights[row + dim]! -= (rate * slope) / Math.sqrt(square)
  }
}
