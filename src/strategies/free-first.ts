import { z } from 'zod'
import { byCost, byQuality, type Candidate } from '../domain/candidate.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy, probability } from './strategy.ts'

/**
 * Models that are known to cost nothing, the best first, as long as their limits last; then the others by cost. A free model
 * whose limit is reached fails with `rate-limited` or `quota`, and the next of the order is asked within the same request; its
 * breaker keeps it out of the way until the limit is said to be full again. A price that nobody knows is not free.
 */
export const freeFirst = defineStrategy({
  name: 'free-first',
  summary: 'models that cost nothing while their limits last, then the cheapest',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    atLeastQuality: probability
      .default(0)
      .describe('Free models of a lower predicted quality stand behind those that cost something.'),
  }),
  models: () => null,
  objectives: [],
  *choose({ candidates }, { atLeastQuality }) {
    const free = byQuality(candidates.filter(isFree))
    const good = free.filter(({ quality }) => quality.mean >= atLeastQuality)
    const paid = byCost(candidates.filter((candidate) => !free.includes(candidate)))
    const weak = free.filter((candidate) => !good.includes(candidate))
    const order = [...good, ...paid, ...weak]
    if (!isNonEmpty(order)) return forward(candidates, 'the only candidates')
    return forward(order, because(order[0], good, free, atLeastQuality))
  },
})

/** By the price list: a request may be cheap for other reasons. */
const isFree = ({ model: { prices } }: Candidate): boolean => prices.input === 0 && prices.output === 0

function because(
  first: Candidate,
  good: readonly Candidate[],
  free: readonly Candidate[],
  atLeastQuality: number,
): string {
  const quality = first.quality.mean.toFixed(3)
  if (good.length > 0) return `${first.id} is free, quality ${quality}: the best of ${good.length} that are`
  if (free.length === 0) return `no model that is free may serve this request; ${first.id} costs least`
  if (free.includes(first)) return `only free models may serve this request, the best with quality ${quality}`
  return `no free model is predicted to reach quality ${atLeastQuality}; ${first.id} costs least`
}
