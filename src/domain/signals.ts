import type { LabelProbabilities } from './text-model.ts'

export const taskTypes = [
  'chat',
  'knowledge',
  'extraction',
  'classification',
  'summarisation',
  'translation',
  'rewriting',
  'code',
  'math',
  'reasoning',
  'tool-use',
  'creative',
] as const
export type TaskType = (typeof taskTypes)[number]

export const subjects = [
  'biology',
  'business',
  'chemistry',
  'computer-science',
  'economics',
  'engineering',
  'general',
  'health',
  'history',
  'law',
  'math',
  'philosophy',
  'physics',
  'psychology',
] as const

/** The domain of a prompt. */
export type Subject = (typeof subjects)[number]

/** Facts drawn from a request: pure, computed once, stored with the decision. Never holds the prompt's text. */
export type Signals = {
  /** Estimated prompt tokens, tools and schema included. */
  readonly inputTokens: number
  readonly taskType: TaskType
  /** How hard the prompt is, 0 to 1: the chance that a middling model fails it. */
  readonly complexity: number
  readonly subject: { readonly name: Subject; readonly probability: number }
  /** ISO 639-1 code, or `und`. */
  readonly language: string
  readonly structure: Structure
  /** Probabilities of labels, by the configured name of the classifier. */
  readonly classes?: Readonly<Record<string, LabelProbabilities>>
  /** What a text model could not say, and why: the decision was made without it. */
  readonly warnings?: readonly string[]
}

export type Structure = {
  /** Characters of all messages together. */
  readonly promptChars: number
  /** Characters of the last user message. */
  readonly lastUserChars: number
  readonly turns: number
  /** Share of the last user message that looks like code, 0 to 1. */
  readonly codeShare: number
  readonly tools: number
  readonly images: number
  readonly jsonSchema: boolean
}

/** Signals, with what the text encoder made of the prompt. */
export type Reading = {
  readonly signals: Signals
  /** What learned estimates read. */
  readonly encoding: Float32Array
  /** The text vector, of unit length: for similarity. */
  readonly vector: Float32Array
  readonly words: WordCounts
}

/** Distinct words of a text, hashed (signals/words.ts), and how often each stands there. */
export type WordCounts = { readonly ids: Uint32Array; readonly counts: Float32Array }
