import { seededDraw, shuffle } from '../../../domain/random.ts'
import { sigmoid } from '../../../estimate/log-odds.ts'
import type { Corpus } from '../corpus.ts'
import type { Head } from '../train-network.ts'
import { type Adam, createAdam } from './adam.ts'

/** Examples as heads read them: n x dims, row by row, each column of mean 0 and deviation 1. */
export type Inputs = { readonly values: Float32Array; readonly dims: number }

export type HeadOptions = {
  readonly epochs: number
  readonly learningRate: number
  /** Decay of the weights, biases left out. */
  readonly decay: number
  readonly seed: string
}

export type FittedHeads = {
  /** One row per model of the corpus, its difference from the last row, which all models share. */
  readonly outcomes: Head
  readonly labels: readonly Head[]
}

const batchSize = 32

/**
 * Logistic heads over fixed inputs x, with a column of ones: for each (prompt, model) cell the log loss of
 * sigmoid((shared + difference_m) . x) against the score in [0, 1]; for each label set the cross-entropy of softmax(H x). The
 * losses and their weights are those of `trainNetwork`, so that heads over another encoder mean the same. By Adam, in batches
 * whose order is drawn from the seed.
 */
export function fitHeads(
  corpus: Corpus,
  inputs: Inputs,
  members: readonly number[],
  options: HeadOptions,
  onEpoch: (epoch: number, epochs: number, loss: number) => void = () => {},
): FittedHeads {
  const columns = inputs.dims + 1
  const learnerOf = (rows: number) => learner(rows, columns, options.decay)
  const outcomes = learnerOf(corpus.models.length + 1)
  const labels = corpus.labelSets.map(({ classes }) => learnerOf(classes.length))
  const draw = seededDraw(options.seed)
  const scratch = new Float64Array(Math.max(1, ...labels.map(({ head }) => head.rows)))
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const rate = options.learningRate * (1 - (0.9 * epoch) / options.epochs)
    let loss = 0
    const order = shuffle(draw, members)
    for (let at = 0; at < order.length; at += batchSize) {
      const batch = order.slice(at, at + batchSize)
      for (const example of batch) {
        const x = inputs.values.subarray(example * inputs.dims, (example + 1) * inputs.dims)
        loss += outcomeGradient(corpus, example, x, outcomes, batch.length)
        corpus.labelSets.forEach((set, index) => {
          const label = set.labels[example]!
          const weight = set.weight * corpus.exampleWeights[example]!
          if (label >= 0) loss += labelGradient(label, weight, x, labels[index]!, batch.length, scratch)
        })
      }
      for (const { adam, gradient } of [outcomes, ...labels]) adam.step(gradient, rate)
    }
    onEpoch(epoch + 1, options.epochs, loss / Math.max(1, order.length))
  }
  return { outcomes: outcomes.head, labels: labels.map(({ head }) => head) }
}

type Learner = { readonly head: Head; readonly gradient: Float32Array; readonly adam: Adam }

function learner(rows: number, columns: number, decay: number): Learner {
  const weights = new Float32Array(rows * columns)
  return {
    head: { rows, columns, weights },
    gradient: new Float32Array(weights.length),
    adam: createAdam(weights, (index) => (index % columns === columns - 1 ? 0 : decay)),
  }
}

/** Log loss of the cells of one example; its gradient joins the batch's. */
function outcomeGradient(
  corpus: Corpus,
  example: number,
  x: Float32Array,
  { head, gradient }: Learner,
  batch: number,
): number {
  const from = corpus.cellStarts[example]!
  const to = corpus.cellStarts[example + 1]!
  if (from === to) return 0
  // Cells of one prompt are alike: n of them count as the square root of n prompts.
  const share = corpus.exampleWeights[example]! / Math.sqrt(to - from)
  const sharedRow = corpus.models.length * head.columns
  const shared = dot(head.weights, sharedRow, x)
  let loss = 0
  let sharedError = 0
  for (let cell = from; cell < to; cell++) {
    const row = corpus.cellModels[cell]! * head.columns
    const score = corpus.cellScores[cell]!
    const own = row === sharedRow ? 0 : dot(head.weights, row, x)
    const predicted = sigmoid(shared + own)
    loss -= share * (score * Math.log(predicted + 1e-9) + (1 - score) * Math.log(1 - predicted + 1e-9))
    const error = (share * (predicted - score)) / batch
    sharedError += error
    if (row !== sharedRow) add(gradient, row, x, error)
  }
  add(gradient, sharedRow, x, sharedError)
  return loss
}

/** Cross-entropy of one label; its gradient joins the batch's. */
function labelGradient(
  label: number,
  weight: number,
  x: Float32Array,
  { head, gradient }: Learner,
  batch: number,
  scores: Float64Array,
): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < head.rows; row++) {
    scores[row] = dot(head.weights, row * head.columns, x)
    if (scores[row]! > highest) highest = scores[row]!
  }
  let total = 0
  for (let row = 0; row < head.rows; row++) {
    scores[row] = Math.exp(scores[row]! - highest)
    total += scores[row]!
  }
  for (let row = 0; row < head.rows; row++) {
    const error = (weight * (scores[row]! / total - (row === label ? 1 : 0))) / batch
    add(gradient, row * head.columns, x, error)
  }
  return -weight * Math.log(scores[label]! / total + 1e-9)
}

function dot(weights: Float32Array, row: number, x: Float32Array): number {
  let sum = weights[row + x.length]!
  for (let dim = 0; dim < x.length; dim++) sum += weights[row + dim]! * x[dim]!
  return sum
}

function add(gradient: Float32Array, row: number, x: Float32Array, error: number): void {
  for (let dim = 0; dim < x.length; dim++) gradient[row + dim]! += error * x[dim]!
  gradient[row + x.length]! += error
}
