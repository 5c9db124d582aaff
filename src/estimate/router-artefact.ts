import { z } from 'zod'
import type { ModelId } from '../domain/model.ts'
import { type Subject, subjects, type TaskType, taskTypes, type WordCounts } from '../domain/signals.ts'
import { type EncoderWeights, outputDims } from '../signals/encoder/network.ts'
import { ArtefactError, decodeArtefact, encodeArtefact, type NumberArray } from './artefact-file.ts'
import { type DescriptorScale, descriptorNames } from './descriptors.ts'
import { type PairwiseWeights, readPairwise, writePairwise } from './quality/pairwise-weights.ts'
import { toolCategoriesPart, type ToolCategoryTable } from './quality/tool-categories.ts'
import { quantiseRows, restoreRows } from './quantise.ts'
import {
  readStacked,
  type StackedEstimators,
  type StackedHeader,
  stackedHeader,
  stackedLengths,
  writeStacked,
} from './stacked-part.ts'
import type { OnboardingRecord, TrainingReport } from './training-report.ts'

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
  /** `null` where outcomes were too few to put estimators together: heads and descriptors are then all there is. */
  readonly stacked: StackedEstimators | null
  /** How models fare by kind of tool call; absent or `null`: nothing was learnt of it. */
  readonly toolCategories?: ToolCategoryTable | null
  /** `null` where no comparisons of two answers were among what it was trained on. */
  readonly pairwise: PairwisePart | null
  /** A reference sample of prompts, by which `quality: 0.95` becomes a lambda. */
  readonly reference: {
    readonly encodings: Float32Array
    readonly inputTokens: Float32Array
    /** Words of prompt p are `starts[p] .. starts[p + 1]`. */
    readonly words: WordCounts & { readonly starts: Uint32Array }
    readonly size: number
  }
}

/** What was learnt from comparisons, and which of the two estimators predicted those better that it was not fitted on. */
export type PairwisePart = {
  readonly weights: PairwiseWeights
  readonly served: 'matrix-factorisation' | 'bradley-terry'
}

export type TrainedModel = {
  readonly id: ModelId
  /** Outcomes that its head was fitted on. */
  readonly outcomes: number
  /** True where its head was taught after training, so that it knows more than the stack does. */
  readonly onboarded: boolean
  /** Platt's calibration of its head's log-odds: sigmoid(slope x + intercept). */
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
  /** The encoder that the heads were fitted over (encoder-id.ts). Artefacts written before it was kept lack it. */
  readonly encoder?: string
  readonly report?: TrainingReport
  /** Models that were taught to the artefact after it was trained. */
  readonly onboarded?: readonly OnboardingRecord[]
}

type Header = Omit<RouterArtefact, 'encoder' | 'heads' | 'stacked' | 'pairwise' | 'reference'> & {
  readonly encoder: { readonly buckets: number; readonly textDims: number; readonly hiddenDims: number }
  readonly stacked: StackedHeader | null
  readonly pairwise: { readonly served: PairwisePart['served']; readonly learnt: unknown } | null
  readonly reference: { readonly size: number; readonly words: number }
}

export function writeRouterArtefact(artefact: RouterArtefact): Uint8Array {
  const { encoder, heads, stacked, pairwise, reference, ...rest } = artefact
  const compared = pairwise && writePairwise(pairwise.weights)
  const part = stacked && writeStacked(stacked)
  const { buckets, textDims, hiddenDims } = encoder
  const embedding = quantiseRows(encoder.embedding, textDims)
  const idf = quantiseRows(encoder.idf, encoder.idf.length)
  const header: Header = {
    ...rest,
    encoder: { buckets, textDims, hiddenDims },
    stacked: part?.header ?? null,
    pairwise: pairwise && compared && { served: pairwise.served, learnt: compared.header },
    reference: { size: reference.size, words: reference.words.ids.length },
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
    referenceWordStarts: reference.words.starts,
    referenceWords: reference.words.ids,
    referenceWordCounts: reference.words.counts,
    ...part?.arrays,
    ...compared?.arrays,
  })
}

const calibration = z.object({ slope: z.number(), intercept: z.number() })

