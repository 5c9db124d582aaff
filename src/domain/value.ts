import { type Candidate, expectedUsd } from './candidate.ts'
import type { Objective } from './objective.ts'

/**
 * What asking a candidate takes from the value of its answer: lambda x dollars + mu x seconds. Infinite where the price is
 * unknown and money counts; `0 * Infinity` is NaN, so with money no object an unknown price does not matter.
 */
export function priceOf(candidate: Candidate, { lambda, mu }: Pick<Objective, 'lambda' | 'mu'>): number {
  const money = lambda === 0 ? 0 : lambda * expectedUsd(candidate)
  return money + (mu * candidate.latencyMs.mean) / 1000
}
