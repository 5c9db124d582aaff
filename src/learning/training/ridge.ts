/** Ridge regression through the normal equations: one Cholesky factor serves any number of targets. */
export type RidgeFactor = { readonly columns: number; readonly lower: Float64Array }

/**
 * @param rows n x columns, row by row; append a column of ones for an intercept
 * @param penalty added to the diagonal, scaled by nothing: choose it for the size of n
 * @param free columns that are not penalised (the intercept)
 */
export function factorRidge(
  rows: Float32Array | Float64Array,
  columns: number,
  penalty: number,
  free: ReadonlySet<number> = new Set([columns - 1]),
): RidgeFactor {
  const gram = new Float64Array(columns * columns)
  for (let start = 0; start < rows.length; start += columns) {
    for (let i = 0; i < columns; i++) {
      const value = rows[start + i]!
      if (value === 0) continue
      for (let j = 0; j <= i; j++) gram[i * columns + j]! += value * rows[start + j]!
    }
  }
  for (let i = 0; i < columns; i++) gram[i * columns + i]! += free.has(i) ? 1e-6 : penalty
  return { columns, lower: cholesky(gram, columns) }
}

/** Coefficients for one target; `targets[r]` belongs to row r. */
export function solveRidge(
  { columns, lower }: RidgeFactor,
  rows: Float32Array | Float64Array,
  targets: ArrayLike<number>,
): Float64Array {
  const projected = new Float64Array(columns)
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!
    for (let column = 0; column < columns; column++)
      projected[column]! += target * rows[row * columns + column]!
  }
  return solveCholesky(lower, projected)
}

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
