/** Rows scaled to mean 0 and deviation 1 by column; a column that is always the same is 0. */
export type Standard = {
  readonly dims: number
  readonly means: Float64Array
  /** What a number less its mean is multiplied by. */
  readonly scales: Float64Array
  readonly row: (row: number) => Float32Array
}

export function standardOf(rows: Float32Array, size: number): Standard {
  const dims = rows.length / size
  const means = new Float64Array(dims)
  const squares = new Float64Array(dims)
  for (let at = 0; at < rows.length; at++) means[at % dims]! += rows[at]! / size
  for (let at = 0; at < rows.length; at++) squares[at % dims]! += (rows[at]! - means[at % dims]!) ** 2 / size
  const scales = squares.map((square) => (square > 1e-12 ? 1 / Math.sqrt(square) : 0))
  const scaled = Float32Array.from(rows, (value, at) => (value - means[at % dims]!) * scales[at % dims]!)
  return { dims, means, scales, row: (row) => scaled.subarray(row * dims, (row + 1) * dims) }
}
