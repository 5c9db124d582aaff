import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { type Choosing, consult, forward, type Opinion, type Turn, type Verdict } from '../domain/strategy.ts'
import { byWorth } from './ensemble/by-worth.ts'
import { defineStrategy } from './strategy.ts'

const options = z.strictObject({
  consultant: z.string().min(1).describe('A consultant that scores models for a request, each from 0 to 1.'),
  weight: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("How far its scores replace the router's own estimates: 1 wholly, 0.5 half and half."),
})

/**
 * A router of your own decides: a consultant scores the candidates for the request, and the best by score - lambda x dollars
 * answers. Models that it does not score, and requests of which it says nothing, go by Fairlead's estimates.
 */
export const scorer = defineStrategy({
  name: 'scorer',
  summary: 'a scorer of your own says how well each model would answer; the best for its price answers',
  needs: { quality: true, cost: true },
  options,
  models: () => null,
  consultants: ({ consultant }) => [consultant],
  *choose(turn, { consultant, weight }) {
    const opinion = yield* opinionOn(turn, consultant)
    if (opinion.kind === 'silent') return byEstimates(turn, `${consultant} said nothing (${opinion.why})`)
    const scores = scoresOf(turn.candidates, opinion.scores)
    if (scores.size === 0) return byEstimates(turn, `${consultant} scored none of the models`)
    const order = ordered(turn, scores, weight)
    const [first] = order
    const score = scores.get(first)
    return forward(
      order,
      `${consultant} scored ${scores.size} of ${turn.candidates.length} models; ${first.id} is the best for its price${score === undefined ? ', by the estimates' : `, with ${score.toFixed(3)}`}`,
    )
  },
})

type Said =
  | { readonly kind: 'scored'; readonly scores: NonNullable<Opinion['scores']> }
  | { readonly kind: 'silent'; readonly why: string }

function* opinionOn({ request, candidates }: Turn, consultant: string): Choosing<Said> {
  const [result] = yield* consult([
    { consultant, request, about: null, models: candidates.map(({ id }) => id) },
  ])
  if (result?.kind !== 'said') return { kind: 'silent', why: result?.failure.kind ?? 'no answer' }
  const { scores } = result.opinion
  return scores ? { kind: 'scored', scores } : { kind: 'silent', why: 'it has no scores' }
}

/** Whatever stands outside of 0 to 1 is no score: a scale that is misread would outbid every price. */
function scoresOf(
  candidates: readonly Candidate[],
  scores: Readonly<Record<string, number>>,
): Map<Candidate, number> {
  const known = new Map<Candidate, number>()
  for (const candidate of candidates) {
    const score = Object.hasOwn(scores, candidate.id) ? scores[candidate.id] : undefined
    if (score !== undefined && score >= 0 && score <= 1) known.set(candidate, score)
  }
  return known
}

/** The candidates in order of worth, with the mixed quality in the place of the estimate. */
function ordered(
  { candidates, objective }: Turn,
  scores: ReadonlyMap<Candidate, number>,
  weight: number,
): NonEmpty<Candidate> {
  const originals = new Map<Candidate, Candidate>()
  for (const candidate of candidates) {
    const score = scores.get(candidate) ?? candidate.quality.mean
    const mean = weight * score + (1 - weight) * candidate.quality.mean
    originals.set({ ...candidate, quality: { ...candidate.quality, mean } }, candidate)
  }
  const mixed = [...originals.keys()]
  if (!isNonEmpty(mixed)) return candidates
  return byWorth({ candidates: mixed, objective }).map(
    (one) => originals.get(one)!,
  ) as unknown as NonEmpty<Candidate>
}

function byEstimates(turn: Turn, why: string): Verdict {
  const order = byWorth(turn)
  return forward(order, `${why}; ${order[0].id} is the best by the estimates`)
}
