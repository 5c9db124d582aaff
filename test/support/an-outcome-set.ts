import { writeFileSync } from 'node:fs'
import { builtInModels } from '../../src/catalog/models/index.ts'
import { simulatedOutcomes } from '../../src/providers/simulated/sample.ts'

const simulated = builtInModels.map(({ model }) => model).filter(({ simulated: is }) => is)

/** A file of outcomes of the simulated models on generated tasks, as lines of JSON. */
export function writeOutcomeSet(
  file: string,
  { tasks = 120, seed = 'a set', dataset = 'own' }: { tasks?: number; seed?: string; dataset?: string } = {},
): void {
  const rows = simulatedOutcomes(simulated, seed, tasks).map((row) => ({ ...row, dataset }))
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}
