import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { faultsText } from '../config/faults.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { loadConfig } from '../config/load.ts'
import type { ResolvedConfig } from '../config/resolved.ts'
import type { Surroundings } from '../config/surroundings.ts'
import { sinceTime } from '../domain/since.ts'
import { gradedFrom } from '../learning/off-policy/graded-decision.ts'
import { openStore } from '../storage/open-store.ts'
import { parseStorage } from '../storage/storage-settings.ts'
import type { Store, StoredDecision } from '../storage/store.ts'
import { type CliCommand, UserError } from './command.ts'
import { createProgress, type Progress, silent } from './progress.ts'
import { type Replay, replayLog } from './replay-log.ts'
import { replayedPolicies } from './replay-policy.ts'
import { replayText } from './replay-report.ts'

export type ReplayFlags = {
  readonly policy: string
  readonly config?: string
  readonly db?: string
  readonly since?: string
  readonly of?: string
  readonly against?: string
  readonly metric: string
  readonly limit: string
  readonly json?: boolean
}

export const replayCommand: CliCommand = (program) => {
  program
    .command('replay')
    .description('what a policy would have cost, and how good it would have been, by the decision log')
    .requiredOption('--policy <name>', 'the policy to evaluate; it need never have served')
    .option('-c, --config <file>', 'configuration file that has the policy')
    .option('--db <path>', 'the decision log (a file or postgres://…); without it, that of the configuration')
    .option('--since <time>', 'a span such as 7d, or a date; everything without it')
    .option('--of <name>', 'only decisions that this policy made')
    .option('--against <name>', 'a policy to compare it with, beside what the log did')
    .option('--metric <name>', 'the metric of feedback that is quality', 'quality')
    .option('--limit <count>', 'the most decisions to read, newest first', '20000')
    .option('--json', 'print JSON')
    .action(async (flags: ReplayFlags) => {
      const progress = createProgress(process.stderr)
      const surroundings = builtInSurroundings()
      const context = { directory: process.cwd(), surroundings, now: new Date(), progress }
      console.log(await replay(flags, context))
    })
}

export type ReplayContext = {
  readonly directory: string
  readonly surroundings: Surroundings
  readonly now: Date
  readonly progress?: Progress
}

/** @throws UserError where the flags, the configuration or the log leave nothing to evaluate */
export async function replay(flags: ReplayFlags, context: ReplayContext): Promise<string> {
  const { progress = silent } = context
  const config = await configOf(flags, context)
  const since = flags.since === undefined ? null : sinceOf(flags.since, context.now)
  const limit = limitOf(flags.limit)
  const policies = await replayedPolicies(config, flags.policy, flags.against ?? null)
  const store = await storeOf(flags, config, context)
  let found: Replay
  try {
    const stored = await read(store, { since, policy: flags.of ?? null, limit }, progress)
    if (stored.length === 0) throw new UserError(nothingThere(flags))
    found = replayLog(await gradedFrom(store, stored, flags.metric), policies, progress)
  } finally {
    progress.finish()
    await store.close()
  }
  return flags.json ? JSON.stringify({ since, ...found }, null, 2) : replayText(found)
}

const nothingThere = ({ since, of }: ReplayFlags): string =>
  `There are no decisions${of === undefined ? '' : ` of ${of}`}${since === undefined ? '' : ` since ${since}`} in the log. Look further back with --since, or name another log with --db.`

async function configOf(
  { config: file }: ReplayFlags,
  { directory, surroundings }: ReplayContext,
): Promise<ResolvedConfig> {
  const result = await loadConfig({ file: file ?? null, directory, surroundings })
  if (result.kind === 'faulty') throw new UserError(faultsText(result.file, result.faults))
  return result.config
}

function sinceOf(text: string, now: Date): string {
  const time = sinceTime(text, now)
  if (time === null)
    throw new UserError(
      `--since ${text} is not a time. Write a span such as 30m, 24h or 7d, or a date such as 2026-03-01.`,
    )
  return time
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UserError(`--limit ${text} is no number of decisions. Write one from 1 to 9999999.`)
}

async function storeOf(
  { db }: ReplayFlags,
  { storage, file }: ResolvedConfig,
  { directory }: ReplayContext,
): Promise<Store> {
  const settings = db === undefined ? storage : parseStorage(db, directory)
  if (settings.kind === 'faulty') throw new UserError(`--db: ${settings.message}`)
  if (settings.kind === 'sqlite' && !existsSync(settings.path))
    throw new UserError(
      `There is no decision log at ${settings.path}${db === undefined && file !== null ? ` (named in ${dirname(file)})` : ''}. Name one with --db, or send a request to \`fairlead serve\` first.`,
    )
  return openStore(settings)
}

/** Decisions of one page: a log may be larger than what one answer of a database should hold. */
const pageSize = 2_000

async function read(
  store: Store,
  filter: { readonly since: string | null; readonly policy: string | null; readonly limit: number },
  progress: Progress,
): Promise<readonly StoredDecision[]> {
  const found: StoredDecision[] = []
  for (;;) {
    const last = found.at(-1)?.decision
    const page = await store.decisions({
      ...filter,
      limit: Math.min(pageSize, filter.limit - found.length),
      ...(last && { after: { time: last.time, id: last.id } }),
    })
    found.push(...page)
    progress.step('reading the log', found.length, filter.limit)
    if (page.length < pageSize || found.length >= filter.limit) return found
  }
}
