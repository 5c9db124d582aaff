import { cholesky, solveCholesky } from '../../estimate/cholesky.ts'

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
