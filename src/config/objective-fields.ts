import { z } from 'zod'
import type { ObjectiveStatement } from '../domain/policy.ts'
import { share } from './share.ts'

const lambda = z.number().min(0)

/** The ways to say what is wanted of a policy, of which it may use one. */
export const objectiveSchemas = {
  quality: share.optional().describe("Keep this share of the best model's quality."),
  maxQualityLoss: share.optional().describe("Lose at most this share of the best model's quality."),
  willingnessToPay: z
    .number()
    .positive()
    .optional()
    .describe('Dollars per request that ten points of quality (0.1) are worth.'),
  meanCost: z.number().positive().optional().describe('Dollars per request, on average.'),
  strongShare: share.optional().describe('Share of calls that go to the strong one of two models.'),
  lambda: z
    .union([lambda, z.strictObject({ first: lambda, second: lambda, shareOfSecond: share })])
    .optional()
    .describe(
      'Quality (0 to 1) given up to save one dollar; or two, and the share of requests by the second.',
    ),
}

export type ObjectiveField = keyof typeof objectiveSchemas
export const objectiveFields = Object.keys(objectiveSchemas) as readonly ObjectiveField[]

export type ObjectiveValues = z.output<z.ZodObject<typeof objectiveSchemas>>

/** What one field says. It must have been written. */
export function statementOf(field: ObjectiveField, values: ObjectiveValues): ObjectiveStatement {
  switch (field) {
    case 'quality':
      return { kind: 'quality', share: values.quality! }
    case 'maxQualityLoss':
      return { kind: 'max-quality-loss', share: values.maxQualityLoss! }
    case 'willingnessToPay':
      return { kind: 'willingness-to-pay', usdPerTenPoints: values.willingnessToPay! }
    case 'meanCost':
      return { kind: 'mean-cost', usd: values.meanCost! }
    case 'strongShare':
      return { kind: 'strong-share', share: values.strongShare! }
    case 'lambda':
      return lambdaStatement(values.lambda!)
  }
}

function lambdaStatement(written: NonNullable<ObjectiveValues['lambda']>): ObjectiveStatement {
  if (typeof written === 'number') return { kind: 'lambda', lambda: written }
  const { first, second, shareOfSecond } = written
  // At either end there is nothing to draw, and no choice of probability zero.
  if (shareOfSecond === 0 || shareOfSecond === 1)
    return { kind: 'lambda', lambda: shareOfSecond === 0 ? first : second }
  return { kind: 'lambda', lambda: first, mixture: { lambda: second, share: shareOfSecond } }
}
