import type { Line } from './lines.ts'

/** `line` is where the record begins: a quoted cell may hold line breaks. */
export type CsvRecord =
  | { readonly kind: 'cells'; readonly line: number; readonly cells: readonly string[] }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string; readonly remedy: string }

/** A quote that is never closed would take the rest of the file into one cell: a record of this size is not one. */
const maxRecordChars = 4 * 1024 * 1024

/**
 * Records of comma-separated text as RFC 4180 has it, read line by line. Beyond it: semicolons and tabs separate where the
 * header uses them more than commas, and a byte order mark is passed over. Blank lines are no records.
 */
export async function* csvRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  let separator: string | null = null
  let pending: { readonly line: number; text: string } | null = null
  for await (const { number, text } of lines) {
    const clean = number === 1 ? text.replace(/^\uFEFF/, '') : text
    separator ??= clean.trim() === '' ? null : separatorOf(clean)
    if (separator === null || (pending === null && clean.trim() === '')) continue
    // A quote within quotes is doubled, so that an odd number of quotes opens a cell or closes it.
    const turns: boolean = quotesIn(clean) % 2 === 1
    if (pending !== null) {
      pending.text += `\n${clean}`
      if (!turns && pending.text.length > maxRecordChars) break
      if (!turns) continue
    } else if (turns) {
      pending = { line: number, text: clean }
      continue
    }
    const record: { readonly line: number; text: string } = pending ?? { line: number, text: clean }
    pending = null
    yield parseRecord(record.line, record.text.replace(/\r$/, ''), separator)
  }
  if (pending !== null) yield bad(pending.line, 'has a quote that is never closed')
}

const bad = (line: number, problem: string): CsvRecord => ({
  kind: 'bad',
  line,
  problem,
  remedy: 'Put cells that hold separators, quotes or line breaks in quotes, and write a quote inside as "".',
})

/** The separator that stands most often in the header, outside quotes. */
function separatorOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const count = (separator: string) => bare.split(separator).length
  return [',', ';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best))
}

const quotesIn = (text: string): number => text.split('"').length - 1

function parseRecord(line: number, text: string, separator: string): CsvRecord {
  const cells: string[] = []
  let at = 0
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : bareCell(text, at, separator)
    if (cell === null) return bad(line, `has a stray quote in cell ${cells.length + 1}`)
    cells.push(cell.value)
    if (cell.end === text.length) return { kind: 'cells', line, cells }
    if (text[cell.end] !== separator) {
      return bad(line, `has text after the closing quote of cell ${cells.length}`)
    }
    at = cell.end + 1
  }
}

type Cell = { readonly value: string; readonly end: number }

function bareCell(text: string, start: number, separator: string): Cell | null {
  const found = text.indexOf(separator, start)
  const end = found === -1 ? text.length : found
  const value = text.slice(start, end)
  return value.includes('"') ? null : { value, end }
}

function quotedCell(text: string, start: number): Cell | null {
  let value = ''
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) return null
    value += text.slice(from, quote)
    if (text[quote + 1] !== '"') return { value, end: quote + 1 }
    value += '"'
    from = quote + 2
  }
}
