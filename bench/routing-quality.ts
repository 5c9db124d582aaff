/**
 * The tables of docs/routing-quality.md, in Markdown, from a folder of outcome sets.
 * `npm run bench:routing-quality -- FOLDER`
 */
import { mmluProTable } from './routing-quality/mmlu-pro.ts'
import { routeLlmTable } from './routing-quality/routellm.ts'
import { setTables } from './routing-quality/sets.ts'
import { stabilityTable } from './routing-quality/stability.ts'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Name the folder that holds the outcome sets.')
  process.exit(1)
}

const sections: readonly (readonly [string, (folder: string) => Promise<string>])[] = [
  ['Sets', setTables],
  ["RouteLLM's benchmark", routeLlmTable],
  ['MMLU-Pro, five models', mmluProTable],
  ['Stability', stabilityTable],
]
for (const [title, make] of sections) {
  console.error(`${title} …`)
  console.log(`## ${title}\n\n${await make(folder)}\n`)
}
