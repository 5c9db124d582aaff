import type {
  LabelProbabilities,
  SentenceEncoder,
  TextClassifier,
  TextModel,
} from '../../domain/text-model.ts'
import { type BatchLimits, batched } from './batched.ts'
import { cached } from './cached.ts'
import { openOnnxClassifier, type OnnxClassifierOptions } from './onnx-classifier.ts'
import { openOnnxEncoder, type OnnxEncoderOptions } from './onnx-encoder.ts'
import {
  createEmbeddingsEncoder,
  defaultEmbeddingsLimits,
  type EmbeddingsOptions,
} from './openai-embeddings.ts'

/** The encoders that may stand in the place of the built-in one. */
export type EncoderOptions =
  | ({ readonly kind: 'embeddings' } & Omit<EmbeddingsOptions, 'limits'>)
  | ({ readonly kind: 'transformers' } & OnnxEncoderOptions)

export type ClassifierOptions = { readonly kind: 'transformers' } & OnnxClassifierOptions

/** One call at a time: a second one would only take the cores away from the first. */
const onThisMachine: BatchLimits = {
  waitMs: 1,
  maxTexts: 16,
  maxChars: 100_000,
  maxCalls: 1,
  maxWaiting: 256,
}

const overTheNetwork: BatchLimits = {
  waitMs: 1,
  maxTexts: defaultEmbeddingsLimits.maxTextsPerCall,
  maxChars: defaultEmbeddingsLimits.maxCharsPerCall,
  maxCalls: defaultEmbeddingsLimits.maxConnections,
  maxWaiting: 2048,
}

/** An encoder by itself: for training, which asks for many texts at once. @throws TextModelError */
export async function openEncoder(options: EncoderOptions): Promise<SentenceEncoder> {
  switch (options.kind) {
    case 'embeddings':
      return createEmbeddingsEncoder({ ...options, limits: defaultEmbeddingsLimits })
    case 'transformers':
      return openOnnxEncoder(options)
  }
}

/** For serving: requests share calls and results. @throws TextModelError */
export async function openSharedEncoder(
  options: EncoderOptions,
  cacheBytes: number,
): Promise<SentenceEncoder> {
  const limits = options.kind === 'embeddings' ? overTheNetwork : onThisMachine
  return shared(await openEncoder(options), limits, cacheBytes, (vector) => vector.byteLength)
}

/** @throws TextModelError */
export async function openSharedClassifier(
  options: ClassifierOptions,
  cacheBytes: number,
): Promise<TextClassifier> {
  return shared(await openOnnxClassifier(options), onThisMachine, cacheBytes, bytesOfProbabilities)
}

const shared = <Value extends object>(
  model: TextModel<Value>,
  limits: BatchLimits,
  maxBytes: number,
  bytesOf: (value: Value) => number,
): TextModel<Value> => cached(batched(model, limits), { maxBytes, bytesOf })

/** A number and a reference to its name for each label. */
const bytesOfProbabilities = (probabilities: LabelProbabilities): number =>
  24 * Object.keys(probabilities).length
