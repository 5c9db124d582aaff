import type { ModelId } from '../domain/model.ts'
import type { Subject, TaskType } from '../domain/signals.ts'
import { type EncoderWeights, outputDims } from '../signals/encoder/network.ts'
import { ArtefactError, decodeArtefact, encodeArtefact } from './artefact-file.ts'
import { type DescriptorScale, descriptorNames } from './descriptors.ts'
import { quantiseRows, restoreRows } from './quantise.ts'

/** Everything that a trained router knows. Made by `fairlead train`; immutable. */
export type RouterArtefact = {
  readonly about: ArtefactReport
  readonly encoder: EncoderWeights
  readonly subjects: readonly Subject[]
  readonly taskTypes: readonly TaskType[]
  /** Rows of heads are over the encoding and a last column of ones: `outputDims + 1` columns. */
  readonly heads: {
    /** What all models have in common: log-odds of success of a middling model. One row. */
    readonly shared: Float32Array
    /** One row per model: its difference from `shared`. */
    readonly models: Float32Array
    readonly subject: Float32Array
    readonly taskType: Float32Array
    /** Natural logarithm of output tokens of a chat model of verbosity 1. One row. */
    readonly outputTokens: Float32Array
    /** Regression of a model's difference on its descriptors: one row per descriptor, then one for the intercept. */
    readonly descriptors: Float32Array
  }
  readonly models: readonly TrainedModel[]
  readonly prior: DescriptorPrior
  readonly outputTokens: { readonly logDeviation: number }
  /** Encodings and prompt tokens of a reference sample of prompts, by which `quality: 0.95` becomes a lambda. */
  readonly reference: {
    readonly encodings: Float32Array
    readonly inputTokens: Float32Array
    readonly size: number
  }
}

export type TrainedModel = {
  readonly id: ModelId
  /** Outcomes that its head was fitted on. */
  readonly outcomes: number
  /** Platt's calibration of its log-odds: sigmoid(slope x + intercept). */
  readonly calibration: { readonly slope: number; readonly intercept: number }
  /** Root mean square error of calibrated probability against held-out frequency, binomial noise taken out. */
  readonly deviation: number
  /** Its output tokens relative to verbosity 1; `null` where they were not seen. */
  readonly verbosity: number | null
}

/** Beside `heads.descriptors`: how descriptors are scaled and how far the regression is off. */
export type DescriptorPrior = {
  readonly scale: DescriptorScale
  /** Deviation, in log-odds, of models whose outcomes are known from where their descriptors put them. */
  readonly logOddsDeviation: number
  readonly calibration: { readonly slope: number; readonly intercept: number }
}

/** How an artefact came to be. */
export type ArtefactReport = {
  readonly name: string
  readonly command: string
  readonly seed: string
  readonly trainedOn: readonly { readonly set: string; readonly prompts: number; readonly cells: number }[]
  readonly heldOut: Readonly<Record<string, number>>
}

type Header = Omit<RouterArtefact, 'encoder' | 'heads' | 'reference'> & {
  readonly encoder: { readonly buckets: number; readonly textDims: number; readonly hiddenDims: number }
  readonly reference: { readonly size: number }
}

export function writeRouterArtefact(artefact: RouterArtefact): Uint8Array {
  const { encoder, heads, reference, ...rest } = artefact
  const { buckets, textDims, hiddenDims } = encoder
  const embedding = quantiseRows(encoder.embedding, textDims)
  const idf = quantiseRows(encoder.idf, encoder.idf.length)
  const header: Header = {
    ...rest,
    encoder: { buckets, textDims, hiddenDims },
    reference: { size: reference.size },
  }
  return encodeArtefact(header, {
    embedding: embedding.values,
    embeddingScales: embedding.scales,
    idf: idf.values,
    idfScales: idf.scales,
    hidden: encoder.hidden,
    hiddenBias: encoder.hiddenBias,
    ...heads,
    referenceEncodings: reference.encodings,
    referenceInputTokens: reference.inputTokens,
  })
}

const headNames = ['shared', 'models', 'subject', 'taskType', 'outputTokens', 'descriptors'] as const

/** @throws ArtefactError with a remedy, for a file that is not an artefact, is cut short or has another format. */
export function readRouterArtefact(bytes: Uint8Array, name: string): RouterArtefact {
  const { header, arrays } = decodeArtefact(bytes, name)
  const { encoder, reference, ...rest } = header as unknown as Header
  const floats = (key: string): Float32Array => {
    const array = arrays[key]
    if (array instanceof Float32Array) return array
    throw new ArtefactError(`${name} has no ${key}: it is not a router. Make one with \`fairlead train\`.`)
  }
  const bytesOf = (key: string): Int8Array => {
    const array = arrays[key]
    if (array instanceof Int8Array) return array
    throw new ArtefactError(`${name} has no ${key}: it is not a router. Make one with \`fairlead train\`.`)
  }
  const restore = (key: string, columns: number) =>
    restoreRows({ values: bytesOf(key), scales: floats(`${key}Scales`) }, columns)
  const idf = bytesOf('idf')
  const columns = outputDims(encoder) + 1
  const rows = { shared: 1, models: rest.models.length, descriptors: descriptorNames.length + 1 }
  for (const [head, count] of Object.entries(rows)) {
    if (floats(head).length !== count * columns) {
      throw new ArtefactError(
        `${name} does not fit together: ${head} has ${floats(head).length} weights. Train it again.`,
      )
    }
  }
  return {
    ...rest,
    encoder: {
      ...encoder,
      embedding: restore('embedding', encoder.textDims),
      idf: restoreRows({ values: idf, scales: floats('idfScales') }, idf.length),
      hidden: floats('hidden'),
      hiddenBias: floats('hiddenBias'),
    },
    heads: Object.fromEntries(headNames.map((head) => [head, floats(head)])) as RouterArtefact['heads'],
    reference: {
      size: reference.size,
      encodings: floats('referenceEncodings'),
      inputTokens: floats('referenceInputTokens'),
    },
  }
}
