import { open } from 'node:fs/promises'
import { csvRecords } from './csv.ts'
import type { Fields } from './formats/row-format.ts'
import { type Line, readLines } from './lines.ts'
import { parseJsonLine } from './parse-row.ts'

export type FileRecord =
  | { readonly kind: 'fields'; readonly line: number; readonly fields: Fields }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string; readonly remedy: string }

/** The rows of a file: lines of JSON, or a table with a header where its first line is no JSON and its name says so or looks it. */
export async function* readRecords(path: string): AsyncGenerator<FileRecord> {
  const lines = readLines(path)
  const first = await firstLine(lines)
  if (first === null) return
  const all = resumed(first, lines)
  yield* isTable(path, first.text) ? tableRecords(all) : jsonRecords(all)
}

async function firstLine(lines: AsyncGenerator<Line>): Promise<Line | null> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done === true) return null
    if (value.text.trim() !== '') return value
  }
}

async function* resumed(first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Line> {
  yield first
  yield* rest
}

const isTable = (path: string, firstText: string): boolean =>
  !/^\s*[{[]/.test(firstText) &&
  (/\.(csv|tsv)(\.gz)?$/i.test(path) || /[,;\t].*[,;\t]|\bprompt\b/i.test(firstText))

async function* jsonRecords(lines: AsyncIterable<Line>): AsyncGenerator<FileRecord> {
  for await (const { number, text } of lines) {
    if (text.trim() !== '') yield { ...parseJsonLine(text), line: number }
  }
}

async function* tableRecords(lines: AsyncIterable<Line>): AsyncGenerator<FileRecord> {
  let header: readonly string[] | null = null
  for await (const record of csvRecords(lines)) {
    if (record.kind === 'bad') {
      yield record
      // Without a header no other row means anything.
      if (header === null) return
      continue
    }
    const { line, cells } = record
    if (header === null) {
      header = cells.map((name) => name.trim())
      const repeated = header.find((name, index) => header!.indexOf(name) !== index)
      if (repeated === undefined) continue
      yield {
        kind: 'bad',
        line,
        problem: `names the column ${repeated} twice`,
        remedy: 'Give each a name of its own.',
      }
      return
    }
    if (cells.length === header.length) {
      yield {
        kind: 'fields',
        line,
        fields: Object.fromEntries(header.map((name, index) => [name, cells[index]])),
      }
    } else {
      const problem = `has ${cells.length} cells, and the header ${header.length}`
      yield { kind: 'bad', line, problem, remedy: 'Put cells that hold separators in quotes.' }
    }
  }
}

/** SQLite's own first bytes: a decision log, whatever its name. */
export async function isSqlite(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.toString('latin1', 0, bytesRead) === 'SQLite format 3\0'
  } finally {
    await file.close()
  }
}
