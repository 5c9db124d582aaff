import { type Failure, failure } from '../../domain/failure.ts'
import type { TextResults } from '../../domain/text-model.ts'
import { toUnitLength } from './unit-vector.ts'

/**
 * The vectors of an `/embeddings` reply, one for each text in the order asked for, as lists of numbers or as base64 of 32-bit
 * floats (little-endian); or what is wrong with it.
 *
 * @param dims numbers of a vector; `null`: not known yet, but all must agree
 */
export function readEmbeddings(body: unknown, texts: number, dims: number | null): TextResults<Float32Array> {
  const rows = (body as { readonly data?: unknown } | null)?.data
  if (!Array.isArray(rows)) return unreadable('it has no list `data`. Check the base URL')
  const vectors = new Array<Float32Array | undefined>(texts)
  for (const [position, row] of rows.entries()) {
    const { index = position, embedding } = (row ?? {}) as {
      readonly index?: unknown
      readonly embedding?: unknown
    }
    const problem = place(vectors, index, embedding)
    if (problem !== null) return unreadable(problem)
  }
  return checked(vectors, dims)
}

function place(vectors: (Float32Array | undefined)[], index: unknown, embedding: unknown): string | null {
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= vectors.length)
    return `it has a vector of index ${JSON.stringify(index)} for ${vectors.length} texts`
  if (vectors[index] !== undefined) return `it has two vectors of index ${index}`
  const vector = vectorOf(embedding)
  if (vector === null) return `its vector ${index} is not a list of numbers`
  if (vector.length === 0) return `its vector ${index} is empty`
  if (!vector.every(Number.isFinite)) return `its vector ${index} has numbers that are not finite`
  vectors[index] = vector
  return null
}

function vectorOf(embedding: unknown): Float32Array | null {
  if (typeof embedding === 'string') return fromBase64(embedding)
  if (!Array.isArray(embedding) || !embedding.every((value) => typeof value === 'number')) return null
  return Float32Array.from(embedding as number[])
}

function fromBase64(text: string): Float32Array | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % 4 !== 0) return null
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index))
}

function checked(
  vectors: readonly (Float32Array | undefined)[],
  dims: number | null,
): TextResults<Float32Array> {
  const wanted = dims ?? vectors[0]?.length ?? 0
  const values: Float32Array[] = []
  for (let index = 0; index < vectors.length; index++) {
    const vector = vectors[index]
    if (vector === undefined) return unreadable(`it has no vector for text ${index} of ${vectors.length}`)
    if (vector.length !== wanted)
      return unreadable(
        `its vectors have ${vector.length} numbers, not ${wanted}. Set \`dimensions\` to what the model gives, or use the model that gave the others`,
      )
    values.push(toUnitLength(vector))
  }
  return { kind: 'read', values }
}

const unreadable = (what: string): { readonly kind: 'failed'; readonly failure: Failure } => ({
  kind: 'failed',
  failure: failure('unreadable', `The embeddings reply can't be used: ${what}.`),
})
