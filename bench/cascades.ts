/**
 * The tables of docs/strategies/cascade.md, in Markdown, from a folder of outcome sets.
 * `npm run bench:cascades -- FOLDER [PART OF A TITLE …]`
 */
import { noiseTable } from './cascades/router-bench-noise.ts'
import { chosenSets, setTable } from './cascades/set-table.ts'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name the folder that holds the outcome sets.')
  process.exit(1)
}

const sections: readonly (readonly [string, (folder: string) => Promise<string>])[] = [
  ...chosenSets.map((choice) => [choice.name, (path: string) => setTable(path, choice)] as const),
  ["RouterBench with the paper's noise", noiseTable],
]
for (const [title, make] of sections) {
  if (wanted.length > 0 && !wanted.some((part) => title.toLowerCase().includes(part.toLowerCase()))) continue
  console.error(`${title} …`)
  console.log(`## ${title}\n\n${await make(folder)}\n`)
}
