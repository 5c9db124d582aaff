import { z } from 'zod'
import { argmaxChances } from './bandit/gaussian-argmax.ts'
import { createBandit, learnerOf } from './bandit/learning.ts'
import { learningFields, tryingFields } from './bandit/options.ts'
import { defineStrategy } from './strategy.ts'

/**
 * Utility that learns from feedback, by linear Thompson sampling (Agrawal and Goyal 2013) with an offline prior: it learns what
 * `linucb` learns, and where models may be tried each is chosen as often as it is likely to be the one worth most,
 *
 *     P(model) = P(its value, drawn from N(mean - lambda dollars - mu seconds, (width deviation)^2), is the largest)
 *
 * Models are independent given the features, so that this is an integral in one dimension, and the propensity needs no draws.
 */
export const thompson = defineStrategy({
  name: 'thompson',
  summary:
    'the best value by predictions that feedback corrects; chooses a model as often as it is likely to be best',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    ...learningFields,
    ...tryingFields,
    width: z
      .number()
      .min(0)
      .max(5)
      .default(0.5)
      .describe('What deviations are multiplied by: below 1 it tries less than its doubt says.'),
  }),
  models: () => null,
  learner: (options) => learnerOf('thompson', options),
  explore: ({ explore }) => explore ?? null,
  prepare: (options) =>
    createBandit('thompson', options, (prospects) =>
      argmaxChances(
        prospects.map(({ value, deviation }) => ({ mean: value, deviation: options.width * deviation })),
      ),
    ),
  *choose(turn, _, { prepared }) {
    return prepared(turn)
  },
})
