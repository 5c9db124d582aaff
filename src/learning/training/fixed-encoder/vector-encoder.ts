import type { EncoderWeights } from '../../../signals/encoder/network.ts'

/**
 * Weights of an encoder that carries no words, in the shape in which artefacts keep encoders: a single bucket whose vector is
 * zero, and no hidden layer. Its encoding is as long as that of a vector from outside and the features of shape, which is what
 * heads over it were fitted on.
 */
export const withoutWords = (vectorDims: number): EncoderWeights => ({
  buckets: 1,
  textDims: vectorDims,
  hiddenDims: 0,
  embedding: new Float32Array(vectorDims),
  idf: Float32Array.of(1),
  hidden: new Float32Array(0),
  hiddenBias: new Float32Array(0),
})
