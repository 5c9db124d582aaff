import type { Failure } from '../../../domain/failure.ts'
import type { SentenceEncoder } from '../../../domain/text-model.ts'

export type Vectors =
  | { readonly kind: 'read'; readonly vectors: ReadonlyMap<string, Float32Array> }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A local model takes so many texts at once without holding more than some megabytes for them. */
const textsPerCall = 32

/** The vector of every text, asked for once; texts of like length go together, for the shorter ones are padded. */
export async function readVectors(
  encoder: SentenceEncoder,
  texts: Iterable<string>,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Vectors> {
  const wanted = [...new Set(texts)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const vectors = new Map<string, Float32Array>()
  for (let at = 0; at < wanted.length; at += textsPerCall) {
    const part = wanted.slice(at, at + textsPerCall)
    const results = await encoder.read(part, signal)
    if (results.kind === 'failed') return results
    for (const [index, text] of part.entries()) vectors.set(text, results.values[index]!)
    onProgress(vectors.size, wanted.length)
  }
  return { kind: 'read', vectors }
}
