import type { Draw } from '../../domain/random.ts'

const rounds = 10

/**
 * Spherical k-means with weights, begun as k-means++ has it (Arthur and Vassilvitskii 2007): centres are drawn with
 * probability in proportion to the squared distance from those there are. Returns centres of unit length, row by row; fewer
 * than asked where there are fewer different vectors.
 */
export function kMeans(
  vectors: readonly Float32Array[],
  weights: readonly number[],
  wanted: number,
  draw: Draw,
): Float32Array {
  const dims = vectors[0]?.length ?? 0
  let centres = firstCentres(vectors, weights, wanted, draw)
  for (let round = 0; round < rounds; round++) {
    const sums = new Float32Array(centres.length)
    vectors.forEach((vector, index) => {
      const row = nearestCentre(centres, vector) * dims
      for (let dim = 0; dim < dims; dim++) sums[row + dim]! += weights[index]! * vector[dim]!
    })
    centres = unitRows(sums, centres, dims)
  }
  return centres
}

/** The row of the highest cosine. */
export function nearestCentre(centres: Float32Array, vector: Float32Array): number {
  const dims = vector.length
  let best = 0
  let highest = Number.NEGATIVE_INFINITY
  for (let row = 0; row < centres.length; row += dims) {
    let cosine = 0
    for (let dim = 0; dim < dims; dim++) cosine += centres[row + dim]! * vector[dim]!
    if (cosine > highest) {
      highest = cosine
      best = row / dims
    }
  }
  return best
}

function firstCentres(
  vectors: readonly Float32Array[],
  weights: readonly number[],
  wanted: number,
  draw: Draw,
): Float32Array {
  const dims = vectors[0]?.length ?? 0
  const chosen: Float32Array[] = []
  const distances = Float64Array.from(weights)
  while (chosen.length < wanted) {
    const total = distances.reduce((sum, distance) => sum + distance, 0)
    if (total < 1e-9) break
    let left = draw() * total
    let at = 0
    while (at < distances.length - 1 && left >= distances[at]!) left -= distances[at++]!
    const centre = vectors[at]!
    chosen.push(centre)
    vectors.forEach((vector, index) => {
      let cosine = 0
      for (let dim = 0; dim < dims; dim++) cosine += centre[dim]! * vector[dim]!
      // Of a vector from itself rounding leaves a trace.
      const distance = cosine > 1 - 1e-6 ? 0 : 2 - 2 * cosine
      distances[index] = Math.min(distances[index]!, weights[index]! * distance)
    })
  }
  const centres = new Float32Array(chosen.length * dims)
  for (const [row, centre] of chosen.entries()) centres.set(centre, row * dims)
  return centres
}

/** A centre that lost all its vectors stays where it was. */
function unitRows(sums: Float32Array, before: Float32Array, dims: number): Float32Array {
  const unit = Float32Array.from(before)
  for (let row = 0; row < sums.length; row += dims) {
    let squares = 0
    for (let dim = 0; dim < dims; dim++) squares += sums[row + dim]! ** 2
    if (squares === 0) continue
    for (let dim = 0; dim < dims; dim++) unit[row + dim] = sums[row + dim]! / Math.sqrt(squares)
  }
  return unit
}
