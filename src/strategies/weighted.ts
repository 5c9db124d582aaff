import { z } from 'zod'
import type { Candidate } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { Draw } from '../domain/random.ts'
import { forward } from '../domain/strategy.ts'
import { defineStrategy, modelName } from './strategy.ts'

/** Splits traffic by weight. Weights of models that may not serve a request are shared out among the others. */
export const weighted = defineStrategy({
  name: 'weighted',
  summary: 'a random model, in proportion to its weight',
  needs: { quality: false, cost: false },
  options: z.strictObject({
    weights: z
      .record(modelName, z.number().positive().max(1e9))
      .refine(
        (weights) => Object.keys(weights).length > 0,
        'needs at least one model, as in {openai/gpt-5-mini: 1}',
      ),
  }),
  models: ({ weights }) => Object.keys(weights).map(modelId),
  *choose({ candidates, draw }, { weights }) {
    const entries = candidates.flatMap((candidate) => {
      const weight = weights[candidate.id]
      return weight === undefined ? [] : [{ candidate, weight }]
    })
    const total = entries.reduce((sum, { weight }) => sum + weight, 0)
    const drawn = drawOne(entries, draw, total)
    if (!drawn)
      return forward(candidates, `no weighted model may serve this request; ${candidates[0].id} stands in`)
    const { candidate, weight } = drawn
    const others = candidates.filter((other) => other !== candidate)
    return forward([candidate, ...others], `drawn with weight ${weight} of ${total}`, weight / total)
  },
})

type Entry = { readonly candidate: Candidate; readonly weight: number }

function drawOne(entries: readonly Entry[], draw: Draw, total: number): Entry | undefined {
  let mark = draw() * total
  for (const entry of entries) {
    mark -= entry.weight
    if (mark < 0) return entry
  }
  // Rounding may leave a hair of the mark over.
  return entries.at(-1)
}
