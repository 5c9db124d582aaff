import { stemOf } from './word-forms.ts'
import type { Term, TermReader } from './terms.ts'
import type { ToolText } from './tool-text.ts'

/** Which tools a term stands in, and what finding it there is worth. */
export type Posting = { readonly tools: Uint16Array; readonly impacts: Float32Array }

export type WordTable = {
  /** By term: a stem, a class (`=find`) or a kind of value (`#url`). */
  readonly postings: ReadonlyMap<string, Posting>
  /** The same for names alone; `impacts` are shares of a name, by rarity of its words. */
  readonly names: ReadonlyMap<string, Posting>
}

/** What a word counts for by where it stands, and how much the length of that place takes off. */
const fields = {
  name: { weight: 3, lengthShare: 0.4 },
  description: { weight: 1.6, lengthShare: 0.5 },
  parameterNames: { weight: 0.9, lengthShare: 0.6 },
  parameterDescriptions: { weight: 0.5, lengthShare: 0.6 },
  choices: { weight: 0.7, lengthShare: 0.6 },
} as const
type FieldName = keyof typeof fields
const fieldNames = Object.keys(fields) as readonly FieldName[]

/** A word's class counts for this much of the word itself; so do two words written as one. */
const classShare = 0.45
const joinedShare = 0.8
const valueWeight = 1.2

/** The saturation of BM25: the third mention of a word adds little. */
const saturation = 1.4

/**
 * BM25F (Robertson & Zaragoza, 2009): a word's frequencies in a tool's fields are summed by the fields' weights before they are
 * saturated, so that a word in the name counts for more and a word in every field not for five,
 *
 *     tf = sum_f weight_f tf_f / (1 - b_f + b_f length_f / mean length_f),    impact = idf tf / (saturation + tf),
 *     idf = ln(1 + (N - n + 0.5) / (n + 0.5)),    n: tools of this catalogue that have the word
 */
export function wordTable(texts: readonly ToolText[], reader: TermReader): WordTable {
  const read = texts.map((text) => fieldNames.map((field) => reader.read(text[field])))
  const means = fieldNames.map((_, field) =>
    Math.max(1, read.reduce((sum, of) => sum + of[field]!.length, 0) / Math.max(1, texts.length)),
  )
  const frequencies = new Map<string, Map<number, number>>()
  const add = (term: string, tool: number, weight: number) => {
    const tools = frequencies.get(term) ?? new Map<number, number>()
    tools.set(tool, (tools.get(tool) ?? 0) + weight)
    frequencies.set(term, tools)
  }
  read.forEach((of, tool) => {
    fieldNames.forEach((name, field) => {
      const { weight, lengthShare } = fields[name]
      const terms = of[field]!
      const worth = weight / (1 - lengthShare + (lengthShare * terms.length) / means[field]!)
      terms.forEach((term, place) => {
        for (const [key, share] of keysOf(term, terms[place + 1])) add(key, tool, share * worth)
      })
    })
    for (const term of texts[tool]!.valueTerms) add(term, tool, valueWeight)
  })
  const idf = (term: string) => rarity(texts.length, frequencies.get(term)?.size ?? 0)
  const postings = new Map<string, Posting>()
  for (const [term, tools] of frequencies) {
    const rare = idf(term)
    postings.set(term, {
      tools: Uint16Array.from(tools.keys()),
      impacts: Float32Array.from(tools.values(), (tf) => (rare * tf) / (saturation + tf)),
    })
  }
  return {
    postings,
    names: nameTable(
      read.map((of) => of[0]!),
      idf,
    ),
  }
}

const rarity = (tools: number, having: number): number =>
  Math.log(1 + (tools - having + 0.5) / (having + 0.5))

/** The terms that a word stands for, with the share of its weight that each has. */
export function* keysOf(
  { word, stem, classes }: Term,
  next: Term | undefined,
): Generator<readonly [string, number]> {
  yield [stem, 1]
  for (const mark of classes) yield [mark, classShare]
  // `time zone` is `timezone` to whoever wrote it as one.
  if (next) yield [stemOf(word + next.word), joinedShare]
}

function nameTable(
  names: readonly (readonly Term[])[],
  idf: (term: string) => number,
): ReadonlyMap<string, Posting> {
  const found = new Map<string, { tools: number[]; shares: number[] }>()
  names.forEach((terms, tool) => {
    const distinct = [...new Map(terms.map((term) => [term.stem, term])).values()]
    const total = distinct.reduce((sum, { stem }) => sum + idf(stem), 0)
    if (total === 0) return
    for (const { stem, classes } of distinct) {
      const share = idf(stem) / total
      for (const key of [stem, ...classes]) {
        const place = found.get(key) ?? { tools: [], shares: [] }
        place.tools.push(tool)
        place.shares.push(key === stem ? share : classShare * share)
        found.set(key, place)
      }
    }
  })
  return new Map(
    [...found].map(([key, { tools, shares }]) => [
      key,
      { tools: Uint16Array.from(tools), impacts: Float32Array.from(shares) },
    ]),
  )
}
