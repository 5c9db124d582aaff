import type { Preference, PreferenceRow } from '../preference-row.ts'
import { questionHash } from '../question-hash.ts'
import {
  BadRow,
  type Fields,
  identityOf,
  optionalText,
  parsing,
  type Place,
  type RowFormat,
  textField,
} from './row-format.ts'

/**
 * Pairs of answers with the one that was preferred, as arenas and RouteLLM publish them: `prompt`, `model_a`, `model_b`, and
 * either `winner` or one column of 0 and 1 per verdict. A prompt of several turns is a JSON list: its first turn is read.
 */
export const preferencePairs: RowFormat = {
  name: 'preferences',
  about: 'JSON Lines or CSV with `prompt`, `model_a`, `model_b` and `winner`',
  recognises: (names) => names.includes('model_a') && names.includes('model_b'),
  parse: (fields, place) => parsing(() => ({ kind: 'preference', row: rowOf(fields, place) })),
}

function rowOf(fields: Fields, place: Place): PreferenceRow {
  const modelA = textField(fields, 'model_a').trim()
  const modelB = textField(fields, 'model_b').trim()
  if (modelA === modelB) {
    throw new BadRow(`compares ${modelA} with itself`, 'Give two models, or leave the row out.')
  }
  const prompt = firstTurn(fields.prompt) ?? firstTurn(fields.conversation_a)
  if (prompt === null) {
    throw new BadRow(
      'lacks a `prompt`',
      'Give `prompt` as a text or as a JSON list of the user’s turns, the first not empty.',
    )
  }
  const chars = (answer: unknown) => firstTurn(answer)?.length ?? null
  return {
    ...identityOf(fields, place),
    qhash: optionalText(fields.qhash) ?? questionHash(prompt),
    prompt,
    modelA,
    modelB,
    winner: winnerOf(fields, modelA, modelB),
    outputChars: { a: chars(fields.response_a), b: chars(fields.response_b) },
  }
}

/** The first text of a list, of a list written as JSON, or of a conversation's messages; a plain text is itself. */
function firstTurn(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value.trim() === '') return null
    const list = /^\s*\[/.test(value) ? listIn(value) : null
    return list === null ? value : firstTurn(list)
  }
  if (!Array.isArray(value)) return null
  const [first] = value as readonly unknown[]
  const turn = typeof first === 'object' && first !== null ? (first as Fields).content : first
  return typeof turn === 'string' && turn.trim() !== '' ? turn : null
}

/** Null for a text that only looks like a list: a prompt may begin with a bracket. */
function listIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) &&
      value.length > 0 &&
      value.every((turn) => turn === null || typeof turn === 'string')
      ? value
      : null
  } catch {
    return null
  }
}

const verdicts: Readonly<Record<string, Preference>> = {
  model_a: 'a',
  a: 'a',
  model_b: 'b',
  b: 'b',
  tie: 'tie',
  'tie (bothbad)': 'both-bad',
  both_bad: 'both-bad',
  bothbad: 'both-bad',
}

const columns: readonly (readonly [string, Preference])[] = [
  ['winner_model_a', 'a'],
  ['winner_model_b', 'b'],
  ['winner_tie', 'tie'],
  ['winner_tie_bothbad', 'both-bad'],
]

function winnerOf(fields: Fields, modelA: string, modelB: string): Preference {
  const { winner } = fields
  if (winner === undefined) return winnerByColumn(fields)
  const written = typeof winner === 'string' ? winner.trim() : ''
  const verdict = verdicts[written.toLowerCase()]
  if (verdict !== undefined) return verdict
  if (written === modelA) return 'a'
  if (written === modelB) return 'b'
  throw new BadRow(
    `\`winner\` is ${JSON.stringify(winner)?.slice(0, 60)}`,
    'Write model_a, model_b, tie or tie (bothbad).',
  )
}

function winnerByColumn(fields: Fields): Preference {
  const present = columns.filter(([name]) => fields[name] !== undefined)
  const values = present.map(([name]) => Number(fields[name]))
  const set = present.filter((_, index) => values[index] === 1)
  if (set.length === 1 && values.every((value) => value === 0 || value === 1)) return set[0]![1]
  throw new BadRow(
    present.length === 0
      ? 'lacks `winner`'
      : `has ${present.map(([name]) => `${name} ${JSON.stringify(fields[name])}`).join(', ')}`,
    'Give `winner`, or exactly one of winner_model_a, winner_model_b and winner_tie as 1 and the others as 0.',
  )
}
