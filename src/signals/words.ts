import { mix32 } from '../domain/random.ts'
import type { WordCounts } from '../domain/signals.ts'
import { clip } from './encoder/text-features.ts'

/**
 * The distinct words of a text, hashed: by these, and not by the n-grams of the encoder, prompts are looked up that ask
 * about the same. Numbers go by how many digits they have, a symbol is a word, and so is a character of a script that is
 * written without spaces.
 */
export const wordBuckets = 131_072

/** Memory is reused between texts, results are not: one reader for one thread of work. */
export function createWordReader(): (text: string) => WordCounts {
  const times = new Uint16Array(wordBuckets)
  const found = new Uint32Array(8192)
  return (text) => {
    let count = 0
    scanWords(clip(text).toLowerCase(), (hash) => {
      const id = mix32(hash) & (wordBuckets - 1)
      const seen = times[id]!
      if (seen === 0) {
        if (count === found.length) return
        found[count++] = id
      }
      if (seen < 65535) times[id] = seen + 1
    })
    const ids = found.slice(0, count)
    const counts = new Float32Array(count)
    for (let index = 0; index < count; index++) {
      counts[index] = times[ids[index]!]!
      times[ids[index]!] = 0
    }
    return { ids, counts }
  }
}

function scanWords(text: string, add: (hash: number) => void): void {
  let position = 0
  while (position < text.length) {
    const kind = kindOf(text.charCodeAt(position))
    if (kind === space) {
      position++
      continue
    }
    let hash = 0x811c9dc5
    let current = kind
    do {
      hash = Math.imul(hash ^ (kind === digit ? 48 : text.charCodeAt(position)), 0x01000193)
      position++
      current = position < text.length ? kindOf(text.charCodeAt(position)) : space
    } while (current === kind && kind !== symbol)
    add(hash)
  }
}

const space = 0
const letter = 1
const digit = 2
const symbol = 3

function kindOf(code: number): number {
  if (code <= 32) return space
  if (code < 128) {
    if (code >= 48 && code <= 57) return digit
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) ? letter : symbol
  }
  if ((code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af)) return symbol
  return code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x206f) ? space : letter
}
