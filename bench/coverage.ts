/**
 * Whether 95 % intervals hold the truth in 95 % of simulated runs, watched at every value where that is the claim.
 * `npm run bench:coverage -- --group sequences` (or `experiments`, `off-policy`; all of them without it); `--runs 200` for a quick
 * look, `--only WORD` for some methods, `--write` to write the tables of docs/statistics.md.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createProgress } from '../src/cli/progress.ts'
import { table } from '../src/cli/table.ts'
import type { CoverageCase } from './coverage/case.ts'
import { experimentCases } from './coverage/experiment-cases.ts'
import { offPolicyCases } from './coverage/off-policy-cases.ts'
import { sequenceCases } from './coverage/sequence-cases.ts'

const page = join(import.meta.dirname, '..', 'docs', 'statistics.md')
const groups = ['sequences', 'experiments', 'off-policy'] as const

type Row = CoverageCase & { covered: number; missed: number; withheld: number }

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      group: { type: 'string' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
    },
  })
  const runs = Number(values.runs)
  const wanted = groups.filter((group) => values.group === undefined || values.group === group)
  if (wanted.length === 0 || !(runs >= 1))
    throw new Error(`--group is one of ${groups.join(', ')}; --runs a number`)
  for (const group of wanted) {
    const rows = measured(
      casesOf(group).filter(({ method }) => method.includes(values.only)),
      runs,
    )
    console.log(
      `${table(
        columns,
        rows.map((row) => cells(row, runs)),
      )}\n`,
    )
    const short = rows.filter((row) => row.missed > runs * 0.05)
    console.log(`${group}: ${rows.length} claims, ${runs} runs each; ${short.length} cover less than 95 %.\n`)
    if (values.write && values.only === '') writePage(group, rows, runs)
    if (short.length > 0) process.exitCode = 1
  }
}

function casesOf(group: CoverageCase['group']): readonly CoverageCase[] {
  switch (group) {
    case 'sequences':
      return sequenceCases
    case 'experiments':
      return experimentCases
    case 'off-policy':
      return offPolicyCases()
  }
}

function measured(cases: readonly CoverageCase[], runs: number): readonly Row[] {
  const progress = createProgress(process.stderr)
  const rows = blocks(cases).flatMap((block, place, all) => {
    const counted: Row[] = block.map((one) => ({ ...one, covered: 0, missed: 0, withheld: 0 }))
    // Run by run, so that cases over one simulated log share it.
    for (let run = 0; run < runs; run++) for (const row of counted) row[row.run(String(run))]++
    progress.step(block[0]!.method, place + 1, all.length)
    return counted
  })
  progress.finish()
  return rows
}

/** Cases that follow on each other over the same data. */
function blocks(cases: readonly CoverageCase[]): CoverageCase[][] {
  const found: CoverageCase[][] = []
  for (const one of cases) {
    const last = found.at(-1)
    const before = last?.at(-1)
    const alike = before?.group === one.group && before.outcomes === one.outcomes && before.size === one.size
    if (last && alike) last.push(one)
    else found.push([one])
  }
  return found
}

const columns = [
  { title: 'method' },
  { title: 'outcomes' },
  { title: 'size', align: 'right' as const },
  { title: 'looks' },
  { title: 'never beside the truth', align: 'right' as const },
  { title: 'no interval', align: 'right' as const },
  { title: 'of those given', align: 'right' as const },
]

function cells({ method, outcomes, size, looks, covered, missed, withheld }: Row, runs: number): string[] {
  const share = (part: number, whole: number) =>
    whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`
  return [
    method,
    outcomes,
    size,
    looks,
    share(runs - missed, runs),
    share(withheld, runs),
    share(covered, covered + missed),
  ]
}

function writePage(group: string, rows: readonly Row[], runs: number): void {
  const text = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- coverage: ${group} -->`, `<!-- end: ${group} -->`]
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`
  const lines = [
    `${runs.toLocaleString('en-US')} runs each.`,
    '',
    line(columns.map(({ title }) => title)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(cells(row, runs))),
  ]
  const [before, after] = [text.indexOf(begin), text.indexOf(end)]
  if (before < 0 || after < 0)
    throw new Error(`${page} has no place for the table: write ${begin} and ${end}`)
  writeFileSync(page, `${text.slice(0, before + begin.length)}\n${lines.join('\n')}\n${text.slice(after)}`)
}

main()
