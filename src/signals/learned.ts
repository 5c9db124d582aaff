import type { Subject, TaskType, WordCounts } from '../domain/signals.ts'

/** What the trained router draws from a text. The encoding is what every learned estimate reads. */
export type LearnedSignals = {
  /** The features of a text: see encoder/network.ts. */
  readonly encode: (text: string) => Float32Array
  /** The text vector of an encoding, of unit length. */
  readonly vector: (encoding: Float32Array) => Float32Array
  readonly words: (text: string) => WordCounts
  /** The chance, 0 to 1, that a middling model fails the prompt. */
  readonly complexity: (encoding: Float32Array) => number
  readonly subject: (encoding: Float32Array) => { readonly name: Subject; readonly probability: number }
  /** The likeliest task, for prompts that say of themselves not what they want. */
  readonly taskType: (encoding: Float32Array) => TaskType
}
