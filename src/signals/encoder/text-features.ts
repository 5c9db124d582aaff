import { mix32 } from '../../domain/random.ts'
import { afterEmphasis, canonicalText, isQuote, plainQuote } from './canonical-text.ts'

/**
 * Text to sparse hashed features: words, word pairs and the character 4-grams of words, each hashed into a fixed number of
 * buckets (the hashing trick, Weinberger et al. 2009; sub-word n-grams as in fastText). Nothing is looked up, so any
 * language and any spelling has features. Long texts are read at both ends only, which bounds the time.
 */

/** Characters read from the head and the tail of a long text: instructions stand at the ends. */
const headChars = 2400
const tailChars = 1600

/** Sparse features of one text: `ids[i]` has weight `weights[i]`, for i < count. */
export type SparseFeatures = {
  readonly ids: Uint32Array
  readonly weights: Float32Array
  readonly count: number
}

export type TextFeatures = {
  readonly buckets: number
  /** No text has more features. */
  readonly capacity: number
  /** The result's arrays are reused by the next call: copy what must outlive it. */
  readonly read: (text: string) => SparseFeatures
}

/**
 * @param buckets a power of two
 * @param idf inverse document frequency by bucket; omit it to count
 */
export function createTextFeatures(buckets: number, idf?: Float32Array): TextFeatures {
  const mask = buckets - 1
  const capacity = 3 * (headChars + tailChars) + 64
  const ids = new Uint32Array(capacity)
  const weights = new Float32Array(capacity)
  const counts = new Uint16Array(buckets)
  let found = 0

  const add = (hash: number) => {
    const id = mix32(hash) & mask
    const seen = counts[id]!
    if (seen === 0) ids[found++] = id
    if (seen < 65535) counts[id] = seen + 1
  }

  const read = (text: string): SparseFeatures => {
    found = 0
    scanTokens(clip(canonicalText(text)).toLowerCase(), add)
    let squares = 0
    for (let index = 0; index < found; index++) {
      const id = ids[index]!
      // Sublinear term frequency: a word said ten times is not ten times as telling.
      const weight = (1 + Math.log(counts[id]!)) * (idf ? idf[id]! : 1)
      counts[id] = 0
      weights[index] = weight
      squares += weight * weight
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let index = 0; index < found; index++) weights[index]! *= scale
    return { ids, weights, count: found }
  }
  return { buckets, capacity, read }
}

export const clip = (text: string): string =>
  text.length <= headChars + tailChars ? text : `${text.slice(0, headChars)} ${text.slice(-tailChars)}`

// Salts keep a word, a pair and a 4-gram of the same hash apart.
const pairSalt = 0x51ed270b
const gramSalt = 0x2c1b3c6d

function scanTokens(text: string, add: (hash: number) => void): void {
  let previous = 0
  let position = 0
  const length = text.length
  while (position < length) {
    const code = text.charCodeAt(position)
    const kind = charKind(code)
    if (kind === space) {
      position++
      continue
    }
    if (code === 42) {
      const after = afterEmphasis(text, position)
      if (after > position) {
        position = after
        continue
      }
    }
    const start = position
    let hash = 0x811c9dc5
    if (kind === letter || kind === digit) {
      let current = kind
      do {
        // Numbers are read by their shape: how many digits, not which.
        const unit = current === digit ? 48 : text.charCodeAt(position)
        hash = Math.imul(hash ^ unit, 0x01000193)
        position++
        current = position < length ? charKind(text.charCodeAt(position)) : space
      } while (current === letter || current === digit)
      if (kind === letter) addGrams(text, start, position, add)
    } else {
      hash = Math.imul(hash ^ plainQuote(code), 0x01000193)
      position++
    }
    add(hash)
    if (previous !== 0) add(Math.imul(previous, 31) ^ hash ^ pairSalt)
    previous = hash
  }
}

/** The 4-grams of a word with a boundary mark at either end. Short words are their own only gram. */
function addGrams(text: string, start: number, end: number, add: (hash: number) => void): void {
  if (end - start < 4) return
  for (let from = start - 1; from + 4 <= end + 1; from++) {
    let hash = gramSalt
    for (let index = from; index < from + 4; index++) {
      const unit = index < start || index >= end ? 32 : text.charCodeAt(index)
      hash = Math.imul(hash ^ unit, 0x01000193)
    }
    add(hash)
  }
}

const space = 0
const letter = 1
const digit = 2
const symbol = 3

function charKind(code: number): number {
  if (code <= 32) return space
  if (code < 128) {
    if (code >= 48 && code <= 57) return digit
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95) return letter
    return symbol
  }
  if (isQuote(code)) return symbol
  // Chinese, Japanese and Korean are written without spaces: each character is a word, pairs make up the rest.
  if ((code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af)) return symbol
  return code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x206f) ? space : letter
}
