/**
 * The tables of docs/routing-quality.md, in Markdown, from a folder of outcome sets.
 * `npm run bench:routing-quality -- FOLDER [PART OF A TITLE …]`
 */
import { mmluProTable } from './routing-quality/mmlu-pro.ts'
import { routeLlmTable } from './routing-quality/routellm.ts'
import { setTables } from './routing-quality/sets.ts'
import { stabilityTable } from './routing-quality/stability.ts'
import { targetsTable } from './routing-quality/targets.ts'
import { unseenModelsTable } from './routing-quality/unseen-models.ts'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name the folder that holds the outcome sets.')
  process.exit(1)
}

const sections: readonly (readonly [string, (folder: string) => Promise<string>])[] = [
  ['Sets', setTables],
  ["RouteLLM's benchmark", routeLlmTable],
  ['MMLU-Pro, five models', mmluProTable],
  ['Targets that are set beforehand', targetsTable],
  ['Models that were never seen', unseenModelsTable],
  ['Stability', stabilityTable],
]
for (const [title, make] of sections) {
  if (wanted.length > 0 && !wanted.some((part) => title.toLowerCase().includes(part.toLowerCase()))) continue
  console.error(`${title} …`)
  console.log(`## ${title}\n\n${await make(folder)}\n`)
}
