import type { Command } from 'commander'
import {
  CalibrationError,
  calibrationHistory,
  type CalibrationVersion,
  rollBackCalibration,
} from '../gateway/learning/correction/state.ts'
import {
  learntHistory,
  LearningError,
  type LearntVersion,
  rollBackLearnt,
  versionKind,
} from '../gateway/learning/versions.ts'
import type { Store } from '../storage/store.ts'
import { type CliCommand, UserError } from './command.ts'
import { type StoreFlags, storeOf } from './open-store.ts'
import { dollars, table } from './table.ts'

type Flags = StoreFlags & {
  readonly json?: boolean
  readonly correction?: boolean
  readonly limit?: string
}

export const policiesCommand: CliCommand = (program) => {
  const policies = program
    .command('policies')
    .description('what policies have learnt: its versions, and back to an earlier one')
  withStore(
    policies
      .command('history')
      .description('versions with their numbers, and which of them is live')
      .argument('[name]', 'a policy; without it, the newest version of each')
      .option('--correction', 'of the correction of predictions instead')
      .option('--limit <count>', 'how many versions', '20'),
  ).action((name: string | undefined, flags: Flags) =>
    print(flags, (store) => history(store, name ?? null, flags)),
  )
  withStore(
    policies
      .command('rollback')
      .description('go back to an earlier version; gateways that run take it up within seconds')
      .argument('[name]', 'a policy')
      .argument('[version]', 'without it, the one before that which is live')
      .option('--correction', 'of the correction of predictions instead, which needs no name'),
  ).action((name: string | undefined, version: string | undefined, flags: Flags) =>
    print(flags, (store) => rollBack(store, name ?? null, version ?? null, flags, new Date())),
  )
}

const withStore = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'configuration file')
    .option('--db <path>', 'the SQLite file, where it is not the configuration’s')
    .option('--json', 'print JSON')

async function print(flags: StoreFlags, work: (store: Store) => Promise<string>): Promise<void> {
  const { store } = await storeOf(flags)
  try {
    console.log(await work(store))
  } finally {
    await store.close()
  }
}

type HistoryFlags = Pick<Flags, 'json' | 'correction' | 'limit'>

export async function history(
  store: Pick<Store, 'documents' | 'documentHistory'>,
  name: string | null,
  { json, correction, limit: written = '20' }: HistoryFlags,
): Promise<string> {
  const limit = wholeNumber(written, '--limit')
  if (correction) {
    const versions = await calibrationHistory(store, limit)
    if (json) return JSON.stringify(versions, null, 2)
    return versions.length === 0 ? 'No correction of predictions was ever made.' : correctionTable(versions)
  }
  if (name === null) return newestOfEach(store, json === true)
  const versions = await learntHistory(store, name, limit)
  if (json) return JSON.stringify(versions, null, 2)
  if (versions.length === 0)
    throw new UserError(
      `Nothing that ${name} has learnt was ever saved. Policies with the strategies linucb and thompson learn; \`fairlead policies history\` lists those that did.`,
    )
  return versionTable(versions)
}

async function newestOfEach(
  store: Pick<Store, 'documents' | 'documentHistory'>,
  json: boolean,
): Promise<string> {
  const names = (await store.documents(versionKind)).map(({ id }) => id)
  const newest = await Promise.all(
    names.map(async (policy) => ({ policy, versions: await learntHistory(store, policy, 1) })),
  )
  if (json) return JSON.stringify(newest, null, 2)
  if (newest.length === 0) return 'No policy has learnt anything yet.'
  const rows = newest.flatMap(({ policy, versions }) => versions.map((one) => [policy, ...cellsOf(one)]))
  return table([{ title: 'Policy' }, ...columns], rows)
}

const columns = [
  { title: 'Version', align: 'right' as const },
  { title: 'Saved' },
  { title: 'Why' },
  { title: 'Lessons', align: 'right' as const },
  { title: 'Mean quality', align: 'right' as const },
  { title: 'Since the last', align: 'right' as const },
  { title: 'Tried for', align: 'right' as const },
  { title: '' },
]

const versionTable = (versions: readonly LearntVersion[]): string => table(columns, versions.map(cellsOf))

function cellsOf({
  version,
  at,
  why,
  restoredFrom,
  lessons,
  meanQuality,
  window,
  exploration,
  live,
}: LearntVersion): string[] {
  return [
    String(version),
    at,
    restoredFrom === null ? why : `back to ${restoredFrom}`,
    String(Math.round(lessons)),
    meanQuality === null ? '-' : meanQuality.toFixed(3),
    window.meanQuality === null ? '-' : `${window.meanQuality.toFixed(3)} of ${Math.round(window.lessons)}`,
    exploration === null ? '-' : `${dollars(exploration.spentUsd)} of ${dollars(exploration.limitUsd)}`,
    live ? 'live' : '',
  ]
}

const correctionTable = (versions: readonly CalibrationVersion[]): string =>
  table(
    [
      { title: 'Version', align: 'right' },
      { title: 'Made' },
      { title: 'What' },
      { title: 'Serves' },
      { title: 'Because' },
    ],
    versions.map(({ version, at, why, live, canary, because, current }) => [
      String(version),
      at,
      why,
      [
        live === null ? 'none' : `fit ${live}`,
        ...(canary ? [`${canary.share * 100} % fit ${canary.version}`] : []),
      ].join(', ') + (current ? ' (now)' : ''),
      because,
    ]),
  )

export async function rollBack(
  store: Pick<Store, 'document' | 'documents' | 'documentHistory' | 'putDocument'>,
  name: string | null,
  version: string | null,
  { json, correction }: Pick<Flags, 'json' | 'correction'>,
  now: Date,
): Promise<string> {
  try {
    if (correction) {
      // There is no name before the version, though the command has a place for one.
      const wanted = version ?? name
      const done = await rollBackCalibration(
        store,
        wanted === null ? null : wholeNumber(wanted, 'The version'),
        now,
      )
      if (json) return JSON.stringify(done, null, 2)
      const serves = done.live === null ? 'predictions as they are' : `fit ${done.live}`
      return `The correction is back to ${serves}, as version ${done.version}. Gateways that run take it up within seconds.`
    }
    if (name === null) throw new UserError('Name the policy to roll back, or write --correction.')
    const done = await rollBackLearnt(
      store,
      name,
      version === null ? null : wholeNumber(version, 'The version'),
      now,
    )
    if (json) return JSON.stringify(done, null, 2)
    return `${name} is back to version ${done.restoredFrom}, as version ${done.version}. Gateways that run take it up within seconds.`
  } catch (error) {
    throw error instanceof LearningError || error instanceof CalibrationError
      ? new UserError(error.message)
      : error
  }
}

function wholeNumber(text: string, what: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UserError(`${what} ${text} is not a whole number above 0.`)
}
