import { z } from 'zod'
import { createBandit, learnerOf } from './bandit/learning.ts'
import { learningFields, tryingFields } from './bandit/options.ts'
import { defineStrategy } from './strategy.ts'

/**
 * Utility that learns from feedback, LinUCB with an offline prior (PILOT, arXiv 2508.21141): the quality of each model is what the
 * offline model predicts and a correction linear in features of the request, which feedback teaches. Where models may be
 * tried, the choice is
 *
 *     argmax  mean + optimism x deviation - lambda dollars - mu seconds
 *
 * and a floor of the requests goes to each of those that may. With no feedback and nothing to try it is `utility`.
 */
export const linUcb = defineStrategy({
  name: 'linucb',
  summary:
    'the best value by predictions that feedback corrects; tries what may be better than it is known to be',
  needs: { quality: true, cost: true },
  options: z.strictObject({
    ...learningFields,
    ...tryingFields,
    optimism: z
      .number()
      .min(0)
      .max(5)
      .default(1)
      .describe('Deviations by which a quality is raised before models that may be tried are compared.'),
  }),
  models: () => null,
  learner: (options) => learnerOf('linucb', options),
  explore: ({ explore }) => explore ?? null,
  prepare: (options) =>
    createBandit('linucb', options, (prospects) => {
      const hope = prospects.map(({ value, deviation }) => value + options.optimism * deviation)
      const best = hope.indexOf(Math.max(...hope))
      return new Float64Array(prospects.length).fill(1, best, best + 1)
    }),
  *choose(turn, _, { prepared }) {
    return prepared(turn)
  },
})
