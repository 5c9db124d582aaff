import { z } from 'zod'
import { experimentUnits } from '../domain/experiment.ts'
import { share } from './share.ts'

const text = z.string().min(1)
const names = z.array(text).min(1)
const part = z.number().gt(0).max(1)

export const experimentSchema = z.strictObject({
  policy: text.describe('The policy whose requests take part: what clients ask for.'),
  control: text
    .optional()
    .describe('The policy that its requests go to otherwise; itself, where nothing is said.'),
  arms: z
    .record(text, part)
    .describe(
      'Policies to try, each with its share of those that take part; what is left goes to the control.',
    ),
  by: z
    .enum(experimentUnits)
    .default('session')
    .describe('What stays with one arm: a session, a user, a key, or nothing beyond one request.'),
  cohort: z
    .strictObject({
      tags: names.optional(),
      users: names.optional(),
      keys: names.optional(),
      teams: names.optional(),
    })
    .optional()
    .describe('Who takes part; anybody, where nothing is said.'),
  allocation: z
    .enum(['fixed', 'adaptive'])
    .default('fixed')
    .describe('Shares as they are written, or by what has been seen so far (track-and-stop).'),
  ramp: z
    .array(part)
    .max(20)
    .optional()
    .describe('Shares of all arms together, one step after the other, as in [0.01, 0.1, 0.5].'),
  unitsPerStep: z.number().int().positive().default(200).describe('Units of each arm before the next step.'),
  qualityMargin: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.02)
    .describe('Quality that may be lost and still counts as no loss: 0.02 is two points.'),
  alpha: z.number().gt(0).max(0.5).default(0.05).describe('The chance that any verdict is false.'),
  guardrails: z
    .strictObject({ failures: share.optional(), latencyMs: z.number().positive().optional() })
    .optional()
    .describe('How much worse than the control an arm may get before it is rolled back.'),
  automatic: z
    .boolean()
    .default(true)
    .describe('Verdicts are carried out: winners promoted, losers rolled back. Else they are only told.'),
})
export type ExperimentEntry = z.output<typeof experimentSchema>

export const holdOutSchema = z.strictObject({
  share: z.number().gt(0).max(0.5).describe('Of its requests, by session.'),
  model: text.describe('The model that answers them: what routing is measured against.'),
})
