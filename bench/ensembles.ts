/**
 * Strategies of several calls, measured: the tables of docs/strategies/ensemble.md and its neighbours, in Markdown.
 * `npm run bench:ensembles [-- FOLDER [TASKS [SEED]]]`; without a folder of outcome sets on simulated models alone.
 */
import { recordedVoteTable } from './ensembles/recorded-votes.ts'
import { simulatedTable } from './ensembles/simulated.ts'

const [folder, tasks = '900', seed = '1'] = process.argv.slice(2)
const count = Number(tasks)
if (!Number.isInteger(count) || count < 1) {
  console.error(`${tasks} is no number of tasks. Write a whole number from 1.`)
  process.exit(1)
}
console.log(`## Simulated models\n\n${await simulatedTable(count, seed)}\n`)
if (folder) console.log(`## Recorded answers, MMLU-Pro\n\n${await recordedVoteTable(folder)}\n`)
