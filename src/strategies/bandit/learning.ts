/** What strategies share that choose by value, with quality as it is believed to be after feedback. */

import { priceOf } from '../../domain/value.ts'
import type { Turn, Verdict } from '../../domain/strategy.ts'
import { chooseAmong, type Manner } from './choose.ts'
import { featuresOf } from './features.ts'
import { type LearningOptions, posteriorOptions, type TryingOptions } from './options.ts'
import { createPosterior } from './posterior.ts'
import { createLearner } from './statistics.ts'

export const learnerOf = (name: string, options: LearningOptions) =>
  createLearner(name, posteriorOptions(options).memory)

/** Made once for a policy: it keeps what it has factorised of the sums. `share`: how those that may be tried share the choice. */
export function createBandit(
  name: string,
  options: LearningOptions & TryingOptions,
  share: Manner['share'],
): (turn: Turn) => Verdict {
  const posterior = createPosterior(learnerOf(name, options).id, posteriorOptions(options))
  return (turn) => {
    const beliefs = posterior(turn.learnt ?? null, featuresOf(turn))
    return chooseAmong(turn, options, {
      prospects: (candidates, rates, doubt) =>
        candidates.map((candidate) => {
          const { mean, deviation } = beliefs(candidate, doubt)
          return { candidate, mean, deviation, value: mean - priceOf(candidate, rates) }
        }),
      share,
    })
  }
}
