import { z } from 'zod'
import { byCost, type Candidate } from '../domain/candidate.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import { type Fit, fitOf, missingLevel, predictedCriteria } from '../domain/preferences.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy, probability } from './strategy.ts'

const preference = z.strictObject({
  weight: z.number().positive().max(1e9).default(1),
  want: probability,
})

/**
 * The candidate that falls least short of what is wanted along several dimensions; see `domain/preferences.ts`. Of those that
 * fall equally short, as all do that have everything, the cheapest.
 */
export const preferences = defineStrategy({
  name: 'preferences',
  summary: 'nearest to the wanted accuracy, speed, cost and criteria of your own',
  needs: { quality: true, cost: false },
  options: z.strictObject({
    preferences: z
      .record(z.string().min(1), preference)
      .refine(
        (wanted) => Object.keys(wanted).length > 0,
        'needs at least one, as in {accuracy: {weight: 3, want: 0.9}}',
      ),
  }),
  models: () => null,
  objectives: [],
  criteria: ({ preferences: wanted }) =>
    Object.keys(wanted).filter((name) => !predictedCriteria.some((known) => known === name)),
  *choose({ candidates }, { preferences: wanted }) {
    // The sort is stable: equal scores stay in the order of cost.
    const ordered = byCost(candidates)
      .map((candidate) => ({ candidate, fit: fitOf(candidate, wanted) }))
      .sort((a, b) => b.fit.score - a.fit.score)
    if (!isNonEmpty(ordered)) return forward(candidates, 'the only candidates')
    return forward(
      ordered.map(({ candidate }) => candidate) as unknown as NonEmpty<Candidate>,
      reason(ordered[0].fit),
    )
  },
})

function reason({ shortfalls, missing }: Fit): string {
  const short = shortfalls.map(({ criterion, by }) => `${by.toFixed(3)} of ${criterion}`)
  const fit =
    short.length === 0 ? 'the cheapest with all that is wanted' : `falls least short: by ${short.join(', ')}`
  const unknown =
    missing.length === 0
      ? ''
      : `; nobody has said its ${missing.join(', ')}, so that ${missingLevel} is assumed`
  return `${fit}${unknown}`
}
