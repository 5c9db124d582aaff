import type { Cost, Estimate } from '../domain/estimate.ts'
import type { Model } from '../domain/model.ts'
import type { Request } from '../domain/request.ts'

/** Expected dollars of one call: input tokens are known, output tokens are predicted and carry the deviation. */
export function callCost(model: Model, inputTokens: number, outputTokens: Estimate, answers = 1): Cost {
  const { input, output } = model.prices
  if (input === 'unknown' || output === 'unknown') {
    return {
      kind: 'unknown',
      why: `the catalogue has no ${input === 'unknown' ? 'input' : 'output'} price for ${model.id}`,
    }
  }
  return {
    kind: 'known',
    usd: {
      mean: (inputTokens * input + answers * outputTokens.mean * output) / 1e6,
      deviation: (Math.sqrt(answers) * outputTokens.deviation * output) / 1e6,
    },
  }
}

/** Output tokens within the request's and the model's limits. */
export function limitedOutput(tokens: Estimate, request: Request, model: Model): Estimate {
  const limit = Math.min(request.sampling.maxOutputTokens ?? Number.POSITIVE_INFINITY, model.maxOutputTokens)
  return tokens.mean <= limit ? tokens : { mean: limit, deviation: Math.min(tokens.deviation, limit / 4) }
}
