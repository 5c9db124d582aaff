export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))

/** The inverse of `sigmoid`, clipped so that a certain prediction stays finite. */
export const logOddsOf = (probability: number): number => {
  const clipped = Math.min(0.998, Math.max(0.002, probability))
  return Math.log(clipped / (1 - clipped))
}

/** One row of a head, over the encoding and a bias in the last column. */
export function rowDot(head: Float32Array, row: number, encoding: Float32Array): number {
  const start = row * (encoding.length + 1)
  let sum = head[start + encoding.length]!
  for (let dim = 0; dim < encoding.length; dim++) sum += head[start + dim]! * encoding[dim]!
  return sum
}
