import { z } from 'zod'
import { consult } from '../../../domain/strategy.ts'
import { always, asItIs, type ConfidenceSignal, free, learnt, missing, score } from './signal.ts'

export const checkerOptions = z.strictObject({
  kind: z.literal('checker'),
  consultant: z.string().min(1).describe('A consultant of the configuration that scores answers, 0 to 1.'),
  ...learnt,
})

/** What a checker of the user's own says: tests that are run, a search that is made, a scorer. */
export const checker: ConfidenceSignal<z.output<typeof checkerOptions>> = {
  // Whoever writes a checker means something by it; how well it tells is not known until it is calibrated.
  untrained: { kind: 'isotonic', scores: [0, 0.5, 1], probabilities: [0.1, 0.5, 0.8], baseRate: 0.5 },
  untrainedAuroc: 0.8,
  speaks: always,
  usd: free,
  wanted: asItIs,
  *read({ turn, candidate, answer }, { consultant }) {
    const [said] = yield* consult([
      { consultant, request: turn.request, about: { candidate, answer }, models: [] },
    ])
    if (said?.kind !== 'said') return missing(`${consultant} was silent`)
    const value = said.opinion.score ?? said.opinion.scores?.[candidate.id]
    return value === undefined || !Number.isFinite(value)
      ? missing(`${consultant} gave no score`)
      : score(Math.min(1, Math.max(0, value)))
  },
}