/** What of the header the arrays are measured by; the rest is taken as it was written. */
const measured = z.object({
  encoder: z.object({
    buckets: z.int().refine((count) => count > 0 && (count & (count - 1)) === 0, 'is no power of two'),
    textDims: z.int().positive(),
    hiddenDims: z.int().nonnegative(),
  }),
  subjects: z.array(z.enum(subjects)),
  taskTypes: z.array(z.enum(taskTypes)),
  models: z.array(z.object({ id: z.string(), onboarded: z.boolean(), calibration })),
  prior: z.object({
    scale: z.object({ levelAtPrice: z.object({}), benchmarks: z.object({}) }),
    logOddsDeviation: z.number(),
    calibration,
  }),
  outputTokens: z.object({ logDeviation: z.number() }),
  stacked: stackedHeader,
  toolCategories: toolCategoriesPart.nullish(),
  pairwise: z
    .object({ served: z.enum(['matrix-factorisation', 'bradley-terry']), learnt: z.unknown() })
    .nullable(),
  reference: z.object({ size: z.int().nonnegative(), words: z.int().nonnegative() }),
})

/** @throws ArtefactError with a remedy, for a file that is not an artefact, is cut short or has another format. */
export function readRouterArtefact(bytes: Uint8Array, name: string): RouterArtefact {
  const { header, arrays } = decodeArtefact(bytes, name)
  const checked = measured.safeParse(header)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw new ArtefactError(
      `${name} is not a router (${issue!.path.join('.')}: ${issue!.message}). Make one with \`fairlead train\`.`,
    )
  }
  const { encoder, stacked, pairwise, reference, ...rest } = header as unknown as Header
  const lengths = arrayLengths(header as unknown as Header)
  const take = <T extends NumberArray>(key: keyof typeof lengths, type: new () => T): T => {
    const array = arrays[key]
    if (!(array instanceof type))
      throw new ArtefactError(`${name} has no ${key}: it is not a router. Make one with \`fairlead train\`.`)
    if (array.length === lengths[key]) return array
    throw new ArtefactError(
      `${name} does not fit together: ${key} has ${array.length} numbers, not ${lengths[key]}. Train it again.`,
    )
  }
  const floats = (key: keyof typeof lengths) => take(key, Float32Array)
  const words = (key: keyof typeof lengths) => take(key, Uint32Array)
  return {
    ...rest,
    encoder: {
      ...encoder,
      embedding: restoreRows(
        { values: take('embedding', Int8Array), scales: floats('embeddingScales') },
        encoder.textDims,
      ),
      idf: restoreRows({ values: take('idf', Int8Array), scales: floats('idfScales') }, encoder.buckets),
      hidden: floats('hidden'),
      hiddenBias: floats('hiddenBias'),
    },
    heads: {
      shared: floats('shared'),
      models: floats('models'),
      subject: floats('subject'),
      taskType: floats('taskType'),
      outputTokens: floats('outputTokens'),
      descriptors: floats('descriptors'),
    },
    stacked:
      stacked &&
      readStacked(stacked, {
        f32: floats,
        u8: (key) => take(key, Uint8Array),
        u16: (key) => take(key, Uint16Array),
        u32: words,
      }),
    pairwise: pairwise && {
      served: pairwise.served,
      weights: readPairwise(
        { header: pairwise.learnt, arrays },
        { encoding: outputDims(encoder), vector: encoder.textDims },
        name,
      ),
    },
    reference: {
      size: reference.size,
      encodings: floats('referenceEncodings'),
      inputTokens: floats('referenceInputTokens'),
      words: {
        starts: words('referenceWordStarts'),
        ids: words('referenceWords'),
        counts: floats('referenceWordCounts'),
      },
    },
  }
}

/** How many numbers each array holds, by what the header says. */
function arrayLengths({ encoder, models, subjects, taskTypes, stacked, reference }: Header) {
  const { buckets, textDims, hiddenDims } = encoder
  const dims = outputDims(encoder)
  const columns = dims + 1
  return {
    embedding: buckets * textDims,
    embeddingScales: buckets,
    idf: buckets,
    idfScales: 1,
    hidden: hiddenDims * (dims - hiddenDims),
    hiddenBias: hiddenDims,
    shared: columns,
    models: models.length * columns,
    subject: subjects.length * columns,
    taskType: taskTypes.length * columns,
    outputTokens: columns,
    descriptors: (descriptorNames.length + 1) * columns,
    referenceEncodings: reference.size * dims,
    referenceInputTokens: reference.size,
    referenceWordStarts: reference.size + 1,
    referenceWords: reference.words,
    referenceWordCounts: reference.words,
    ...stackedLengths(stacked, textDims),
  }
}
