/** What is learnt from feedback beside what strategies learn themselves. */

import { z } from 'zod'
import { share } from './share.ts'

const graded = z.number().int().min(50).max(20_000)

export const calibrationSchema = z.strictObject({
  everyHours: z
    .number()
    .positive()
    .max(24 * 20)
    .default(6)
    .describe('Hours from one fit to the next.'),
  minGraded: graded.default(500).describe('Answers with a score, fewer of which are not looked at.'),
  laterShare: share
    .default(0.3)
    .describe('The latest part of the graded answers, which a fit is judged by and never sees.'),
  canary: z
    .strictObject({
      share: share
        .default(0.1)
        .describe('Of the sessions, that a new correction serves until it is decided on.'),
      minGraded: graded.default(300).describe('Graded answers that either side must have.'),
      maxLoss: share
        .default(0.05)
        .describe('By how much the mean score may be lower, its interval included.'),
    })
    .nullable()
    .prefault({})
    .describe('null: what the later answers speak for serves all at once.'),
})

export const learningFields = {
  learning: z
    .strictObject({
      calibration: calibrationSchema.optional().describe('Corrects predictions of quality by feedback.'),
    })
    .optional()
    .describe('What is learnt from feedback beside what strategies learn themselves.'),
}

type LearningEntry = z.output<typeof learningFields.learning>

/** Of a gateway: `null` where predictions stay as they are. */
export function resolveCalibration(entry: LearningEntry) {
  if (entry?.calibration === undefined) return null
  const { everyHours, ...others } = entry.calibration
  return { ...others, everyMs: everyHours * 3_600_000 }
}

export type CalibrationSettings = ReturnType<typeof resolveCalibration>
