import { z } from 'zod'
import { type Candidate, expectedUsd } from '../domain/candidate.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy } from './strategy.ts'

/**
 * The best value for money: argmax of quality - lambda * dollars - mu * seconds, in absolute units, so that a model that
 * joins the pool never changes the order of the others. The rest follow by value, as fallbacks. Where the objective mixes two
 * lambdas one of them is drawn, and orders the fallbacks too; the choice is a chance one only where they lead to two.
 */
export const utility = defineStrategy({
  name: 'utility',
  summary: 'the best of quality less lambda times cost',
  needs: { quality: true, cost: true },
  options: z.strictObject({}),
  models: () => null,
  *choose({ candidates, objective, draw }) {
    const { mixture, ...own } = objective
    const ordered = byValue(candidates, own)
    if (!mixture) return forward(ordered, reason(ordered, own))
    const other = { ...own, lambda: mixture.lambda }
    const otherwise = byValue(candidates, other)
    const drawn = draw() < mixture.share
    const [taken, why] = drawn ? [otherwise, reason(otherwise, other)] : [ordered, reason(ordered, own)]
    if (ordered[0] === otherwise[0]) return forward(taken, why)
    const propensity = drawn ? mixture.share : 1 - mixture.share
    return forward(taken, `${why}; drawn with probability ${propensity.toFixed(3)}`, propensity)
  },
})

function byValue(candidates: NonEmpty<Candidate>, objective: Objective): NonEmpty<Candidate> {
  const valued = candidates.map((candidate) => ({ candidate, value: worth(candidate, objective) }))
  // Infinite values (unknown prices) compare equal, never NaN; ties go to the cheaper, the better, the smaller id.
  valued.sort(
    (a, b) =>
      (a.value === b.value ? 0 : b.value - a.value) ||
      compare(expectedUsd(a.candidate), expectedUsd(b.candidate)) ||
      b.candidate.quality.mean - a.candidate.quality.mean ||
      (a.candidate.id < b.candidate.id ? -1 : 1),
  )
  return valued.map(({ candidate }) => candidate) as unknown as NonEmpty<Candidate>
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

/** `0 * Infinity` is NaN: with money no object, an unknown price does not matter. */
export function worth(candidate: Candidate, { lambda, mu }: Objective): number {
  const price = lambda === 0 ? 0 : lambda * expectedUsd(candidate)
  return candidate.quality.mean - price - (mu * candidate.latencyMs.mean) / 1000
}

function reason([best, second]: NonEmpty<Candidate>, objective: Objective): string {
  const quality = (candidate: Candidate) => candidate.quality.mean.toFixed(3)
  if (!second) return `the only candidate, quality ${quality(best)}`
  const margin = worth(best, objective) - worth(second, objective)
  const lead = Number.isFinite(margin) ? `, ${margin.toFixed(3)} ahead of ${second.id}` : ''
  return `best value for ${objective.statedAs}: quality ${quality(best)}${lead}`
}
