import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type DecisionSources, readDecisionLog } from './decision-log.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Fault } from './fault.ts'
import { decisionLogFormat, rowFormats } from './formats/index.ts'
import { outcomeRows } from './formats/outcome-rows.ts'
import { asWritten, type Fields, type RowFormat, type ScoreReading } from './formats/row-format.ts'
import type { OutcomeRow } from './outcome-row.ts'
import type { PreferenceRow } from './preference-row.ts'
import { readFault } from './read-fault.ts'
import { isSqlite, readRecords } from './records.ts'
import { type Kept, keeping, type RowSample } from './row-sample.ts'

export type ReadOptions = {
  /** Reads past bad lines, cut files and files of another kind, and counts them in the notes. */
  readonly skipBad?: boolean
  /** One of `formatNames`; without it each file's content tells. */
  readonly format?: string | undefined
  readonly scores?: ScoreReading
  readonly decisions?: DecisionSources
  /** Keeps no more rows than this, drawn by the seed and their ids: the same whatever order they stand in. */
  readonly sample?: RowSample
  /** Reads no more lines of each file than this, and of a folder the first file that has any. */
  readonly first?: number
  /** Called after each file. */
  readonly onFile?: (path: string, rows: number) => void
  /** Called now and then with the rows of outcomes found so far. */
  readonly onRows?: (rows: number) => void
}

export type ReadResult =
  | {
      readonly kind: 'read'
      readonly rows: readonly OutcomeRow[]
      readonly preferences: readonly PreferenceRow[]
      /** Rows and preferences that there are, kept or not. */
      readonly found: number
      readonly notes: readonly string[]
    }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[]; readonly more: number }

/** Above this share of bad lines the file is not one with a slip here and there, and is refused all the same. */
const maxSkippedShare = 0.1
const faultsKept = 20
const tellEvery = 1_000

/** What has been read so far, over all files. */
type Reading = {
  readonly rows: Kept<OutcomeRow>
  readonly preferences: Kept<PreferenceRow>
  /** Where each id was first seen. */
  readonly seen: Map<string, string>
  readonly faults: Fault[]
  faultCount: number
  readonly notes: string[]
}

/** Rows of files (each in one of the formats of `formats/`, or a decision log) and of folders of them. */
export async function readOutcomes(paths: readonly string[], options: ReadOptions = {}): Promise<ReadResult> {
  const reading: Reading = {
    rows: keeping(options.sample ?? null),
    preferences: keeping(options.sample ?? null),
    seen: new Map(),
    faults: [],
    faultCount: 0,
    notes: [],
  }
  const files = new Set<string>()
  for (const path of paths) for (const file of await filesOf(path, reading)) files.add(file)
  const count = () => reading.rows.found() + reading.preferences.found()
  for (const file of files) {
    const before = count()
    await readFile(file, reading, options)
    options.onFile?.(file, count() - before)
    if (options.first !== undefined && count() > 0) break
  }
  if (count() === 0 && reading.faultCount === 0) addFault(reading, nothingRead(paths, reading.notes))
  if (reading.faultCount > 0) {
    return { kind: 'faulty', faults: reading.faults, more: reading.faultCount - reading.faults.length }
  }
  return {
    kind: 'read',
    rows: reading.rows.rows(),
    preferences: reading.preferences.rows(),
    found: count(),
    notes: reading.notes,
  }
}

const nothingRead = (paths: readonly string[], notes: readonly string[]): Fault => ({
  path: paths.join(', '),
  line: null,
  problem: 'holds no row of outcomes',
  remedy: ['Give a file or folder with rows that have `prompt` and `outcomes`.', ...notes].join(' '),
})

function addFault(reading: Reading, fault: Fault): void {
  reading.faultCount++
  if (reading.faults.length < faultsKept) reading.faults.push(fault)
}

const isOutcomeFile = (name: string): boolean => /\.(jsonl|csv|tsv)(\.gz)?$/.test(name)

async function filesOf(path: string, reading: Reading): Promise<string[]> {
  let isFolder: boolean
  try {
    isFolder = (await stat(path)).isDirectory()
  } catch {
    const remedy = 'Check the path; it is taken from the folder you are in.'
    addFault(reading, { path, line: null, problem: 'is not there, or may not be read', remedy })
    return []
  }
  if (!isFolder) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && isOutcomeFile(entry.name)).map(({ name }) => name)
  if (files.length > 0) return files.sort().map((name) => join(path, name))
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  addFault(reading, {
    path,
    line: null,
    problem: 'has no .jsonl, .csv or .tsv file in it (.gz or not)',
    remedy:
      folders.length > 0
        ? `Give one or more of its folders: ${folders.sort().slice(0, 20).join(', ')}.`
        : 'Give a folder with outcome files.',
  })
  return []
}

