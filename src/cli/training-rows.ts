import { existsSync } from 'node:fs'
import type { Catalog } from '../catalog/catalog.ts'
import type { DecisionId } from '../domain/decision.ts'
import type { DecisionLog, DecisionSources } from '../learning/outcomes/decision-log.ts'
import { describeFault } from '../learning/outcomes/fault.ts'
import { formatNames } from '../learning/outcomes/formats/index.ts'
import { asWritten, type ScoreReading } from '../learning/outcomes/formats/row-format.ts'
import type { OutcomeRow } from '../learning/outcomes/outcome-row.ts'
import { outcomesOfPreference, type PreferenceRow } from '../learning/outcomes/preference-row.ts'
import { type ReadResult, readOutcomes } from '../learning/outcomes/read-outcomes.ts'
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts'
import { StoreError } from '../storage/store-error.ts'
import { UserError } from './command.ts'
import type { Progress } from './progress.ts'

/** How the files that are trained on are to be read. */
export type ReadingFlags = {
  readonly format?: string
  readonly scoreRange?: string
  readonly lowerIsBetter?: boolean
  readonly feedback?: string
  readonly prompts?: string
  readonly skipBad?: boolean
  readonly split: string
}

export type TrainingRows = {
  readonly rows: readonly OutcomeRow[]
  /** Those of the split that are among `rows` as outcomes. */
  readonly preferences: readonly PreferenceRow[]
  readonly notes: readonly string[]
}

/** The rows of the files; their faults are thrown as a `UserError`. */
export async function readChecked(
  paths: readonly string[],
  flags: Omit<ReadingFlags, 'split'>,
  progress: Progress,
  decisions?: DecisionSources,
): Promise<Extract<ReadResult, { kind: 'read' }>> {
  const read = await readOutcomes(paths, {
    skipBad: flags.skipBad === true,
    format: checkedFormat(flags.format),
    scores: scoreReading(flags),
    ...(decisions && { decisions }),
    onFile: (path, rows) => progress.step(`read ${rows} rows of ${path}`, 1, 1),
  })
  if (read.kind === 'faulty') throw faultsError(read)
  return read
}

/** Rows of the split to train on; preferences among them as outcomes. What a person can mend is thrown as a `UserError`. */
export async function readTrainingRows(
  paths: readonly string[],
  flags: ReadingFlags,
  progress: Progress,
): Promise<TrainingRows> {
  const read = await readChecked(paths, flags, progress, decisionSources(flags))
  const { preferences } = read
  const all = [...read.rows, ...preferences.map(outcomesOfPreference)]
  const rows = all.filter(({ split }) => split === flags.split)
  if (rows.length === 0) {
    const splits = [...new Set(all.map(({ split }) => split))].sort().join(', ')
    throw new UserError(
      `No row has the split ${flags.split}. Name one that is there with --split: ${splits}.`,
    )
  }
  const compared =
    preferences.length === 0
      ? []
      : [
          `${preferences.length} rows are preferences: a win counts as 1, a defeat as 0, at a lower weight than graded answers.`,
        ]
  return {
    rows,
    preferences: preferences.filter(({ split }) => split === flags.split),
    notes: [...read.notes, ...compared],
  }
}

export function faultsError({
  faults,
  more,
}: Omit<Extract<ReadResult, { kind: 'faulty' }>, 'kind'>): UserError {
  const lines = faults.map(describeFault)
  if (more > 0) lines.push(`… and ${more} more.`)
  return new UserError(lines.join('\n'))
}

export function checkedFormat(format: string | undefined): string | undefined {
  if (format === undefined || formatNames.includes(format)) return format
  throw new UserError(`--format ${format} is none that is known. Write one of ${formatNames.join(', ')}.`)
}

export function scoreReading({
  scoreRange,
  lowerIsBetter = false,
}: Pick<ReadingFlags, 'scoreRange' | 'lowerIsBetter'>): ScoreReading {
  if (scoreRange === undefined) return { ...asWritten, lowerIsBetter }
  const ends = scoreRange.split(',').map((end) => (end.trim() === '' ? Number.NaN : Number(end)))
  const [least, most] = ends
  if (ends.length === 2 && Number.isFinite(least) && Number.isFinite(most) && least! < most!)
    return { range: [least!, most!], lowerIsBetter }
  throw new UserError(
    `--score-range ${scoreRange} is no range. Write the lowest and the highest score, such as 1,10.`,
  )
}

const decisionSources = ({ feedback, prompts }: ReadingFlags): DecisionSources => ({
  open: openLog,
  feedback: feedback ?? null,
  prompts: prompts ?? null,
})

async function openLog(path: string): Promise<DecisionLog> {
  // Opening a store makes it where it is not.
  if (!existsSync(path)) throw new UserError(`There is no decision log at ${path}.`)
  try {
    const store = await openSqliteStore({ path })
    return { find: (id) => store.decision(id as DecisionId), close: store.close }
  } catch (error) {
    throw error instanceof StoreError ? new UserError(error.message) : error
  }
}

/** Null for a name that the catalogue knows, by id, vendor's name or alias. */
export function closestTo(catalog: Catalog, name: string): readonly string[] | null {
  const found = catalog.find(name)
  return found.kind === 'unknown' ? found.closest : null
}
