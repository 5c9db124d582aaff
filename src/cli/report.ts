import { builtInSurroundings } from '../config/built-in.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Surroundings } from '../config/surroundings.ts'
import type { Model } from '../domain/model.ts'
import { sinceTime } from '../domain/since.ts'
import { type CliCommand, UserError } from './command.ts'
import { storeOf } from './open-store.ts'
import { readSaving } from '../gateway/admin/report.ts'
import { spendGroupings, type Store } from '../storage/store.ts'
import { groupingOption, type SpendingReport, spendingText } from './report-spending.ts'
import { readReport } from './report-figures.ts'
import { reportText } from './report-text.ts'

/** `24h`, `30m`, `7d`, `2w`, or a date as ISO 8601 writes it. @throws UserError */
export function sinceOption(text: string, now: Date): string {
  const since = sinceTime(text, now)
  if (since !== null) return since
  throw new UserError(
    `--since ${text} is not a time. Write a span such as 30m, 24h or 7d, or a date such as 2026-03-01.`,
  )
}

type ReportFlags = {
  since?: string
  config?: string
  by?: string
  policy?: string
  baseline?: string
  db?: string
  json?: boolean
  decisions: string
}

export const reportCommand: CliCommand = (program) => {
  program
    .command('report')
    .description('what was decided, and what it cost')
    .option('--since <time>', 'a span such as 24h, or a date; everything without it')
    .option('--db <path>', 'the decision log; without it, the one that the configuration names')
    .option('-c, --config <file>', 'configuration file')
    .option('--by <what>', `one row for each ${spendGroupings.join(', ')}, and what was saved`)
    .option('--policy <name>', 'with --by: decisions of one policy')
    .option(
      '--baseline <model>',
      'with --by: the model that the cost is compared with; the best one, if left out',
    )
    .option('--decisions <count>', 'how many of the last decisions to list', '10')
    .option('--json', 'print JSON')
    .action(async (flags: ReportFlags) => {
      const surroundings = builtInSurroundings()
      console.log(await report(flags, { directory: process.cwd(), surroundings, now: new Date() }))
    })
}

type ReportContext = { readonly directory: string; readonly surroundings: Surroundings; readonly now: Date }

export async function report(
  flags: ReportFlags,
  { directory, surroundings, now }: ReportContext,
): Promise<string> {
  const decisions = wholeNumber(flags.decisions)
  const since = flags.since === undefined ? null : sinceOption(flags.since, now)
  const { store, config } = await storeOf(flags, { directory, surroundings })
  try {
    if (flags.by !== undefined) return await bySpending(store, config.models, since, flags)
    const found = await readReport(store, { since, decisions }, comparableModels(config))
    return flags.json ? JSON.stringify(found, null, 2) : reportText(found)
  } finally {
    await store.close()
  }
}

async function bySpending(
  store: Store,
  models: readonly Model[],
  since: string | null,
  { by, policy, baseline, json }: Partial<ReportFlags>,
): Promise<string> {
  const grouping = groupingOption(by ?? 'policy')
  const filter = { since, policy: policy ?? null }
  const found: SpendingReport = {
    by: grouping,
    since,
    rows: await store.spending(filter, grouping),
    saving: await readSaving(store, { ...filter, limit: 1_000 }, models, baseline ?? null),
  }
  return json ? JSON.stringify(found, null, 2) : spendingText(found)
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UserError(`--decisions ${text} is not a whole number. Write one such as 10, or 0 for none.`)
}

/** A log may hold simulated traffic from before there was a key. */
const comparableModels = ({ models, catalog }: ResolvedConfig): readonly Model[] => [
  ...models.filter(({ simulated }) => !simulated),
  ...catalog.list().flatMap(({ model }) => (model.simulated ? [model] : [])),
]
