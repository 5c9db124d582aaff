/**
 * How often the tools that a request needs are among those that are kept of it, and what dropping the others saves; writes its
 * tables into docs/tool-routing.md. `npm run bench:tool-selection -- [--print] [--fit] [--categories] FOLDER`; FOLDER holds the
 * outcome sets. `--fit` prints the weights of the fusion and ends; `--categories` measures instead whether models are chosen
 * better by kind of tool call, which takes a quarter of an hour.
 */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { percent } from '../src/cli/table.ts'
import { seededDraw } from '../src/domain/random.ts'
import { loadRouter } from '../src/gateway/load-routers.ts'
import type { TextEmbedder } from '../src/domain/strategy.ts'
import type { Interval } from '../src/learning/evaluation/bootstrap.ts'
import { textEmbedder } from '../src/signals/text-embedder.ts'
import { withTable } from './tool-selection/page.ts'
import { bfclCases } from './tool-selection/bfcl-cases.ts'
import { categoryTable } from './tool-selection/category-choice.ts'
import { conversationTable } from './tool-selection/conversations.ts'
import type { Catalogue } from './tool-selection/described.ts'
import { everyday } from './tool-selection/everyday-catalogue.ts'
import { fitFusion } from './tool-selection/fit-fusion.ts'
import { mcpServers } from './tool-selection/mcp-servers.ts'
import { measure, type MethodFigures } from './tool-selection/measure.ts'
import { among, mergedCatalogues } from './tool-selection/merge.ts'
import { timeTable } from './tool-selection/times.ts'
import { workplace } from './tool-selection/workplace-catalogue.ts'

const seed = 'tool selection'
const pagePath = join(import.meta.dirname, '..', 'docs', 'tool-routing.md')
const bars = [0.97, 0.9] as const

async function main(folder: string): Promise<void> {
  const { signals } = await loadRouter(null)
  const newEmbedder = () => textEmbedder(signals, 'built-in')
  if (flags.fit) {
    console.log(fitFusion(workplace, newEmbedder()))
    return
  }
  const parts = flags.categories
    ? { categories: await categoryTable(folder, '1') }
    : await selectionTables(folder, newEmbedder)
  console.log(Object.values(parts).join('\n\n'))
  if (flags.print) return
  let page = await readFile(pagePath, 'utf8')
  for (const [name, text] of Object.entries(parts)) page = withTable(page, name, text)
  await writeFile(pagePath, page)
  console.error(`Wrote ${pagePath}.`)
}

async function selectionTables(
  folder: string,
  newEmbedder: () => TextEmbedder,
): Promise<Readonly<Record<string, string>>> {
  const embedder = newEmbedder()
  const cases = await bfclCases(folder)
  const draw = seededDraw(seed)
  const strangers = cases.flatMap(({ tools }) => tools)
  const servers = await mcpServers()
  const sets: readonly (readonly [string, readonly Catalogue[]])[] = [
    ['bfcl, 50 tools', mergedCatalogues(cases, 50, draw)],
    ['bfcl, 200 tools', mergedCatalogues(cases, 200, draw)],
    ['everyday, 60 tools', [everyday]],
    ['everyday, among 200', [among(everyday, strangers, 200, draw)]],
    ['MCP servers, 36 tools', [servers]],
    ['MCP servers, among 200', [among(servers, strangers, 200, draw)]],
  ]
  const measured = sets.map(([name, catalogues]) => ({ name, figures: measure(catalogues, embedder, seed) }))
  return {
    recall: recallTable(measured),
    conversations: conversationTable(sets, embedder),
    times: timeTable(sets, newEmbedder),
  }
}

type Measured = { readonly name: string; readonly figures: readonly MethodFigures[] }

function recallTable(measured: readonly Measured[]): string {
  const head = [
    '| catalogue | requests | by | recall at half | at a quarter | all of theirs at half | at a quarter | tokens of tools saved at half | at a quarter |',
    '|---|---|---|---|---|---|---|---|---|',
  ]
  const rows = measured.flatMap(({ name, figures }) =>
    figures.map(({ name: method, requests, at }) => {
      const recalls = at.map(({ recall }, place) => marked(recall, method === 'hybrid' ? bars[place]! : null))
      const wholes = at.map(({ whole }) => percent(whole.value))
      return `| ${[name, requests, method, ...recalls, ...wholes, ...at.map(({ tokensSaved }) => percent(tokensSaved))].join(' | ')} |`
    }),
  )
  return [...head, ...rows].join('\n')
}

function marked({ value, low, high }: Interval, bar: number | null): string {
  const figure = `${percent(value)} (${percent(low)} to ${percent(high)})`
  return bar !== null && value < bar ? `${figure}, **below the bar of ${percent(bar, 0)}**` : figure
}

const {
  values: flags,
  positionals: [folder],
} = parseArgs({
  allowPositionals: true,
  options: {
    print: { type: 'boolean', default: false },
    fit: { type: 'boolean', default: false },
    categories: { type: 'boolean', default: false },
  },
})
if (folder === undefined) {
  console.error('Name the folder that holds the outcome sets, of which `bfcl` is read.')
  process.exit(1)
}
await main(folder)
