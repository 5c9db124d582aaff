import { createHash } from 'node:crypto'
import type { EncoderWeights } from '../signals/encoder/network.ts'
import { quantiseRows } from './quantise.ts'

/**
 * Names an encoder by its shape and a hash of its weights: heads fitted over one mean nothing over another. The hash is of
 * the 8-bit weights, so that it is the same before an artefact is written and after it is read.
 */
export function encoderId(encoder: EncoderWeights): string {
  const known = ids.get(encoder)
  if (known !== undefined) return known
  const id = idOf(encoder)
  ids.set(encoder, id)
  return id
}

/** Millions of weights are read for it: once for each encoder, whose weights never change. */
const ids = new WeakMap<EncoderWeights, string>()

function idOf(encoder: EncoderWeights): string {
  const { buckets, textDims, hiddenDims } = encoder
  const hash = createHash('sha256')
  hash.update(quantiseRows(encoder.embedding, textDims).values)
  hash.update(quantiseRows(encoder.idf, buckets).values)
  for (const { buffer, byteOffset, byteLength } of [encoder.hidden, encoder.hiddenBias])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return `n-grams-${buckets}x${textDims}+${hiddenDims}-${hash.digest('hex').slice(0, 12)}`
}
