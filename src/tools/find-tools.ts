import type { TextEmbedder } from '../domain/strategy.ts'
import { createIndexCache } from './index-cache.ts'
import { createTermReader } from './terms.ts'
import { toolQuery } from './tool-query.ts'
import type { DescribedTool } from './tool-text.ts'

export type FoundTool<T> = {
  readonly tool: T
  /** The chance, 0 to 1, that it is this one which is wanted, where one of the catalogue is. */
  readonly chance: number
}

/** The tools of a catalogue that fit what is wanted, best first and at most so many. Same words, same tools. */
export type FindTools = <T extends DescribedTool>(
  wanted: string,
  tools: readonly T[],
  most: number,
) => readonly FoundTool<T>[]

/**
 * Finds tools by a text of what they are wanted for, as a `find_tools` tool does. Remembers the catalogues that it has read.
 *
 * @param embedder the built-in encoder; `null`: words alone decide
 */
export function createToolSearch(embedder: TextEmbedder | null): FindTools {
  const reader = createTermReader()
  const indexOf = createIndexCache(reader, embedder)
  return (wanted, tools, most) => {
    const { order, chances } = indexOf(tools).index.rank(toolQuery([{ text: wanted, weight: 1 }], reader))
    return order
      .slice(0, Math.max(0, most))
      .map((place) => ({ tool: tools[place]!, chance: chances[place]! }))
  }
}
