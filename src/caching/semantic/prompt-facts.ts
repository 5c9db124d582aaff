/** What a prompt says, as far as two prompts must agree in it to be given one answer. Pure. */

import {
  auxiliaries,
  directions,
  fillers,
  negations,
  opening,
  persons,
  questionWords,
  requestPhrases,
  spelledNumbers,
  subjects,
} from './lexicon.ts'
import { stem } from './stem.ts'

export type PromptFacts = {
  /** What is left without fillers, as stems, in order; names, quotes and code among them. A lone number is not. */
  readonly words: readonly string[]
  /** As they stand, in order. */
  readonly numbers: readonly string[]
  /** Capitalised words within a sentence, quotes, code, addresses, order numbers: in order, in lower case but for code. */
  readonly names: readonly string[]
  /** Question words, sorted; among them `whether` where yes or no is the answer, and `told` where nothing is asked. */
  readonly questions: readonly string[]
  readonly negations: number
  /** Who is spoken of, in order: the one who asks, the one who is asked. */
  readonly persons: readonly string[]
  /** Of the prompt. */
  readonly chars: number
}

type Token = {
  readonly kind: 'verbatim' | 'number' | 'word' | 'sign'
  readonly text: string
  readonly begins: boolean
}

const tokenPattern = new RegExp(
  [
    '(?<verbatim>https?://\\S+|`[^`]*`|"[^"]*"|“[^”]*”|«[^»]*»)',
    '(?<named>[\\p{L}\\p{N}]*\\p{N}[\\p{L}\\p{N}]*(?:[-_/:][\\p{L}\\p{N}]+)+|[\\p{L}][\\p{L}\\p{N}]*(?:[-_][\\p{L}\\p{N}]*\\p{N}[\\p{L}\\p{N}]*)+|\\p{N}+\\p{L}[\\p{L}\\p{N}]*)',
    '(?<number>(?<![\\p{L}\\p{N}])-?\\p{N}+(?:[.,]\\p{N}+)*)',
    "(?<word>\\p{L}[\\p{L}\\p{M}\\p{N}]*(?:[.'’][\\p{L}\\p{N}]+)*[+#]*)",
    '(?<sign>[%^+*/=<>€$£])',
    '(?<stop>[.!?:\\n]+)',
  ].join('|'),
  'gu',
)

export function promptFacts(text: string): PromptFacts {
  const said = withoutRequest(text)
  const tokens = [...tokensOf(said)]
  const fromAndTo = tokens.some(({ text: word }) => word.toLowerCase() === 'from')
  const found = { words: [] as string[], numbers: [] as string[], names: [] as string[] }
  const questions: string[] = []
  const spokenOf: string[] = []
  let negated = 0
  for (const token of tokens) {
    for (const word of wordsOf(token)) {
      const person = persons.get(word)
      if (person !== undefined && token.kind === 'word' && spokenOf.at(-1) !== person) spokenOf.push(person)
      if (negations.has(word)) negated++
      if (isNumber(word)) found.numbers.push(word)
      else if (token.kind === 'word' && questionWords.has(word)) {
        questions.push(word)
        continue
      } else if (token.kind === 'word' && fillers.has(word) && !(word === 'to' && fromAndTo)) continue
      found.words.push(contentOf(token, word))
      if (isName(token)) found.names.push(word)
    }
  }
  return {
    ...withoutLoneNumber(found),
    questions: [...questions, ...formOf(said, questions)].sort(),
    negations: negated,
    persons: spokenOf,
    chars: text.length,
  }
}

/** The text without what says no more than that something is wanted. */
const withoutRequest = (text: string): string =>
  text
    .replace(/\bis it possible(?: for me)? to\b/giu, 'can I')
    .replace(requestPhrases, ' ')
    .replace(opening, '')

const contentOf = ({ kind }: Token, word: string): string =>
  kind === 'word' && !negations.has(word) && !directions.has(word) ? stem(word) : word

function formOf(said: string, questions: readonly string[]): readonly string[] {
  const first = /^\P{L}*(\p{L}+)/u.exec(said)?.[1]?.toLowerCase() ?? ''
  if (auxiliaries.has(first)) return ['whether']
  return questions.length === 0 && subjects.has(first) && !said.includes('?') ? ['told'] : []
}

const isNumber = (word: string): boolean => /^-?\p{N}+(\.\p{N}+)?(th)?$/u.test(word)

/** Where the only number stands says nothing: the 2018 cup is the cup of 2018. */
function withoutLoneNumber<Found extends { readonly words: string[]; readonly numbers: string[] }>(
  found: Found,
): Found {
  if (found.numbers.length !== 1) return found
  return { ...found, words: found.words.filter((word) => word !== found.numbers[0]) }
}

function* tokensOf(text: string): Generator<Token> {
  let begins = true
  for (const { groups } of text.matchAll(tokenPattern)) {
    if (groups === undefined) continue
    const { verbatim, named, number, word, sign, stop } = groups
    if (stop !== undefined) {
      begins = true
      continue
    }
    if (verbatim !== undefined) yield { kind: 'verbatim', text: verbatim, begins }
    else if (named !== undefined) yield { kind: 'verbatim', text: named.toLowerCase(), begins }
    else if (number !== undefined) yield { kind: 'number', text: number, begins }
    else if (word !== undefined) yield { kind: 'word', text: word, begins }
    else if (sign !== undefined) yield { kind: 'sign', text: sign, begins }
    begins = false
  }
}

function wordsOf({ kind, text }: Token): readonly string[] {
  switch (kind) {
    case 'verbatim':
      return [spelledNumbers.get(text) ?? text]
    case 'number':
      return [plainNumber(text)]
    case 'sign':
      return [text === '%' ? 'percent' : text]
    case 'word':
      return spoken(text.toLowerCase().replaceAll('’', "'"))
  }
}

/** Thousands separated by commas or not, 2.50 or 2.5: one number. */
function plainNumber(text: string): string {
  const plain = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
  return /^-?\d+(\.\d+)?$/.test(plain) && plain.length < 16 ? String(Number(plain)) : plain
}

/** Contractions as the words that they stand for. */
function spoken(word: string): readonly string[] {
  const number = spelledNumbers.get(word)
  if (number !== undefined) return [number]
  if (word === 'cannot' || word === "can't") return ['can', 'not']
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not']
  const end = /^(.+)'(s|re|ve|ll|d|m)$/.exec(word)
  return end === null ? [word] : [end[1]!]
}

/** A capital at the beginning of a sentence says nothing; two in a word, or a sign in it, do. */
const isName = ({ kind, text, begins }: Token): boolean =>
  kind === 'verbatim' ||
  (kind === 'word' && (/\p{Lu}.*\p{Lu}|[.+#]/u.test(text) || (!begins && /^\p{Lu}\p{Ll}/u.test(text))))
