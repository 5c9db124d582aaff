/** Work beside the served path: judges, shadows, and what clients show without saying it. */

import { z } from 'zod'
import { limitPeriods } from '../domain/limits.ts'
import { share } from './share.ts'

const text = z.string().min(1)
const usd = z.number().positive()
const per = z.enum(limitPeriods).default('day')

export const gradeScales = ['ten', 'pass'] as const
export const shadowComparisons = ['judge', 'exact', 'none'] as const

export const judgeSchema = z.strictObject({
  by: text.describe('The policy or model that grades. It is told neither who answered nor at what price.'),
  share: share
    .default(0.02)
    .describe('Of the answers, drawn by their decisions; 0: it only compares for shadows.'),
  usd: usd.describe('Dollars that it may spend in each period. What it can no longer pay for is not graded.'),
  per: per.describe('The period; it begins by the clock of UTC.'),
  policies: z.array(text).min(1).optional().describe('Whose answers; those of all, where nothing is said.'),
  rubric: text.max(8_000).optional().describe('What makes an answer good, in your words.'),
  scale: z
    .enum(gradeScales)
    .default('ten')
    .describe('`ten`: a grade from 1 to 10. `pass`: it will do, or it will not.'),
})
export type JudgeEntry = z.output<typeof judgeSchema>

export const shadowSchema = z.strictObject({
  policy: text.describe('The policy whose requests are shadowed: what clients ask for.'),
  by: text.describe('The policy or model that decides a second time, unseen.'),
  share: share.default(0.1).describe('Of the requests, drawn by their decisions.'),
  answers: z.boolean().default(false).describe('It answers as well, which costs what answers cost.'),
  usd: usd.optional().describe('Dollars that its answers may cost in each period.'),
  per: per.describe('The period; it begins by the clock of UTC.'),
  compare: z
    .enum(shadowComparisons)
    .default('none')
    .describe('How the two answers are compared: by the judge, by whether they say the same, or not at all.'),
})
export type ShadowEntry = z.output<typeof shadowSchema>

export const implicitSchema = z.strictObject({
  retries: z
    .boolean()
    .default(false)
    .describe(
      'Who asks the same again within minutes, or asks in other words, was not content with the answer.',
    ),
  tools: z
    .boolean()
    .default(false)
    .describe('What came of the tools that an answer called says a little of the answer.'),
  withinMinutes: z.number().positive().max(1_440).default(10).describe('What comes later says nothing.'),
})
export type ImplicitEntry = z.output<typeof implicitSchema>

export const asideFields = {
  judge: judgeSchema.optional().describe('Grades a share of the answers, off the path of requests.'),
  shadows: z
    .record(text, shadowSchema)
    .optional()
    .describe('Policies that decide a second time for a share of the requests of another, unseen, by name.'),
  implicit: implicitSchema
    .optional()
    .describe('What is made of what clients do, where they say nothing of an answer.'),
}
