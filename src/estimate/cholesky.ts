/** x of L L^T x = b. */
export function solveCholesky(lower: Float64Array, right: Float64Array): Float64Array {
  const columns = right.length
  const solution = Float64Array.from(right)
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < i; j++) solution[i]! -= lower[i * columns + j]! * solution[j]!
    solution[i]! /= lower[i * columns + i]!
  }
  for (let i = columns - 1; i >= 0; i--) {
    for (let j = i + 1; j < columns; j++) solution[i]! -= lower[j * columns + i]! * solution[j]!
    solution[i]! /= lower[i * columns + i]!
  }
  return solution
}

/** The lower factor L of a symmetric positive definite matrix L L^T, given by its lower half. */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!
      // Rounding may push a vanishing pivot below zero: then the column adds nothing.
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j * size + j]!
    }
  }
  return lower
}
