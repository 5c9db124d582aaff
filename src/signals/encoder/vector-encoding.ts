import { shapeFeatureCount, writeShapeFeatures } from './shape-features.ts'

/** How many features `vectorEncoding` makes of a vector. */
export const vectorEncodingDims = (vectorDims: number): number => vectorDims + shapeFeatureCount

/**
 * What heads read where another encoder than the built-in one gives the text vector: y = [v; f], the vector and the features of
 * shape. It is the built-in encoding without its hidden layer.
 */
export function vectorEncoding(vector: Float32Array, text: string): Float32Array {
  const encoding = new Float32Array(vectorEncodingDims(vector.length))
  encoding.set(vector)
  writeShapeFeatures(text, encoding, vector.length)
  return encoding
}
