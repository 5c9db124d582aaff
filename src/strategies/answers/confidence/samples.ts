import { z } from 'zod'
import { expectedUsd } from '../../../domain/candidate.ts'
import type { NonEmpty } from '../../../domain/non-empty.ts'
import { askAll, type Call } from '../../../domain/strategy.ts'
import { finalAnswer } from '../final-answer.ts'
import { always, asItIs, type ConfidenceSignal, learnt, missing, score } from './signal.ts'

export const samplesOptions = z.strictObject({
  kind: z.literal('samples'),
  count: z.number().int().min(1).max(8).default(3).describe('Samples beside the answer itself.'),
  temperature: z.number().min(0).max(2).default(0.8),
  ...learnt,
})

/**
 * Self-consistency (arXiv 2203.11171): the same model answers again, a little warmer. The share of samples that agree, with a
 * uniform prior: (agreeing + 1) / (samples + 2).
 */
export const samples: ConfidenceSignal<z.output<typeof samplesOptions>> = {
  untrained: { kind: 'isotonic', scores: [0.2, 0.5, 0.8], probabilities: [0.3, 0.5, 0.62], baseRate: 0.5 },
  untrainedAuroc: 0.72,
  speaks: always,
  usd: (_turn, candidate, { count }) => count * expectedUsd(candidate),
  wanted: asItIs,
  *read({ turn, candidate, answer }, { count, temperature }) {
    const said = finalAnswer(answer)
    if (said === null) return missing('the answer has no form in which another could equal it')
    const { request } = turn
    const warm = candidate.model.capabilities.has('reasoning') ? request.sampling.temperature : temperature
    const calls = Array.from({ length: count }, (_, index) => ({
      candidate,
      request: {
        ...request,
        stream: false,
        // A seed of its own makes each a try of its own, where a vendor would repeat itself.
        sampling: {
          ...request.sampling,
          temperature: warm,
          seed: (request.sampling.seed ?? 0) + index + 1,
          answers: 1,
        },
      },
    })) as unknown as NonEmpty<Call>
    const results = yield* askAll(calls)
    const others = results.flatMap((result) =>
      result.kind === 'answered' ? [finalAnswer(result.answer)] : [],
    )
    if (others.length === 0) return missing('no sample was answered')
    const agreeing = others.filter((other) => other === said).length
    return score((agreeing + 1) / (others.length + 2))
  },
}
