/**
 * How usual a prompt is among those that the router was trained on, by its encoding and the reference sample that a trained
 * router carries. The distance of an encoding is its mean squared deviation from the sample's mean, each dimension in units of
 * its own deviation (a Mahalanobis distance with a diagonal covariance). The answer is the two-sided rank of that distance
 * among the sample's own: near 0 for what lies farther out than nearly all of it, such as a script that the encoder never saw,
 * and for what lies nearer to the middle than nearly all of it, which is what unknown words leave of a text.
 * On prompts like the sample's it is uniform on (0, 1].
 */
export type Familiarity = (encoding: ArrayLike<number>) => number

/** Least deviation of a dimension: what never varied in the sample must not make everything else far. */
const leastVariance = 1e-6

/** `encodings`: `size` rows, one after the other. `null`: the sample is too small to say what is usual. */
export function familiarityOver(encodings: ArrayLike<number>, size: number): Familiarity | null {
  if (size < 50 || encodings.length % size !== 0) return null
  const dimensions = encodings.length / size
  const mean = new Float64Array(dimensions)
  const inverseVariance = new Float64Array(dimensions)
  for (let at = 0; at < encodings.length; at++) mean[at % dimensions]! += encodings[at]! / size
  for (let at = 0; at < encodings.length; at++)
    inverseVariance[at % dimensions]! += (encodings[at]! - mean[at % dimensions]!) ** 2 / size
  for (let dimension = 0; dimension < dimensions; dimension++)
    inverseVariance[dimension] = 1 / (inverseVariance[dimension]! + leastVariance)
  const distance = (row: ArrayLike<number>, start: number): number => {
    let sum = 0
    for (let dimension = 0; dimension < dimensions; dimension++)
      sum += (row[start + dimension]! - mean[dimension]!) ** 2 * inverseVariance[dimension]!
    return sum / dimensions
  }
  const usual = Float64Array.from({ length: size }, (_, row) => distance(encodings, row * dimensions)).sort()
  return (encoding) => {
    if (encoding.length !== dimensions) return 1
    const below = rankOf(usual, distance(encoding, 0))
    return Math.min(1, (2 * (1 + Math.min(below, size - below))) / (size + 1))
  }
}

/** How many are smaller. */
function rankOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
