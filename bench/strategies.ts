/**
 * What every strategy makes of the same simulated tasks, by the policy of its example; writes docs/strategies/README.md.
 * `npm run bench:strategies -- [--tasks 450] [--seed text] [--only name,name] [--print] [FOLDER]`; FOLDER holds outcome sets.
 */

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ResolvedConfig } from '../src/config/resolved.ts'
import { modelId } from '../src/domain/model.ts'
import type { Policy } from '../src/domain/policy.ts'
import { generateTasks } from '../src/providers/simulated/tasks/index.ts'
import { strategies } from '../src/strategies/index.ts'
import { cornersOf } from '../src/learning/evaluation/single-models.ts'
import { type Row, strategyTable, withPart } from './strategies-page.ts'
import { exampleOver, type ReplaySet, replayed, replaySets, servedAlone } from './strategies-replay.ts'
import { exampleConfig, oracleOf, periodBudget, servedBy, servedByModel } from './strategies-simulated.ts'

const root = join(import.meta.dirname, '..')
const pagePath = join(root, 'docs', 'strategies', 'README.md')

const {
  values: flags,
  positionals: [folder],
} = parseArgs({
  allowPositionals: true,
  options: {
    tasks: { type: 'string', default: '450' },
    seed: { type: 'string', default: 'strategies' },
    only: { type: 'string' },
    print: { type: 'boolean', default: false },
  },
})

const { seed } = flags
const tasks = generateTasks(seed, Number(flags.tasks))
const wanted = flags.only?.split(',') ?? strategies.map(({ name }) => name as string)

async function main(): Promise<void> {
  const simulated = await simulatedTable()
  const replays = folder === undefined ? null : await replayTables(folder)
  if (flags.print) {
    console.log([simulated, ...(replays === null ? [] : [replays])].join('\n\n'))
    return
  }
  const lines = strategies.map(({ name, summary }) => `- [${name}](${name}.md): ${summary}.`)
  let page = await readFile(pagePath, 'utf8')
  page = withPart(withPart(page, 'simulated', simulated), 'list', lines.join('\n'))
  if (replays !== null) page = withPart(page, 'replayed', replays)
  await writeFile(pagePath, page)
  console.error(`Wrote ${pagePath}.`)
}

/** The strategies that are wanted and have an example. */
const measurable = (): readonly { readonly name: string; readonly file: string }[] =>
  strategies.flatMap(({ name }) => {
    const file = join(root, 'examples', 'strategies', `${name}.yaml`)
    return wanted.includes(name) && existsSync(file) ? [{ name, file }] : []
  })

function policyOf({ policies }: ResolvedConfig, name: string): Policy {
  const policy = policies.find(({ strategy }) => strategy === name)
  if (!policy) throw new Error(`the example of ${name} has no policy of it`)
  return policy
}

async function simulatedTable(): Promise<string> {
  const { alone, strongest } = await baselines()
  const periodUsd = periodBudget(strongest.served)
  const rows: Row[] = []
  for (const { name, file } of measurable()) {
    console.error(`${name} …`)
    const config = await exampleConfig(file)
    const served = await servedBy(config, policyOf(config, name), tasks, seed, periodUsd)
    rows.push({ name, page: `${name}.md`, served })
  }
  const table = strategyTable([...alone, ...rows], strongest, seed)
  return `${tasks.length} tasks of seed \`${seed}\`.\n\n${table}`
}

async function replayTables(data: string): Promise<string> {
  const parts: string[] = []
  for (const set of await replaySets(data)) {
    console.error(`${set.name} …`)
    parts.push(await replayTable(set))
  }
  return parts.join('\n\n')
}

async function replayTable(set: ReplaySet): Promise<string> {
  const { fit, score } = set.prepared
  const served = servedAlone(set)
  const { cheapest, bestSingle } = cornersOf(fit)
  const single = (name: string, place: number): Row => ({ name, page: null, served: served[place]! })
  const best = single('best single', bestSingle)
  const rows: Row[] = [
    single('cheapest only', cheapest),
    best,
    { name: 'oracle', page: null, served: oracleOf(served) },
  ]
  const without = new Map<string, string[]>()
  for (const { name, file } of measurable()) {
    const config = await exampleOver(file, set)
    const result = replayed(config, policyOf(config, name), set)
    if (result.kind === 'served') rows.push({ name, page: `${name}.md`, served: result.served })
    else without.set(result.what, [...(without.get(result.what) ?? []), name])
  }
  return [
    `### ${set.name}`,
    `${score.rows.length} rows, ${score.pool.length} models; best single on the fit rows: ${score.pool[bestSingle]}; cheapest: ${score.pool[cheapest]}.`,
    strategyTable(rows, best, seed),
    ...[...without].map(([what, names]) => `Not replayed, since it ${what}: ${names.join(', ')}.`),
  ].join('\n\n')
}

/** The cheapest model alone, the strongest alone, and who knows beforehand which answers will be right. */
async function baselines(): Promise<{ readonly alone: readonly Row[]; readonly strongest: Row }> {
  const { models } = await exampleConfig(join(root, 'examples', 'strategies', 'utility.yaml'))
  const served = models.map((model) => servedByModel(model, tasks, seed))
  const of = (name: string, id: string): Row => ({
    name,
    page: null,
    served: served[models.findIndex((model) => model.id === modelId(id))]!,
  })
  const strongest = of('strongest only', 'simulated/frontier')
  const oracle = { name: 'oracle', page: null, served: oracleOf(served) }
  return { alone: [of('cheapest only', 'simulated/nano'), strongest, oracle], strongest }
}

await main()
