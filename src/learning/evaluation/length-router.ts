import type { OutcomeRow, PromptRow } from '../outcomes/outcome-row.ts'
import { quantile } from './bootstrap.ts'
import type { Curve } from './curve.ts'
import { groupMeans } from './group-means.ts'
import type { Predictor } from './predictor.ts'
import type { OutcomeTable } from './table.ts'

/**
 * Routers that look at nothing but the number of characters of the prompt. They come near published learned routers on
 * some benchmarks, so each result stands beside them.
 */
const lengthOf = ({ prompt }: PromptRow): number => prompt.length

export const lengths = (rows: readonly PromptRow[]): number[] => rows.map(lengthOf)

export type Direction = 'longer to the stronger' | 'shorter to the stronger'

/** One model below a threshold, the other above; a setting per quantile of the fit rows' lengths. */
export function lengthThresholdCurve(
  name: string,
  fitRows: readonly OutcomeRow[],
  rows: readonly OutcomeRow[],
  models: { readonly weak: number; readonly strong: number },
  direction: Direction,
  settings = 60,
): Curve {
  const sign = direction === 'longer to the stronger' ? 1 : -1
  const fitKeys = Float64Array.from(fitRows, (row) => sign * lengthOf(row)).sort()
  const keys = rows.map((row) => sign * lengthOf(row))
  const thresholds = Array.from({ length: settings - 1 }, (_, at) =>
    quantile(fitKeys, 1 - at / (settings - 2)),
  )
  const curve = [Number.POSITIVE_INFINITY, ...thresholds].map((threshold) =>
    Uint16Array.from(keys, (key) => (key >= threshold ? models.strong : models.weak)),
  )
  // Lengths beyond the fit rows' range would never leave the weak model otherwise.
  curve.push(new Uint16Array(rows.length).fill(models.strong))
  return { name, choices: curve }
}

/** Each model's means by band of length, ten bands of equal mass on the fit rows. */
export function lengthBandPredictor(fit: OutcomeTable, bands = 10): Predictor {
  const sorted = Float64Array.from(fit.rows, lengthOf).sort()
  const edges = Array.from({ length: bands - 1 }, (_, band) => quantile(sorted, (band + 1) / bands))
  const bandOf = (row: PromptRow) => String(edges.filter((edge) => lengthOf(row) > edge).length)
  return groupMeans('prompt length, all models', fit, bandOf)
}
