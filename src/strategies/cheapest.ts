import { z } from 'zod'
import { byCost } from '../domain/candidate.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy } from './strategy.ts'

/** The lawful candidate with the lowest expected dollars for this request. */
export const cheapest = defineStrategy({
  name: 'cheapest',
  summary: 'the lowest expected cost, quality left aside',
  needs: { quality: false, cost: true },
  options: z.strictObject({}),
  models: () => null,
  *choose({ candidates }) {
    const ordered = byCost(candidates)
    return forward(isNonEmpty(ordered) ? ordered : candidates, 'the lowest expected cost')
  },
})
