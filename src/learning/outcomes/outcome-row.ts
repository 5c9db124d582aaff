/** What one model made of one prompt. */
export type Outcome = {
  /** How good the answer was, 0 to 1. */
  readonly score: number
  /** What the call was billed, where that is on record. */
  readonly costUsd: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly latencyS: number | null
  /** Characters of the whole output, reasoning included. */
  readonly outputChars: number | null
  /** The extracted final answer. */
  readonly answer: string | null
}

/** The part of a row that a router may see. */
export type PromptRow = {
  readonly id: string
  readonly dataset: string
  readonly split: string
  /** Equal for equal questions: what keeps one question from standing on two sides of a split. */
  readonly qhash: string
  readonly prompt: string
  readonly category: string | null
  /** Tool definitions as the file has them. */
  readonly tools: readonly unknown[]
  /** The question is also in the RouteLLM benchmark: leave it out when training for that. */
  readonly inRouteLlm: boolean
}

/** One prompt with the outcomes of every model that was run on it; the matrix is sparse. */
export type OutcomeRow = PromptRow & {
  readonly reference: unknown
  /** What the row counts for beside others in training; 1 where it is absent. */
  readonly weight?: number
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** The row without what must not leak into a prediction. */
export function promptOf(row: OutcomeRow): PromptRow {
  const { id, dataset, split, qhash, prompt, category, tools, inRouteLlm } = row
  return { id, dataset, split, qhash, prompt, category, tools, inRouteLlm }
}
