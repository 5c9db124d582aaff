import { z } from 'zod'
import { byCost, type Candidate, expectedUsd } from '../domain/candidate.ts'
import { modelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import { forward } from '../domain/strategy.ts'
import { normalShare } from './answers/normal.ts'
import { defineStrategy, modelName, probability } from './strategy.ts'

const defaultLoss = 0.05

/**
 * Two models of a kind, as Amazon Bedrock's intelligent prompt routing has them: the cheaper one answers where it is predicted
 * to lose at most `maxQualityLoss` of the dearer one's quality,
 *
 *     (q_dear - q_cheap) / q_dear <= maxQualityLoss,
 *
 * with a probability of at least `sure`, the errors of both predictions taken to be independent and normal: at 0.5 the means
 * decide. Where nothing can be told, for want of a price, the fallback model answers; it stands in for the other too.
 */
export const family = defineStrategy({
  name: 'family',
  summary: 'two models; the cheaper one where it loses little quality',
  needs: { quality: true, cost: false },
  options: z.strictObject({
    models: z.tuple([modelName, modelName]).describe('Two models, in any order.'),
    fallbackModel: modelName.describe('The one of the two that answers where nothing can be told.'),
    maxQualityLoss: probability
      .optional()
      .describe("The share of the dearer one's quality that may be lost, such as 5%."),
    sure: z
      .number()
      .min(0.5)
      .max(0.999)
      .default(0.5)
      .describe('How likely it must be that no more than that is lost.'),
  }),
  models: ({ models }) => models.map(modelId),
  objectives: ['maxQualityLoss'],
  faults: ({ models: [first, second], fallbackModel }) => [
    ...(first === second
      ? [{ path: ['models', 1], message: `${first} stands there twice. Name two models.` }]
      : []),
    ...(fallbackModel === first || fallbackModel === second
      ? []
      : [{ path: ['fallbackModel'], message: `is neither ${first} nor ${second}. Name one of the two.` }]),
  ],
  *choose({ candidates }, { models, fallbackModel, maxQualityLoss = defaultLoss, sure }) {
    const two = byCost(candidates.filter(({ id }) => models.some((name) => name === id)))
    const others = candidates.filter((candidate) => !two.includes(candidate))
    const [cheap, dear] = two
    const to = (...order: NonEmpty<Candidate>): NonEmpty<Candidate> => [...order, ...others]
    if (!cheap)
      return forward(candidates, `neither of the two may serve this request; ${candidates[0].id} stands in`)
    if (!dear) return forward(to(cheap), `only ${cheap.id} of the two may serve this request`)
    if (!Number.isFinite(expectedUsd(dear))) {
      const [first, second] = cheap.id === fallbackModel ? [cheap, dear] : [dear, cheap]
      return forward(to(first, second), `what ${dear.id} costs is not known: the fallback model answers`)
    }
    const loss = lossOf(cheap, dear)
    const certainty = certaintyOf(cheap, dear, maxQualityLoss)
    const isEnough = certainty >= sure
    const said = `${cheap.id} is predicted to lose ${percent(loss)} of the quality of ${dear.id}, ${isEnough ? 'within' : 'not within'} ${percent(maxQualityLoss)}`
    const because = sure === 0.5 ? said : `${said} with probability ${certainty.toFixed(2)} of ${sure}`
    return forward(isEnough ? to(cheap, dear) : to(dear, cheap), because)
  },
})

/** Below 0: the cheaper one is the better. */
function lossOf(cheap: Candidate, dear: Candidate): number {
  const [had, best] = [cheap.quality.mean, dear.quality.mean]
  return best === 0 ? 0 : (best - had) / best
}

/** P(q_cheap >= (1 - loss) q_dear). */
function certaintyOf(cheap: Candidate, dear: Candidate, maxLoss: number): number {
  const kept = 1 - maxLoss
  // Shares that are written in decimals are met to the last digit but a few.
  const margin = cheap.quality.mean - kept * dear.quality.mean + 1e-12
  const deviation = Math.hypot(cheap.quality.deviation, kept * dear.quality.deviation)
  if (deviation > 0) {
    const share = normalShare(margin / deviation)
    // The series is off in its last digits: at a margin of nothing the means must decide.
    return margin >= 0 ? Math.max(0.5, share) : Math.min(0.5 - Number.EPSILON, share)
  }
  return margin >= 0 ? 1 : 0
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
