import { type Row, rows } from './rows.ts'
import { type Observed, runRow } from './run-row.ts'

const atOnce = 8

/** Runs the whole matrix, several rows at a time, in the order of `rows`. */
export async function runAllRows(): Promise<readonly (readonly [Row, Observed])[]> {
  const observed = new Map<Row, Observed>()
  const light = rows.filter(({ fault }) => !fault.heavy)
  const work = async (): Promise<void> => {
    for (let row = light.shift(); row !== undefined; row = light.shift()) observed.set(row, await runRow(row))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  for (const row of rows) if (row.fault.heavy) observed.set(row, await runRow(row))
  return rows.map((row) => [row, observed.get(row)!])
}
