/** A score of an answer as evidence: how much likelier it is of right answers than of wrong ones. */

import { z } from 'zod'
import { probability } from '../../strategy.ts'

const share = z.number().gt(0).lt(1)

/** `baseRate`: the share of right answers among those that it was fitted on, without which a probability is no evidence. */
export const scoreCalibration = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('platt'),
    slope: z.number(),
    intercept: z.number(),
    baseRate: share,
  }),
  z
    .strictObject({
      kind: z.literal('isotonic'),
      scores: z.array(probability).min(1),
      probabilities: z.array(probability).min(1),
      baseRate: share,
    })
    .refine(({ scores, probabilities }) => scores.length === probabilities.length, {
      error: 'scores and probabilities must be of one length. Write a probability for each score.',
    })
    .refine(({ scores }) => scores.every((score, place) => place === 0 || score > scores[place - 1]!), {
      error: 'scores must rise. Write them in order, each once.',
    }),
])
export type ScoreCalibration = z.output<typeof scoreCalibration>

/** e^4, about 55 to 1: no single reading is surer than that, however it was calibrated. */
export const mostEvidence = 4

/**
 * ln P(score | right) - ln P(score | wrong), by Bayes' rule logit P(right | score) - logit(base rate). Platt: logit P =
 * slope x logit(score) + intercept. Isotonic: between its points P is linear in the score, beyond them flat.
 */
export function evidenceOf(score: number, calibration: ScoreCalibration): number {
  const logOdds =
    calibration.kind === 'platt'
      ? calibration.slope * logit(score) + calibration.intercept
      : logit(interpolated(score, calibration))
  return limited(logOdds - logit(calibration.baseRate))
}

export const limited = (evidence: number): number => Math.min(mostEvidence, Math.max(-mostEvidence, evidence))

function interpolated(
  score: number,
  { scores, probabilities }: Extract<ScoreCalibration, { kind: 'isotonic' }>,
): number {
  const above = scores.findIndex((one) => one >= score)
  if (above === -1) return probabilities.at(-1)!
  if (above === 0) return probabilities[0]!
  const [from, to] = [scores[above - 1]!, scores[above]!]
  const along = (score - from) / (to - from)
  return probabilities[above - 1]! + along * (probabilities[above]! - probabilities[above - 1]!)
}

/** Clipped: a score of 0 or 1 is no certainty. */
const surest = 0.999

export function logit(share: number): number {
  const clipped = Math.min(surest, Math.max(1 - surest, share))
  return Math.log(clipped / (1 - clipped))
}
