import { hash32, seededDraw, shuffle } from '../../../domain/random.ts'
import { sigmoid } from '../../../estimate/log-odds.ts'
import { vectorEncoding, vectorEncodingDims } from '../../../signals/encoder/vector-encoding.ts'
import { buildCorpus, type Corpus, type Example } from '../corpus.ts'
import type { FitNetwork, FitOptions, FittedNetwork } from '../fit-network.ts'
import { type FittedHeads, fitHeads, type HeadOptions, type Inputs } from './fit-heads.ts'
import { columnScale, overRawInputs, standardised } from './standardise.ts'
import { withoutWords } from './vector-encoder.ts'

const epochs = 12
const learningRate = 0.01

/** Long vectors fit few outcomes by heart: how much decay keeps them from it depends on how many of both there are. */
const decays = [0, 0.1, 0.3, 1, 3, 10, 30]

/** The decay is chosen on examples that the heads were not fitted on; more of them than this choose no better. */
const mostForChoice = 6000
const choiceShare = 0.25

/**
 * Fits the heads that `fitNetwork` fits, over an encoder that is given and stays as it is. Nothing of the encoder goes into the
 * result: what serves must hand in the vectors of the same encoder.
 *
 * @param vectors the encoder's vector, of unit length, of every text that there will be
 */
export const fitOverVectors =
  (vectors: ReadonlyMap<string, Float32Array>): FitNetwork =>
  (examples, { network: { seed }, labelWeights, onEpoch }) =>
    fitGiven(examples, vectors, { seed, labelWeights, onEpoch })

type Options = Pick<FitOptions, 'labelWeights' | 'onEpoch'> & { readonly seed: string }

function fitGiven(
  examples: readonly Example[],
  vectors: ReadonlyMap<string, Float32Array>,
  options: Options,
): FittedNetwork {
  const encode = (text: string): Float32Array => {
    const vector = vectors.get(text)
    if (vector === undefined) throw new Error(`no vector for a text of ${text.length} characters`)
    return vectorEncoding(vector, text)
  }
  const corpus = buildCorpus(examples, { buckets: 1, labelWeights: options.labelWeights })
  const vectorDims = vectors.values().next().value?.length ?? 0
  const dims = vectorEncodingDims(vectorDims)
  const raw = new Float32Array(examples.length * dims)
  for (const [index, { text }] of examples.entries()) raw.set(encode(text), index * dims)
  const scale = columnScale(raw, dims)
  const inputs: Inputs = { values: standardised(raw, scale), dims }
  const common: HeadOptions = { epochs, learningRate, decay: 0, seed: options.seed }
  const decay = chosenDecay(corpus, inputs, common)
  const heads = fitHeads(corpus, inputs, corpus.order, { ...common, decay }, options.onEpoch)
  const outcomes = overRawInputs(heads.outcomes, scale)
  const row = (index: number) =>
    outcomes.weights.slice(index * outcomes.columns, (index + 1) * outcomes.columns)
  const indexOf = new Map(corpus.models.map((model, index) => [model, index]))
  const cells = new Array<number>(corpus.models.length).fill(0)
  for (const model of corpus.cellModels) if (model < cells.length) cells[model]!++
  return {
    network: {
      encoder: withoutWords(vectorDims),
      outcomes,
      labels: heads.labels.map((head) => overRawInputs(head, scale)),
    },
    models: corpus.models,
    labelClasses: Object.fromEntries(corpus.labelSets.map(({ name, classes }) => [name, classes])),
    cells,
    encode,
    shared: row(corpus.models.length),
    differenceOf: (model) => {
      const index = indexOf.get(model)
      return index === undefined ? null : row(index)
    },
  }
}

/** The decay with the least log loss on outcomes that were kept back. */
function chosenDecay(corpus: Corpus, inputs: Inputs, options: HeadOptions): number {
  const withOutcomes = corpus.order.filter(
    (example) => corpus.cellStarts[example + 1]! > corpus.cellStarts[example]!,
  )
  const sample = shuffle(seededDraw(`${options.seed} decay`), withOutcomes).slice(0, mostForChoice)
  const isKept = (example: number) => hash32(String(example), hash32(options.seed)) < choiceShare * 4294967296
  const kept = sample.filter(isKept)
  const fitted = sample.filter((example) => !isKept(example))
  if (kept.length === 0 || fitted.length === 0) return decays[1]!
  let best = { decay: decays[1]!, loss: Number.POSITIVE_INFINITY }
  for (const decay of decays) {
    const loss = outcomeLoss(corpus, inputs, kept, fitHeads(corpus, inputs, fitted, { ...options, decay }))
    if (loss < best.loss) best = { decay, loss }
  }
  return best.decay
}

function outcomeLoss(
  corpus: Corpus,
  { values, dims }: Inputs,
  members: readonly number[],
  { outcomes }: FittedHeads,
): number {
  const { weights, columns } = outcomes
  const dot = (row: number, example: number): number => {
    let sum = weights[row * columns + dims]!
    for (let dim = 0; dim < dims; dim++) sum += weights[row * columns + dim]! * values[example * dims + dim]!
    return sum
  }
  let loss = 0
  for (const example of members) {
    const shared = dot(corpus.models.length, example)
    for (let cell = corpus.cellStarts[example]!; cell < corpus.cellStarts[example + 1]!; cell++) {
      const model = corpus.cellModels[cell]!
      const score = corpus.cellScores[cell]!
      const predicted = sigmoid(shared + (model === corpus.models.length ? 0 : dot(model, example)))
      loss -= score * Math.log(predicted + 1e-9) + (1 - score) * Math.log(1 - predicted + 1e-9)
    }
  }
  return loss
}
