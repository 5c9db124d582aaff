/** Scaled to unit length; a vector of zeros stays as it is. */
export function toUnitLength(vector: Float32Array): Float32Array {
  let squares = 0
  for (let dim = 0; dim < vector.length; dim++) squares += vector[dim]! * vector[dim]!
  if (squares === 0) return vector
  const scale = 1 / Math.sqrt(squares)
  return vector.map((value) => value * scale)
}
