/** What policies may write for strategies that learn from feedback. */

import { z } from 'zod'
import { budgetPeriods } from '../../domain/policy.ts'
import type { PosteriorOptions } from './posterior.ts'

const positive = z.number().positive()

/** What every strategy has that tries models: BaRP, which does not learn while serving, too. */
export const tryingFields = {
  explore: z
    .strictObject({ usd: z.number().min(0), per: z.enum(budgetPeriods) })
    .optional()
    .describe(
      'Dollars per hour, day, week or month, by the clock of UTC, that trying models may be expected to cost beyond the best ones. Absent: none is tried.',
    ),
  floor: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.02)
    .describe(
      'Share of the requests, where models may be tried, that is spread evenly over those that may: no propensity is tiny.',
    ),
  tryWithin: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('A model that is expected to be worse than the best one by more than this is not tried.'),
  deadBand: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      "A conversation's model is kept until another is worth more by this; none is tried within one.",
    ),
  pacing: z
    .strictObject({
      strength: z.number().min(0).max(10).default(2),
      lambdaRange: z
        .strictObject({ lowest: positive.default(0.1), highest: positive.default(10_000) })
        .prefault({})
        .refine(({ lowest, highest }) => lowest < highest, 'lowest must be below highest.'),
    })
    .prefault({})
    .describe(
      "With a budget: how hard the price of money answers to being ahead or behind, as in the strategy budget's pace: lambda.",
    ),
}

export const learningFields = {
  halfLifeHours: positive
    .nullable()
    .default(24 * 14)
    .describe('After this time feedback counts for half. null: for ever the same.'),
  prior: z
    .strictObject({
      most: z.number().min(1).max(1000).default(50),
      halvedAfter: positive.nullable().default(1000),
    })
    .prefault({})
    .describe(
      'Answers that the offline model counts for at most, and the number of answers after which it counts for half.',
    ),
  noise: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.4)
    .describe("Deviation of one answer's quality from what was to be expected: 0.4 fits right or wrong."),
}

const trying = z.strictObject(tryingFields)
const learning = z.strictObject(learningFields)

export type TryingOptions = z.output<typeof trying>
export type LearningOptions = z.output<typeof learning>

const msPerHour = 3_600_000

export const posteriorOptions = ({ halfLifeHours, prior, noise }: LearningOptions): PosteriorOptions => ({
  memory: { halfLifeMs: halfLifeHours === null ? null : halfLifeHours * msPerHour },
  prior,
  noise,
})
