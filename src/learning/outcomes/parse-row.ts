import { outcomeRows } from './formats/outcome-rows.ts'
import { asWritten, type Fields, type ParsedRow, unplaced } from './formats/row-format.ts'

export type JsonLine =
  | { readonly kind: 'fields'; readonly fields: Fields }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

/** One line of JSON Lines: an object, or what is wrong with it. */
export function parseJsonLine(text: string): JsonLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return /[:[,]\s*-?(NaN|Infinity)\b/.test(text)
      ? bad('holds NaN or Infinity, which JSON has not', 'Leave a model without a score out.')
      : bad(`is not JSON: ${(error as Error).message}`, 'Mend the line, or read past it with --skip-bad.')
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { kind: 'fields', fields: value as Fields }
    : bad('is not a JSON object', 'Write one row per line as an object.')
}

const bad = (problem: string, remedy: string): JsonLine => ({ kind: 'bad', problem, remedy })

/** One line of an outcome file: sound, or what is wrong with it. */
export function parseRow(text: string): ParsedRow {
  const line = parseJsonLine(text)
  return line.kind === 'fields' ? outcomeRows.parse(line.fields, unplaced, asWritten) : line
}
