/** What calls of a strategy's own making will cost, before they are made. */

import type { Candidate } from '../../domain/candidate.ts'
import { expectedUsd } from '../../domain/candidate.ts'
import type { Objective } from '../../domain/objective.ts'

const charsPerToken = 4

export const tokensOfChars = (chars: number): number => Math.ceil(chars / charsPerToken)

/** Expected dollars; infinite where a price is unknown. */
export function usdOf({ model }: Candidate, inputTokens: number, outputTokens: number): number {
  const { input, output } = model.prices
  return input === 'unknown' || output === 'unknown'
    ? Number.POSITIVE_INFINITY
    : (inputTokens * input + outputTokens * output) / 1e6
}

/** The client's request with so many tokens before it. */
export const usdWithMaterial = (candidate: Candidate, materialTokens: number): number =>
  expectedUsd(candidate) + usdOf(candidate, materialTokens, 0)

/** The lower one of what the options and the request allow; infinite: no limit. */
export const mostUsd = ({ maxCostUsd }: Objective, own: number | undefined): number =>
  Math.min(maxCostUsd ?? Number.POSITIVE_INFINITY, own ?? Number.POSITIVE_INFINITY)

/** Characters of material for which a model has room beside the request and its answer, at most `most`. */
export function roomChars(candidate: Candidate, requestTokens: number, most: number): number {
  const { model, outputTokens } = candidate
  const left = model.contextWindow - requestTokens - Math.min(model.maxOutputTokens, 2 * outputTokens.mean)
  // Half of it: tokens are estimated, and of dense texts there are more.
  return Math.max(0, Math.min(most, Math.floor((left * charsPerToken) / 2)))
}
