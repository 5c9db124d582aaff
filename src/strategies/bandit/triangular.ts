/** Symmetric positive definite matrices as their lower triangle, row by row: cell (i, j) stands at i (i + 1) / 2 + j. */

/** Smaller pivots are rounding errors: their direction is taken for known. */
const leastPivot = 1e-9

/** L of A = L L^T (Cholesky), in place of A. */
export function factorise(a: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    const row = (i * (i + 1)) / 2
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2
      let sum = a[row + j]!
      for (let k = 0; k < j; k++) sum -= a[row + k]! * a[other + k]!
      a[row + j] = i === j ? Math.sqrt(Math.max(sum, leastPivot)) : sum / a[other + j]!
    }
  }
  return a
}

/** y of L y = x: its square is x^T A^-1 x. */
export function halfSolve(lower: Float64Array, x: Float64Array): Float64Array {
  const y = new Float64Array(x.length)
  let cell = 0
  for (let i = 0; i < x.length; i++) {
    let sum = x[i]!
    for (let j = 0; j < i; j++) sum -= lower[cell++]! * y[j]!
    y[i] = sum / lower[cell++]!
  }
  return y
}

/** theta of A theta = b. */
export function solve(lower: Float64Array, b: Float64Array): Float64Array {
  const theta = halfSolve(lower, b)
  for (let i = b.length - 1; i >= 0; i--) {
    const row = (i * (i + 1)) / 2
    theta[i]! /= lower[row + i]!
    for (let j = 0; j < i; j++) theta[j]! -= lower[row + j]! * theta[i]!
  }
  return theta
}
