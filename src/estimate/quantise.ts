/**
 * Row-wise 8-bit quantisation: each row is scaled by its largest magnitude / 127. The error is at most half a step,
 * 0.4 % of the row's largest value, far below what the weights' own noise is.
 */
export type QuantisedRows = { readonly values: Int8Array; readonly scales: Float32Array }

export function quantiseRows(values: Float32Array, columns: number): QuantisedRows {
  const rows = values.length / columns
  const quantised = new Int8Array(values.length)
  const scales = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    let largest = 0
    for (let at = row * columns; at < (row + 1) * columns; at++)
      largest = Math.max(largest, Math.abs(values[at]!))
    const scale = largest / 127
    scales[row] = scale
    if (scale === 0) continue
    for (let at = row * columns; at < (row + 1) * columns; at++)
      quantised[at] = Math.round(values[at]! / scale)
  }
  return { values: quantised, scales }
}

export function restoreRows({ values, scales }: QuantisedRows, columns: number): Float32Array {
  const restored = new Float32Array(values.length)
  for (let at = 0; at < values.length; at++) restored[at] = values[at]! * scales[Math.floor(at / columns)]!
  return restored
}
