import { type Candidate, expectedUsd } from './candidate.ts'

/** What is wanted along one dimension, and how much it counts. */
export type Preference = { readonly weight: number; readonly want: number }

/**
 * Dimensions that are predicted for each request. Dollars and seconds are mapped to [0, 1] by scales that are the same for
 * every request and pool, so that a model that joins the pool never changes how another one stands:
 *
 *     accuracy = predicted quality
 *     speed    = clamp(1 - log10(seconds / 0.1) / 3):       0.1 s is 1, 1 s is 2/3, 10 s is 1/3, 100 s is 0
 *     cost     = clamp(1 - log10(dollars / 0.00001) / 5):   $0.00001 is 1, $0.001 is 0.6, $0.1 is 0.2, $1 is 0
 *
 * An unknown price is infinite, and so the worst there is.
 */
const predicted = {
  accuracy: ({ quality }: Candidate) => quality.mean,
  speed: ({ latencyMs }: Candidate) => logScale(latencyMs.mean / 1000, { best: 0.1, worst: 100 }),
  cost: (candidate: Candidate) => logScale(expectedUsd(candidate), { best: 0.00001, worst: 1 }),
} as const

export type PredictedCriterion = keyof typeof predicted
export const predictedCriteria = Object.keys(predicted) as readonly PredictedCriterion[]

const isPredicted = (name: string): name is PredictedCriterion => Object.hasOwn(predicted, name)

/** Equal ratios are equal steps. */
function logScale(value: number, { best, worst }: { best: number; worst: number }): number {
  const share = 1 - Math.log(value / best) / Math.log(worst / best)
  return Math.min(1, Math.max(0, share))
}

/** What a model is taken to have where nobody says: the middle, since what is missing is neither low nor high. */
export const missingLevel = 0.5

/** How far a candidate meets a criterion, 0 to 1; `null`: nobody has said. */
export function levelOf(candidate: Candidate, criterion: string): number | null {
  if (isPredicted(criterion)) return predicted[criterion](candidate)
  const { criteria = {} } = candidate.model
  // A criterion may bear any name, `constructor` too.
  return Object.hasOwn(criteria, criterion) ? criteria[criterion]! : null
}

export type Shortfall = {
  readonly criterion: string
  /** `want - have`, above 0. */
  readonly by: number
}

export type Fit = {
  /** - sum of weight * max(0, want - have)^2; 0 where all that is wanted is there. */
  readonly score: number
  readonly shortfalls: readonly Shortfall[]
  /** Wanted criteria that nobody has a figure of for this model. */
  readonly missing: readonly string[]
}

/**
 * How well a candidate fits what is wanted. One-sided: to be better than wanted is no fault, as it would be by the plain
 * distance of nearest neighbours (OptiRoute, arXiv 2502.16696, searches by that).
 */
export function fitOf(candidate: Candidate, preferences: Readonly<Record<string, Preference>>): Fit {
  let penalty = 0
  const shortfalls: Shortfall[] = []
  const missing: string[] = []
  for (const [criterion, { weight, want }] of Object.entries(preferences)) {
    const level = levelOf(candidate, criterion)
    if (level === null) missing.push(criterion)
    const by = want - (level ?? missingLevel)
    if (by <= 0) continue
    penalty += weight * by ** 2
    shortfalls.push({ criterion, by })
  }
  return { score: 0 - penalty, shortfalls, missing }
}
