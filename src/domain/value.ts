import { type Candidate, expectedUsd } from './candidate.ts'
import type { Objective } from './objective.ts'

type Rates = Pick<Objective, 'lambda' | 'mu'>

/** `0 * Infinity` is NaN: with money no object, an unknown price does not matter. */
const moneyOf = (candidate: Candidate, lambda: number): number =>
  lambda === 0 ? 0 : lambda * expectedUsd(candidate)

const timeOf = ({ latencyMs }: Candidate, mu: number): number => (mu * latencyMs.mean) / 1000

/** quality - lambda x dollars - mu x seconds; minus infinity where the price is unknown and money counts. */
export const worth = (candidate: Candidate, { lambda, mu }: Rates): number =>
  candidate.quality.mean - moneyOf(candidate, lambda) - timeOf(candidate, mu)

/** What asking a candidate takes from the value of its answer: lambda x dollars + mu x seconds. */
export const priceOf = (candidate: Candidate, { lambda, mu }: Rates): number =>
  moneyOf(candidate, lambda) + timeOf(candidate, mu)
