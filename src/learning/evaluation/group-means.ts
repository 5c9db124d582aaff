import type { OutcomeRow, PromptRow } from '../outcomes/outcome-row.ts'
import type { Predictor } from './predictor.ts'
import { columnMeans, type OutcomeTable } from './table.ts'

/** A group's mean counts as this many rows of the overall mean: small groups lean on the whole. */
const priorRows = 5

/**
 * Predicts each model's mean score and cost over the rows of the prompt's group: a data set, a category, a band of
 * lengths. What a router must beat to have learnt more than that grouping.
 */
export function groupMeans(name: string, fit: OutcomeTable, groupOf: (row: PromptRow) => string): Predictor {
  const models = fit.pool.length
  const overall = {
    quality: columnMeans(fit.quality, models),
    costUsd: columnMeans(fit.costUsd, models),
  }
  const groups = new Map<string, { rows: number; quality: Float64Array; costUsd: Float64Array }>()
  fit.rows.forEach((row: OutcomeRow, index) => {
    const key = groupOf(row)
    let group = groups.get(key)
    if (!group) {
      const prior = (means: Float64Array) => means.map((mean) => mean * priorRows)
      group = { rows: priorRows, quality: prior(overall.quality), costUsd: prior(overall.costUsd) }
      groups.set(key, group)
    }
    group.rows++
    for (let model = 0; model < models; model++) {
      group.quality[model]! += fit.quality[index * models + model]!
      group.costUsd[model]! += fit.costUsd[index * models + model]!
    }
  })
  const predictions = new Map(
    [...groups].map(([key, { rows, quality, costUsd }]) => [
      key,
      { quality: quality.map((sum) => sum / rows), costUsd: costUsd.map((sum) => sum / rows) },
    ]),
  )
  return { name, predict: (row) => predictions.get(groupOf(row)) ?? overall }
}
