import { z } from 'zod'
import { ascending, type Candidate, expectedUsd } from '../domain/candidate.ts'
import type { ModelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { Objective } from '../domain/objective.ts'
import { forward } from '../domain/strategy.ts'
import { worth } from '../domain/value.ts'
import { defineStrategy } from './strategy.ts'

/**
 * The best value for money: argmax of quality - lambda * dollars - mu * seconds, in absolute units, so that a model that
 * joins the pool never changes the order of the others. The rest follow by value, as fallbacks. Where the objective mixes two
 * lambdas one of them is drawn, and orders the fallbacks too; the choice is a chance one only where they lead to two.
 *
 * Within a session the model that answered last is kept until another is worth more by `deadBand`, in units of value (0.01: a
 * good answer in a hundred): a change that small is within the error of the prediction, and a user notices the change.
 */
export const utility = defineStrategy({
  name: 'utility',
  summary: 'the best of quality less lambda times cost',
  needs: { quality: true, cost: true },
  options: z.strictObject({ deadBand: z.number().min(0).max(1).default(0.01) }),
  models: () => null,
  *choose({ candidates, objective, session, draw }, { deadBand }) {
    const { mixture, ...own } = objective
    const decide = (stated: Objective): Choice => {
      const ordered = byValue(candidates, stated)
      const kept = withinBand(ordered, session?.model ?? null, deadBand)
      return {
        to: kept.map(({ candidate }) => candidate) as unknown as NonEmpty<Candidate>,
        because: reason(ordered, kept, stated),
      }
    }
    const first = decide(own)
    if (!mixture) return forward(first.to, first.because)
    const other = decide({ ...own, lambda: mixture.lambda })
    const drawn = draw() < mixture.share
    const { to, because } = drawn ? other : first
    if (first.to[0] === other.to[0]) return forward(to, because)
    const propensity = drawn ? mixture.share : 1 - mixture.share
    return forward(to, `${because}; drawn with probability ${propensity.toFixed(3)}`, propensity)
  },
})

type Choice = { readonly to: NonEmpty<Candidate>; readonly because: string }

export type Valued = { readonly candidate: Candidate; readonly value: number }

/** The incumbent goes first where the best is worth more by no more than the band; the order of the rest stays. */
export function withinBand(
  ordered: NonEmpty<Valued>,
  incumbent: ModelId | null,
  band: number,
): NonEmpty<Valued> {
  const place = ordered.findIndex(({ candidate }) => candidate.id === incumbent)
  if (place <= 0) return ordered
  const kept = ordered[place]!
  const best = ordered[0].value
  // Two infinite values are equal, though their difference is NaN.
  if (best !== kept.value && !(best - kept.value <= band)) return ordered
  return [kept, ...ordered.filter((_, index) => index !== place)]
}

function byValue(candidates: NonEmpty<Candidate>, objective: Objective): NonEmpty<Valued> {
  const valued = candidates.map((candidate) => ({ candidate, value: worth(candidate, objective) }))
  // Infinite values (unknown prices) compare equal, never NaN; ties go to the cheaper, the better, the smaller id.
  valued.sort(
    (a, b) =>
      (a.value === b.value ? 0 : b.value - a.value) ||
      ascending(expectedUsd(a.candidate), expectedUsd(b.candidate)) ||
      b.candidate.quality.mean - a.candidate.quality.mean ||
      (a.candidate.id < b.candidate.id ? -1 : 1),
  )
  return valued as unknown as NonEmpty<Valued>
}

function reason(ordered: NonEmpty<Valued>, [taken]: NonEmpty<Valued>, { statedAs }: Objective): string {
  const [best, second] = ordered
  const quality = taken.candidate.quality.mean.toFixed(3)
  if (!second) return `the only candidate, quality ${quality}`
  const lead = (behind: Valued): string | null => {
    const margin = best.value - behind.value
    return Number.isFinite(margin) ? `${margin.toFixed(3)} ahead` : null
  }
  if (taken === best) {
    const ahead = lead(second)
    return `best value for ${statedAs}: quality ${quality}${ahead ? `, ${ahead} of ${second.candidate.id}` : ''}`
  }
  const behind = lead(taken)
  return `answered last and is kept: quality ${quality}${behind ? `, ${best.candidate.id} no more than ${behind}` : ''}`
}
