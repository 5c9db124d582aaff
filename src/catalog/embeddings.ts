/** Models that turn texts into vectors. They answer nothing, so no policy may choose them: they stand apart from the others. */

import type { Price } from '../domain/model.ts'
import { type SourceKey, sources, type Source } from './sources.ts'

export type EmbeddingsEntry = {
  /** `vendor/name`. */
  readonly id: string
  /** Numbers of a vector, unless a request asks for fewer. */
  readonly dimensions: number
  /** Dollars per million tokens of input. */
  readonly price: Price
  /** Tokens of one text. */
  readonly contextWindow: number
  readonly source: Source
}

const entry = (
  id: string,
  dimensions: number,
  price: number,
  contextWindow: number,
  source: SourceKey = 'liteLlm',
): EmbeddingsEntry => ({ id, dimensions, price, contextWindow, source: sources[source] })

// Of Mistral's models the source does not say how long the vectors are: its documentation does
// (https://docs.mistral.ai/capabilities/embeddings).
export const builtInEmbeddings: readonly EmbeddingsEntry[] = [
  entry('openai/text-embedding-3-small', 1536, 0.02, 8_191),
  entry('openai/text-embedding-3-large', 3072, 0.13, 8_191),
  entry('openai/text-embedding-ada-002', 1536, 0.1, 8_191),
  entry('google/gemini-embedding-001', 3072, 0.15, 2_048),
  entry('google/gemini-embedding-2', 3072, 0.2, 8_192),
  entry('mistral/mistral-embed', 1024, 0.1, 8_192),
  entry('mistral/codestral-embed', 1536, 0.15, 8_192),
  entry('together/BAAI/bge-base-en-v1.5', 768, 0.008, 512),
]
