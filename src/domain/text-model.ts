import type { Failure } from './failure.ts'

/** What a model made of texts, one value for each, in their order. */
export type TextResults<Value> =
  | { readonly kind: 'read'; readonly values: readonly Value[] }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A model that reads text, here or over the network: it takes time, and it may fail. */
export type TextModel<Value> = {
  /** Names what it makes of a text: two models of one id make the same of it. */
  readonly id: string
  /** Never throws. Aborting `signal` ends the wait with a failure. */
  readonly read: (texts: readonly string[], signal: AbortSignal) => Promise<TextResults<Value>>
  /** May be called again. */
  readonly close: () => Promise<void>
}

/** Text to a vector of unit length (or zero), always of as many numbers. */
export type SentenceEncoder = TextModel<Float32Array>

/** Text to the probability of each label, which add up to 1. */
export type TextClassifier = TextModel<LabelProbabilities>

export type LabelProbabilities = Readonly<Record<string, number>>
