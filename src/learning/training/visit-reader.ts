import type { Draw } from '../../domain/random.ts'
import { shapeFeatureCount, writeShapeFeatures } from '../../signals/encoder/shape-features.ts'
import { createTextFeatures, type SparseFeatures } from '../../signals/encoder/text-features.ts'
import type { Corpus } from './corpus.ts'
import { reword } from './rewording.ts'
import type { NetworkOptions } from './train-network.ts'

/** Reads an example, or a rewording of it: its features of shape into their place in y, and a share of its n-grams. */
export function createVisitReader(
  corpus: Corpus,
  {
    buckets,
    textDims,
    featureDropout,
    rewordedShare,
  }: Pick<NetworkOptions, 'buckets' | 'textDims' | 'featureDropout' | 'rewordedShare'>,
  draw: Draw,
): (example: number, y: Float32Array) => SparseFeatures {
  const features = createTextFeatures(buckets, corpus.idf)
  const kept = {
    ids: new Uint32Array(features.capacity),
    weights: new Float32Array(features.capacity),
    count: 0,
  }
  return (example, y) => {
    if (rewordedShare > 0 && draw() < rewordedShare) {
      const text = reword(corpus.texts[example]!, draw)
      const { ids, weights, count } = features.read(text)
      writeShapeFeatures(text, y, textDims)
      keepSome(ids, weights, 0, count, featureDropout, draw, kept)
    } else {
      const [from, to] = [corpus.starts[example]!, corpus.starts[example + 1]!]
      y.set(corpus.shapes.subarray(example * shapeFeatureCount, (example + 1) * shapeFeatureCount), textDims)
      keepSome(corpus.ids, corpus.weights, from, to, featureDropout, draw, kept)
    }
    return kept
  }
}

/** Drops a share of the n-grams; those kept are scaled up, so that the expected text vector stays. */
function keepSome(
  ids: Uint32Array,
  weights: Float32Array,
  from: number,
  to: number,
  dropout: number,
  draw: Draw,
  into: { ids: Uint32Array; weights: Float32Array; count: number },
): void {
  const scale = 1 / (1 - dropout)
  let count = 0
  for (let at = from; at < to; at++) {
    if (dropout > 0 && draw() < dropout) continue
    into.ids[count] = ids[at]!
    into.weights[count] = weights[at]! * scale
    count++
  }
  into.count = count
}
