import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from './fault.ts'
import { LineTooLong, readLines } from './lines.ts'
import type { OutcomeRow } from './outcome-row.ts'
import { parseRow } from './parse-row.ts'

export type ReadOptions = {
  /** Reads past bad lines, cut files and files of another kind, and counts them in the notes. */
  readonly skipBad?: boolean
  /** Called after each file. */
  readonly onFile?: (path: string, rows: number) => void
}

export type ReadResult =
  | { readonly kind: 'read'; readonly rows: readonly OutcomeRow[]; readonly notes: readonly string[] }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[]; readonly more: number }

/** Above this share of bad lines the file is not one with a slip here and there, and is refused all the same. */
const maxSkippedShare = 0.1
const faultsKept = 20

/** What has been read so far, over all files. */
type Reading = {
  readonly rows: OutcomeRow[]
  /** Where each id was first seen. */
  readonly seen: Map<string, string>
  readonly faults: Fault[]
  faultCount: number
  readonly notes: string[]
}

/** Rows of outcome files (`.jsonl`, `.jsonl.gz`) and of folders of them. */
export async function readOutcomes(paths: readonly string[], options: ReadOptions = {}): Promise<ReadResult> {
  const reading: Reading = { rows: [], seen: new Map(), faults: [], faultCount: 0, notes: [] }
  const files = new Set<string>()
  for (const path of paths) for (const file of await filesOf(path, reading)) files.add(file)
  for (const file of files) {
    const before = reading.rows.length
    await readFile(file, reading, options.skipBad === true)
    options.onFile?.(file, reading.rows.length - before)
  }
  if (reading.rows.length === 0 && reading.faultCount === 0) {
    addFault(reading, {
      path: paths.join(', '),
      line: null,
      problem: 'holds no row of outcomes',
      remedy: ['Give a file or folder with rows that have `prompt` and `outcomes`.', ...reading.notes].join(
        ' ',
      ),
    })
  }
  if (reading.faultCount > 0) {
    return { kind: 'faulty', faults: reading.faults, more: reading.faultCount - reading.faults.length }
  }
  return { kind: 'read', rows: reading.rows, notes: reading.notes }
}

function addFault(reading: Reading, fault: Fault): void {
  reading.faultCount++
  if (reading.faults.length < faultsKept) reading.faults.push(fault)
}

const isOutcomeFile = (name: string): boolean => /\.jsonl(\.gz)?$/.test(name)

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
    problem: 'has no .jsonl or .jsonl.gz file in it',
    remedy:
      folders.length > 0
        ? `Give one or more of its folders: ${folders.sort().slice(0, 20).join(', ')}.`
        : 'Give a folder with outcome files.',
  })
  return []
}

/** What went wrong while reading one file. */
type FileTally = { lines: number; bad: Fault[]; badCount: number; whole: Fault | null }

async function readFile(path: string, reading: Reading, skipBad: boolean): Promise<void> {
  const tally: FileTally = { lines: 0, bad: [], badCount: 0, whole: null }
  try {
    for await (const { number, text } of readLines(path)) {
      if (text.trim() === '') continue
      tally.lines++
      readLine(path, number, text, reading, tally)
      if (tally.whole) break
    }
  } catch (error) {
    tally.whole = readFault(path, error, tally.lines)
  }
  if (tally.lines === 0 && !tally.whole) {
    const remedy = 'Leave it out, or write it again.'
    tally.whole = { path, line: null, problem: 'is empty', remedy }
  }
  settle(path, tally, reading, skipBad)
}

function readLine(path: string, line: number, text: string, reading: Reading, tally: FileTally): void {
  const parsed = parseRow(text)
  if (parsed.kind === 'not-outcomes') {
    tally.whole = { path, line: null, problem: parsed.problem, remedy: parsed.remedy }
    return
  }
  if (parsed.kind === 'row') {
    const first = reading.seen.get(parsed.row.id)
    if (first === undefined) {
      reading.seen.set(parsed.row.id, `${path}:${line}`)
      reading.rows.push(parsed.row)
      return
    }
    const problem = `repeats the id ${parsed.row.id} of ${first}`
    addBad(tally, { path, line, problem, remedy: 'Give each row an id of its own, or each file once.' })
    return
  }
  addBad(tally, { path, line, problem: parsed.problem, remedy: parsed.remedy })
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

function readFault(path: string, error: unknown, lines: number): Fault {
  if (error instanceof LineTooLong) {
    const remedy = 'This is no JSON Lines file of outcomes: write one row per line.'
    return { path, line: error.line, problem: 'is too long', remedy }
  }
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'Z_BUF_ERROR') {
    const problem = `is cut short: the gzip stream ends after ${lines} whole rows`
    return { path, line: null, problem, remedy: 'Fetch or write the file again.' }
  }
  if (typeof code === 'string' && code.startsWith('Z_')) {
    const problem = `is not a sound gzip file (${(error as Error).message})`
    return { path, line: null, problem, remedy: 'Fetch or write the file again.' }
  }
  if (code !== undefined) {
    return { path, line: null, problem: `cannot be read (${code})`, remedy: 'Check the path and its rights.' }
  }
  throw error
}
