import type { Outcome, OutcomeRow } from './outcome-row.ts'

/** Which of two answers a person or a judge preferred. `both-bad`: neither was any good. */
export type Preference = 'a' | 'b' | 'tie' | 'both-bad'

/** Two models' answers to one prompt, compared. A pairwise estimator reads these as they are. */
export type PreferenceRow = {
  readonly id: string
  readonly dataset: string
  readonly split: string
  readonly qhash: string
  /** The first user turn. */
  readonly prompt: string
  readonly category: string | null
  readonly modelA: string
  readonly modelB: string
  readonly winner: Preference
  /** Characters of the two first answers, where they are on record. */
  readonly outputChars: { readonly a: number | null; readonly b: number | null }
}

/**
 * A win says "better than that one", not "good": it counts for less than a graded answer. A tie says least: that neither
 * stood out.
 */
export const preferenceWeights = { decided: 0.5, tied: 0.25 }

const scoresOf: Readonly<Record<Preference, readonly [number, number]>> = {
  a: [1, 0],
  b: [0, 1],
  tie: [0.5, 0.5],
  'both-bad': [0, 0],
}

/**
 * The pair as outcomes, for heads that learn each model by itself: winner 1, loser 0, a tie 1/2 each, two bad answers 0 each.
 * The log loss of these is that of Bradley-Terry with every opponent taken as a middling one: what a head learns is its
 * model's chance of winning against the opponents that it met, so that they must be of all strengths.
 */
export function outcomesOfPreference(pair: PreferenceRow): OutcomeRow {
  const { id, dataset, split, qhash, prompt, category, modelA, modelB, winner, outputChars } = pair
  const [scoreA, scoreB] = scoresOf[winner]
  const decided = winner === 'a' || winner === 'b'
  return {
    id,
    dataset,
    split,
    qhash,
    prompt,
    category,
    tools: [],
    inRouteLlm: false,
    reference: null,
    weight: decided ? preferenceWeights.decided : preferenceWeights.tied,
    outcomes: new Map([
      [modelA, outcome(scoreA, outputChars.a)],
      [modelB, outcome(scoreB, outputChars.b)],
    ]),
  }
}

const outcome = (score: number, outputChars: number | null): Outcome => ({
  score,
  costUsd: null,
  inputTokens: null,
  outputTokens: null,
  latencyS: null,
  outputChars,
  answer: null,
})
