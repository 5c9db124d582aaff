/**
 * Strategies that learn, measured: the tables of docs/bandits.md, in Markdown, and its figure.
 * `npm run bench:bandits -- FOLDER [PART OF A TITLE …]`
 */
import { writeFile } from 'node:fs/promises'
import { changesTable, limitTable, priorTable, regretLines, regretTable } from './bandits/known-worlds.ts'
import { regretPlot } from './bandits/regret-plot.ts'
import { preferenceHeadTable } from './bandits/preference-heads.ts'
import { headlineTable, shiftTable } from './bandits/router-bench.ts'
import { speedTable } from './bandits/speed.ts'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name the folder that holds the outcome sets.')
  process.exit(1)
}

const requests = 4000
const seeds = 10
const figure = new URL('../docs/bandits.svg', import.meta.url)

async function regretSection(): Promise<string> {
  const lines = regretLines(requests, seeds)
  await writeFile(figure, regretPlot(lines, seeds))
  return `${regretTable(lines)}\n\n${priorTable(lines)}`
}

const sections: readonly (readonly [string, () => Promise<string> | string])[] = [
  ['Regret where the truth is known', regretSection],
  ['Changes', () => changesTable(seeds)],
  ['The limit on trying', () => limitTable(2000, seeds)],
  ['RouterBench as a stream', () => headlineTable(folder)],
  ['RouterBench when the mix of tasks shifts', () => shiftTable(folder)],
  ['BaRP on RouterBench', () => preferenceHeadTable(folder)],
  ['Speed of a choice', speedTable],
]
for (const [title, make] of sections) {
  if (wanted.length > 0 && !wanted.some((part) => title.toLowerCase().includes(part.toLowerCase()))) continue
  console.error(`${title} …`)
  console.log(`## ${title}\n\n${await make()}\n`)
}
