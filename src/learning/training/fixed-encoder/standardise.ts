import type { Head } from '../train-network.ts'

/** Mean and deviation of each column: numbers of a unit vector are a hundred times smaller than features of shape. */
export type ColumnScale = { readonly mean: Float32Array; readonly deviation: Float32Array }

/** @param values n x dims, row by row */
export function columnScale(values: Float32Array, dims: number): ColumnScale {
  const rows = values.length / dims
  const mean = new Float64Array(dims)
  const square = new Float64Array(dims)
  for (let index = 0; index < values.length; index++) {
    const column = index % dims
    mean[column]! += values[index]! / rows
    square[column]! += (values[index]! * values[index]!) / rows
  }
  return {
    mean: Float32Array.from(mean),
    // A column that never varies teaches nothing: it is left at zero.
    deviation: Float32Array.from(mean, (value, column) => {
      const variance = square[column]! - value * value
      return variance > 1e-12 ? Math.sqrt(variance) : Number.POSITIVE_INFINITY
    }),
  }
}

/** (x - mean) / deviation, column by column. */
export const standardised = (values: Float32Array, { mean, deviation }: ColumnScale): Float32Array =>
  values.map((value, index) => (value - mean[index % mean.length]!) / deviation[index % mean.length]!)

/** The same head over inputs as they are: w / deviation, and a bias less w . mean / deviation. */
export function overRawInputs({ rows, columns, weights }: Head, { mean, deviation }: ColumnScale): Head {
  const raw = new Float32Array(weights.length)
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    let bias = weights[start + columns - 1]!
    for (let column = 0; column < columns - 1; column++) {
      const weight = weights[start + column]! / deviation[column]!
      raw[start + column] = weight
      bias -= weight * mean[column]!
    }
    raw[start + columns - 1] = bias
  }
  return { rows, columns, weights: raw }
}
