/**
 * A preference-conditioned head (BaRP, arXiv 2510.07429): how a policy that was trained on feedback values the candidates, for any
 * weight w of thrift against quality,
 *
 *     value = (1 - w) (q + u . x - mu s) - w (min(c / scale, 1) - v . x)        chance = softmax(sharpness x value)
 *
 * q, c, s what is predicted of the candidate (quality, dollars, seconds), x the features of the request, u and v learnt for each
 * model: what it is better, and what it is worth more where money counts, than predicted. A reward that is linear in w has a best
 * policy whose values are, so that one head serves every setting of the dial. A model that the head does not know goes by
 * its predictions alone, and a price that changed by the new one.
 */

import { z } from 'zod'
import { type Candidate, expectedUsd } from '../../domain/candidate.ts'
import type { TextEmbedder } from '../../domain/strategy.ts'
import type { Rates } from './choose.ts'
import { banditFeatures } from './features.ts'
import { dot } from './vectors.ts'

const known = new Set(banditFeatures)

const weights = z
  .record(z.string(), z.number())
  .superRefine((written, context) => {
    for (const name of Object.keys(written))
      if (!known.has(name))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is no feature. There are ${banditFeatures.slice(0, 3).join(', ')} and others in docs/strategies/barp.md.`,
        })
  })
  .default({})

export const preferenceHead = z
  .strictObject({
    scaleUsd: z.number().positive().describe('Dollars of one request that count as dear as can be.'),
    sharpness: z
      .number()
      .positive()
      .max(1000)
      .default(20)
      .describe('How much likelier the better of two is chosen where models are tried.'),
    encoder: z
      .string()
      .optional()
      .describe('The encoder whose vectors the text features are of; under another they are not read.'),
    models: z.record(z.string(), z.strictObject({ quality: weights, thrift: weights })),
  })
  .describe('What fitPreferenceHead (src/learning/bandit) learns from feedback.')

export type PreferenceHead = z.output<typeof preferenceHead>

/** The weight of thrift at which (1 - w) q - w c / scale orders models as q - lambda c does. */
export const thriftOf = (lambda: number, scaleUsd: number): number => {
  const ratio = lambda * scaleUsd
  return ratio === Infinity ? 1 : ratio / (1 + ratio)
}

/** Good answers that one unit of value is, 1 / (1 - w): times it, quality counts for itself, and dollars within the scale for lambda each. */
export const goodAnswersOf = (lambda: number, scaleUsd: number): number => 1 + lambda * scaleUsd

/** The other way round: what a weight of thrift, below 1, is as quality per dollar. */
export const lambdaOf = (thrift: number, scaleUsd: number): number => thrift / (1 - thrift) / scaleUsd

type ReadHead = (candidate: Candidate, x: Float64Array, rates: Rates) => number

/** The head's values; its weights laid out once. */
export function readHead(head: PreferenceHead, embedder: TextEmbedder | null): ReadHead {
  const readsText = head.encoder !== undefined && head.encoder === embedder?.id
  const dense = (named: Readonly<Record<string, number>>) =>
    Float64Array.from(banditFeatures, (name) =>
      name.startsWith('text:') && !readsText ? 0 : (named[name] ?? 0),
    )
  const models = new Map(
    Object.entries(head.models).map(([id, { quality, thrift }]) => [
      id,
      { quality: dense(quality), thrift: dense(thrift) },
    ]),
  )
  return (candidate, x, { lambda, mu }) => {
    const w = thriftOf(lambda, head.scaleUsd)
    const own = models.get(candidate.id)
    const seconds = candidate.latencyMs.mean / 1000
    const quality = candidate.quality.mean + (own ? dot(own.quality, x) : 0) - mu * seconds
    return (1 - w) * quality - (w === 0 ? 0 : w * (shareOf(candidate, head) - (own ? dot(own.thrift, x) : 0)))
  }
}

/** An unknown price is never within the scale: it makes the value minus infinity where money counts. */
function shareOf(candidate: Candidate, { scaleUsd }: PreferenceHead): number {
  const usd = expectedUsd(candidate)
  return Number.isFinite(usd) ? Math.min(1, usd / scaleUsd) : Infinity
}

/** Sums to 1; of values however large. */
export function softmax(values: readonly number[], sharpness: number): Float64Array {
  const top = Math.max(...values)
  const masses = Float64Array.from(values, (value) => Math.exp(sharpness * (value - top)))
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  return masses.map((mass) => mass / total)
}
