import { keysOf } from './word-table.ts'
import type { Term, TermReader } from './terms.ts'
import { valueTerms } from './value-kinds.ts'

/** A text that says what tools are wanted for, and what it counts beside the others. */
export type QueryText = {
  readonly text: string
  readonly weight: number
  /** It says what all is about, and never what is wanted just now. */
  readonly background?: true
}

/** The subject is the newest text that has a word which says something: `yes, please` is about what was said before. */
export type ToolQuery = {
  /** Terms with what each counts. */
  readonly terms: ReadonlyMap<string, number>
  /** The parts of the subject: each may need a tool of its own. */
  readonly parts: readonly ReadonlyMap<string, number>[]
  /** Of each word of the subject that says something, the terms that it stands for by itself. */
  readonly said: readonly (readonly string[])[]
  /** For the encoder: the subject. */
  readonly encoded: string
}

/** Characters read of the two ends of a long text: what is wanted stands there, a document that was pasted in stands between. */
const endChars = 1_200
const encodedChars = 1_600
const mostParts = 12
const fewestPartWords = 2

/** @param texts newest first */
export function toolQuery(texts: readonly QueryText[], reader: TermReader): ToolQuery {
  const terms = new Map<string, number>()
  let subject = { text: texts[0]?.text ?? '', read: [] as readonly Term[] }
  for (const { text, weight, background } of texts) {
    const read = reader.read(endsOf(text))
    collect(read, weight, terms)
    for (const term of valueTerms(endsOf(text))) raise(terms, term, weight)
    if (subject.read.length === 0 && read.length > 0 && !background) subject = { text, read }
  }
  return {
    terms,
    parts: partsOf(endsOf(subject.text), reader),
    said: subject.read.map(({ stem, classes }) => [stem, ...classes]),
    encoded: endsOf(subject.text, encodedChars / 2),
  }
}

/** What is read of a text. */
export const endsOf = (text: string, chars = endChars): string =>
  text.length <= 2 * chars ? text : `${text.slice(0, chars)}\n${text.slice(-chars)}`

function collect(read: readonly Term[], weight: number, into: Map<string, number>): void {
  read.forEach((term, place) => {
    for (const [key, share] of keysOf(term, read[place + 1])) raise(into, key, weight * share)
  })
}

function raise(terms: Map<string, number>, key: string, weight: number): void {
  if ((terms.get(key) ?? 0) < weight) terms.set(key, weight)
}

// Sentences, and within them what is strung together.
const between = /[.!?;:\n]+(?:\s|$)|,\s|\s(?:and|then|also|plus|or|but|after that|as well as)\s/gi

function partsOf(text: string, reader: TermReader): readonly ReadonlyMap<string, number>[] {
  const parts: Map<string, number>[] = []
  for (const piece of text.split(between)) {
    const read = reader.read(piece)
    if (read.length < fewestPartWords) continue
    const terms = new Map<string, number>()
    collect(read, 1, terms)
    parts.push(terms)
    if (parts.length === mostParts) break
  }
  return parts.length > 1 ? parts : []
}
