import { LRUCache } from 'lru-cache'
import type { TextEmbedder } from '../domain/strategy.ts'
import type { LearnedSignals } from './learned.ts'

/** Texts whose vectors are kept: strategies compare every request with the same ones. */
const mostTexts = 2_000

/** Reads texts with the built-in encoder, as it reads requests. */
export function textEmbedder(learned: LearnedSignals, id: string): TextEmbedder {
  const known = new LRUCache<string, Float32Array>({ max: mostTexts })
  return {
    id,
    vectorOf: (text) => {
      let vector = known.get(text)
      if (!vector) {
        // The network writes into one buffer, text after text.
        vector = learned.vector(learned.encode(text)).slice()
        known.set(text, vector)
      }
      return vector
    },
  }
}
