import { z } from 'zod'
import { chooseAmong } from './bandit/choose.ts'
import { featuresOf } from './bandit/features.ts'
import { goodAnswersOf, preferenceHead, readHead, softmax } from './bandit/head.ts'
import { tryingFields } from './bandit/options.ts'
import { defineStrategy } from './strategy.ts'

/**
 * A policy trained from feedback on the models that were chosen, and on no others (BaRP, arXiv 2510.07429), with the exchange of
 * quality and money left open: the objective sets it at each request. It does not learn while it serves; where models may be
 * tried it draws them by its own chances, and the log of that is what the next head is trained on.
 */
export const barp = defineStrategy({
  name: 'barp',
  summary: 'a policy trained from feedback, with a dial between quality and cost that each request may set',
  needs: { quality: true, cost: true },
  options: z.strictObject({ ...tryingFields, head: preferenceHead }),
  models: () => null,
  explore: ({ explore }) => explore ?? null,
  prepare: ({ head }, embedder) => readHead(head, embedder),
  *choose(turn, options, { prepared: valueUnder }) {
    const x = featuresOf(turn)
    return chooseAmong(turn, options, {
      prospects: (candidates, rates) =>
        candidates.map((candidate) => ({
          candidate,
          ...candidate.quality,
          value: valueUnder(candidate, x, rates),
        })),
      share: (prospects) =>
        softmax(
          prospects.map(({ value }) => value),
          options.head.sharpness,
        ),
      goodAnswers: ({ lambda }) => goodAnswersOf(lambda, options.head.scaleUsd),
    })
  },
})
