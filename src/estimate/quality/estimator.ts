import type { Estimate } from '../../domain/estimate.ts'
import type { Model } from '../../domain/model.ts'
import type { Reading, ToolCategory } from '../../domain/signals.ts'

/** What an estimator reads of a prompt. */
export type ReadPrompt = Pick<Reading, 'encoding' | 'vector' | 'words'> & {
  /** The prompt is among those that were learnt from: its own outcomes must not tell what is expected of it. */
  readonly seen?: boolean
  /** Which kind of tool call it is likely to want; absent: it has no tools. */
  readonly toolCategory?: ToolCategory | undefined
}

/**
 * A member of the family: what it knows of how well models answer. It reads a prompt once, for all candidates, and is then
 * asked for one model after another. Pure and immutable: what was learnt is in the arrays that it was made from.
 */
export type QualityEstimator = {
  readonly name: string
  readonly read: (prompt: ReadPrompt) => (model: Model) => QualityEstimate | null
}

/**
 * The chance, 0 to 1, that the model answers well, and how far that may be off; `null` (of the function above) where the
 * estimator knows nothing of the model.
 */
export type QualityEstimate = Estimate
