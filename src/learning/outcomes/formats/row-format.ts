import type { OutcomeRow } from '../outcome-row.ts'
import type { PreferenceRow } from '../preference-row.ts'

/** One row of a file, before it means anything: a JSON object, or cells by the header's names. */
export type Fields = Readonly<Record<string, unknown>>

export type ParsedRow =
  | { readonly kind: 'row'; readonly row: OutcomeRow }
  | { readonly kind: 'preference'; readonly row: PreferenceRow }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }
  /** The row is sound, but of another kind of file. */
  | { readonly kind: 'not-outcomes'; readonly problem: string; readonly remedy: string }

/** Where a row stands, for what it does not say of itself. */
export type Place = {
  readonly path: string
  readonly line: number
  /** The file's name without folder and ending. */
  readonly dataset: string
}

/** For rows that say all of themselves. */
export const unplaced: Place = { path: '', line: 0, dataset: '' }

export type ScoreReading = {
  /** What the scores of score tables run from and to. */
  readonly range: readonly [number, number]
  readonly lowerIsBetter: boolean
}

export const asWritten: ScoreReading = { range: [0, 1], lowerIsBetter: false }

/** A kind of file whose rows stand by themselves: lines of JSON or of a table. */
export type RowFormat = {
  readonly name: string
  /** What it is, for those who must choose one. */
  readonly about: string
  /** By the field names of a file's first row. */
  readonly recognises: (names: readonly string[]) => boolean
  readonly parse: (fields: Fields, place: Place, scores: ScoreReading) => ParsedRow
}

/** Why a row was refused: thrown by the readers of fields, caught by `parsing`. */
export class BadRow extends Error {
  readonly remedy: string
  constructor(problem: string, remedy: string) {
    super(problem)
    this.remedy = remedy
  }
}

export function parsing(parse: () => ParsedRow): ParsedRow {
  try {
    return parse()
  } catch (error) {
    if (error instanceof BadRow) return { kind: 'bad', problem: error.message, remedy: error.remedy }
    throw error
  }
}

/** A text that must be there. */
export function textField(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value !== '') return value
  throw new BadRow(
    value === undefined ? `lacks \`${name}\`` : `\`${name}\` is ${JSON.stringify(value)?.slice(0, 60)}`,
    `Give \`${name}\` as a text that is not empty.`,
  )
}

/** A text or a number as text; null where there is none. */
export function optionalText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** What a row of a table says of itself, or else its place does. */
export function identityOf(fields: Fields, { path, line, dataset }: Place) {
  return {
    id: optionalText(fields.id ?? fields.question_id) ?? `${path}:${line}`,
    dataset: optionalText(fields.dataset) ?? dataset,
    split: optionalText(fields.split) ?? 'train',
    category: optionalText(fields.category ?? fields.domain),
  }
}
