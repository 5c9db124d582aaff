import type { Preference, PreferenceRow } from '../../outcomes/preference-row.ts'
import { textOfRow } from '../../outcomes/row-request.ts'
import { concatenateRows } from '../concatenate-rows.ts'

/** Two models' answers to one prompt, compared. */
export type Pair = {
  /** Place in the prompts. */
  readonly prompt: number
  readonly first: string
  readonly second: string
  /** The first's share of the point: 1 for a win, 1/2 for a tie, 0 for a defeat. */
  readonly share: number
}

/** Prompts as the estimators see them, row by row. */
export type EncodedPrompts = {
  readonly encodings: Float32Array
  /** Unit text vectors. */
  readonly vectors: Float32Array
  readonly chars: readonly number[]
  /** Equal for equal questions, which stay on one side of every split. */
  readonly questions: readonly string[]
}

export type PromptReader = {
  readonly encode: (text: string) => Float32Array
  /** The unit text vector of an encoding. */
  readonly vector: (encoding: Float32Array) => Float32Array
}

/** Two bad answers are a tie: a comparison does not say how good either was. */
const shares: Readonly<Record<Preference, number>> = { a: 1, b: 0, tie: 0.5, 'both-bad': 0.5 }

/**
 * Preference rows as pairs over encoded prompts, a prompt that comes again encoded once. `nameOf` gives the id that a model's
 * name stands for; a row whose two names are of one model says nothing and is left out.
 */
export function encodePairs(
  rows: readonly PreferenceRow[],
  { encode, vector }: PromptReader,
  nameOf: (name: string) => string = (name) => name,
): { readonly pairs: readonly Pair[]; readonly prompts: EncodedPrompts } {
  const places = new Map<string, number>()
  const distinct: PreferenceRow[] = []
  const pairs = rows.flatMap((row): Pair[] => {
    const [first, second] = [nameOf(row.modelA), nameOf(row.modelB)]
    if (first === second) return []
    let prompt = places.get(row.prompt)
    if (prompt === undefined) {
      prompt = distinct.push(row) - 1
      places.set(row.prompt, prompt)
    }
    return [{ prompt, first, second, share: shares[row.winner] }]
  })
  const encodings = distinct.map(({ prompt }) => encode(textOfRow({ prompt, tools: [] })))
  return {
    pairs,
    prompts: {
      encodings: concatenateRows(encodings),
      vectors: concatenateRows(encodings.map(vector)),
      chars: distinct.map(({ prompt }) => prompt.length),
      questions: distinct.map(({ qhash }) => qhash),
    },
  }
}
