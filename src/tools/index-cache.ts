import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TextEmbedder } from '../domain/strategy.ts'
import type { TermReader } from './terms.ts'
import { createToolIndex, type ToolIndex } from './tool-index.ts'
import type { DescribedTool } from './tool-text.ts'

export type KnownIndex = {
  /** Equal for catalogues that are ranked alike. */
  readonly id: string
  readonly index: ToolIndex
}

/** Tools of all catalogues that are remembered together: an index takes some kilobytes for each. */
const mostTools = 20_000

/**
 * Catalogues come with every request: those that were read are known again by names, descriptions and the parameters'
 * names. One that differs in nothing else is ranked alike.
 */
export function createIndexCache(
  reader: TermReader,
  embedder: TextEmbedder | null,
): (tools: readonly DescribedTool[]) => KnownIndex {
  const indices = new LRUCache<string, ToolIndex>({
    maxSize: mostTools,
    sizeCalculation: ({ size }) => Math.max(1, size),
  })
  return (tools) => {
    const id = hash('sha256', tools.map(imprint).join('\u0001'), 'base64')
    const found = indices.get(id)
    if (found) return { id, index: found }
    const index = createToolIndex(tools, reader, embedder)
    indices.set(id, index)
    return { id, index }
  }
}

function imprint({ name, description, parameters }: DescribedTool): string {
  const properties = parameters?.properties
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties).join() : ''
  return `${name}\u0000${description ?? ''}\u0000${names}`
}