/** What went wrong while reading one file. */
type FileTally = { lines: number; bad: Fault[]; badCount: number; whole: Fault | null }

async function readFile(path: string, reading: Reading, options: ReadOptions): Promise<void> {
  const tally: FileTally = { lines: 0, bad: [], badCount: 0, whole: null }
  try {
    if (options.format === decisionLogFormat || (options.format === undefined && (await isSqlite(path)))) {
      await readLog(path, reading, tally, options.decisions ?? null)
    } else await readRows(path, reading, tally, options)
  } catch (error) {
    tally.whole = readFault(path, error, tally.lines)
  }
  if (tally.lines === 0 && !tally.whole) {
    const remedy = 'Leave it out, or write it again.'
    tally.whole = { path, line: null, problem: 'is empty', remedy }
  }
  settle(path, tally, reading, options.skipBad === true)
}

async function readLog(
  path: string,
  reading: Reading,
  tally: FileTally,
  sources: DecisionSources | null,
): Promise<void> {
  const { rows, faults, notes } = await readDecisionLog(path, sources)
  tally.lines = rows.length + faults.length
  for (const fault of faults) addBad(tally, fault)
  reading.notes.push(...notes)
  for (const row of rows) keep(reading.rows, row, { path, line: null }, reading, tally)
}

async function readRows(
  path: string,
  reading: Reading,
  tally: FileTally,
  options: ReadOptions,
): Promise<void> {
  const dataset = basename(path).replace(/\.(jsonl|csv|tsv)(\.gz)?$/, '')
  let format = rowFormats.find(({ name }) => name === options.format)
  for await (const record of readRecords(path)) {
    if (options.first !== undefined && tally.lines >= options.first) return
    tally.lines++
    if (tally.lines % tellEvery === 0) options.onRows?.(reading.rows.found() + reading.preferences.found())
    const { line } = record
    if (record.kind === 'bad') {
      addBad(tally, { path, line, problem: record.problem, remedy: record.remedy })
      continue
    }
    format ??= formatOf(record.fields)
    const parsed = format.parse(record.fields, { path, line, dataset }, options.scores ?? asWritten)
    switch (parsed.kind) {
      case 'row':
        keep(reading.rows, parsed.row, { path, line }, reading, tally)
        break
      case 'preference':
        keep(reading.preferences, parsed.row, { path, line }, reading, tally)
        break
      case 'bad':
        addBad(tally, { path, line, problem: parsed.problem, remedy: parsed.remedy })
        break
      case 'not-outcomes':
        tally.whole = { path, line: null, problem: parsed.problem, remedy: parsed.remedy }
        return
      default:
        unreachable(parsed)
    }
  }
}

/** A file that looks like none is read as outcome rows, whose faults say what such a row must have. */
const formatOf = (fields: Fields): RowFormat =>
  rowFormats.find(({ recognises }) => recognises(Object.keys(fields))) ?? outcomeRows

function keep<Row extends { readonly id: string }>(
  rows: Kept<Row>,
  row: Row,
  { path, line }: { readonly path: string; readonly line: number | null },
  { seen }: Reading,
  tally: FileTally,
): void {
  const first = seen.get(row.id)
  if (first !== undefined) {
    const problem = `repeats the id ${row.id} of ${first}`
    addBad(tally, { path, line, problem, remedy: 'Give each row an id of its own, or each file once.' })
    return
  }
  seen.set(row.id, line === null ? path : `${path}:${line}`)
  rows.add(row)
}

function addBad(tally: FileTally, fault: Fault): void {
  tally.badCount++
  if (tally.bad.length < faultsKept) tally.bad.push(fault)
}

/** Turns a file's tally into faults, or, when asked to skip, into notes. */
function settle(path: string, tally: FileTally, reading: Reading, skipBad: boolean): void {
  const { whole, bad, badCount, lines } = tally
  const tooMany = badCount > maxSkippedShare * lines
  if (skipBad && !tooMany) {
    if (whole) reading.notes.push(`Skipped the rest of ${path}: it ${whole.problem}.`)
    if (badCount > 0) {
      const first = bad[0]!
      reading.notes.push(
        `Skipped ${badCount} of ${lines} lines of ${path}; the first is line ${first.line}: ${first.problem}.`,
      )
    }
    return
  }
  if (whole) addFault(reading, whole)
  for (const fault of bad) addFault(reading, fault)
  reading.faultCount += badCount - bad.length
}
