import { shapeFeatureCount, writeShapeFeatures } from '../../signals/encoder/shape-features.ts'
import { createTextFeatures } from '../../signals/encoder/text-features.ts'

/** A score of no model in particular: it teaches only what all models have in common. */
export const anyModel = '*'

/** One text to learn from. A label is absent where it is not known. */
export type Example = {
  readonly text: string
  /** Score in [0, 1] by model, or by `anyModel`. */
  readonly scores: readonly { readonly model: string; readonly score: number }[]
  /** Class by label set. */
  readonly labels: Readonly<Record<string, string>>
  readonly weight: number
}

/** Begins the names of label sets that say what a text asks for. They teach which texts are alike, and need no head. */
export const intentPrefix = 'intent '

export type LabelSet = {
  readonly name: string
  readonly classes: readonly string[]
  /** Class index by example, or -1. */
  readonly labels: Int16Array
  /** Weight of the set's loss beside that of outcomes. */
  readonly weight: number
}

/** Examples in flat arrays: example i has features `starts[i]..starts[i+1]` and cells `cellStarts[i]..cellStarts[i+1]`. */
export type Corpus = {
  readonly size: number
  readonly texts: readonly string[]
  readonly models: readonly string[]
  readonly idf: Float32Array
  readonly starts: Uint32Array
  readonly ids: Uint32Array
  readonly weights: Float32Array
  readonly shapes: Float32Array
  readonly cellStarts: Uint32Array
  /** Index into `models`; `models.length` for `anyModel`. */
  readonly cellModels: Uint16Array
  readonly cellScores: Float32Array
  readonly exampleWeights: Float32Array
  /** Sets whose classes a head predicts. */
  readonly labelSets: readonly LabelSet[]
  /** Sets of intents. */
  readonly likenessSets: readonly LabelSet[]
  /** 0 .. size - 1. */
  readonly order: readonly number[]
}

export function buildCorpus(
  examples: readonly Example[],
  options: { readonly buckets: number; readonly labelWeights: Readonly<Record<string, number>> },
): Corpus {
  const idf = inverseDocumentFrequency(examples, options.buckets)
  const features = createTextFeatures(options.buckets, idf)
  const starts = new Uint32Array(examples.length + 1)
  const idParts: Uint32Array[] = []
  const weightParts: Float32Array[] = []
  const shapes = new Float32Array(examples.length * shapeFeatureCount)
  examples.forEach(({ text }, index) => {
    const { ids, weights, count } = features.read(text)
    idParts.push(ids.slice(0, count))
    weightParts.push(weights.slice(0, count))
    starts[index + 1] = starts[index]! + count
    writeShapeFeatures(text, shapes, index * shapeFeatureCount)
  })
  const sets = Object.entries(options.labelWeights).map(([name, weight]) => labelSet(examples, name, weight))
  return {
    size: examples.length,
    texts: examples.map(({ text }) => text),
    idf,
    starts,
    ids: concatenate(idParts, new Uint32Array(starts[examples.length]!)),
    weights: concatenate(weightParts, new Float32Array(starts[examples.length]!)),
    shapes,
    ...cellsOf(examples),
    exampleWeights: Float32Array.from(examples, ({ weight }) => weight),
    labelSets: sets.filter(({ name }) => !name.startsWith(intentPrefix)),
    likenessSets: sets.filter(({ name }) => name.startsWith(intentPrefix)),
    order: examples.map((_, index) => index),
  }
}

/** Smoothed: ln((1 + n) / (1 + documents with it)) + 1, as scikit-learn has it. */
function inverseDocumentFrequency(examples: readonly Example[], buckets: number): Float32Array {
  const counter = createTextFeatures(buckets)
  const documents = new Uint32Array(buckets)
  for (const { text } of examples) {
    const { ids, count } = counter.read(text)
    for (let index = 0; index < count; index++) documents[ids[index]!]!++
  }
  return Float32Array.from(documents, (count) => Math.log((1 + examples.length) / (1 + count)) + 1)
}

function cellsOf(
  examples: readonly Example[],
): Pick<Corpus, 'models' | 'cellStarts' | 'cellModels' | 'cellScores'> {
  const named = new Set(examples.flatMap(({ scores }) => scores.map(({ model }) => model)))
  named.delete(anyModel)
  const models = [...named].sort()
  const indexOf = new Map(models.map((model, index) => [model, index]))
  indexOf.set(anyModel, models.length)
  const cellStarts = new Uint32Array(examples.length + 1)
  examples.forEach(({ scores }, index) => {
    cellStarts[index + 1] = cellStarts[index]! + scores.length
  })
  const cellModels = new Uint16Array(cellStarts[examples.length]!)
  const cellScores = new Float32Array(cellModels.length)
  let cell = 0
  for (const { scores } of examples) {
    for (const { model, score } of scores) {
      cellModels[cell] = indexOf.get(model)!
      cellScores[cell++] = score
    }
  }
  return { models, cellStarts, cellModels, cellScores }
}

function labelSet(examples: readonly Example[], name: string, weight: number): LabelSet {
  const classes = [...new Set(examples.flatMap(({ labels }) => labels[name] ?? []))].sort()
  const indexOf = new Map(classes.map((label, index) => [label, index]))
  const labels = Int16Array.from(examples, (example) => indexOf.get(example.labels[name] ?? '') ?? -1)
  return { name, classes, labels, weight }
}

function concatenate<T extends Uint32Array | Float32Array>(parts: readonly T[], into: T): T {
  let at = 0
  for (const part of parts) {
    into.set(part, at)
    at += part.length
  }
  return into
}
