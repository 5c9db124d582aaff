import type { Model } from '../../domain/model.ts'
import { simulatedOutcomes } from '../../providers/simulated/sample.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { parseRow } from '../outcomes/parse-row.ts'

/** Outcomes of simulated models on generated tasks, through the same door as a file's rows. */
export const simulatedRows = (seed: string, count: number, models: readonly Model[]): readonly OutcomeRow[] =>
  simulatedOutcomes(models, seed, count).flatMap((row) => {
    const parsed = parseRow(JSON.stringify(row))
    return parsed.kind === 'row' ? [parsed.row] : []
  })
