/**
 * Sample-ratio check: whether arms got the shares of units that they were meant to get. Where they did not, assignment, logging or
 * filtering differs between the arms, and no comparison of them means anything (Fabijan et al. 2019, KDD).
 * Once: Pearson's chi-square. Watched: the Bayes factor of a Dirichlet-multinomial against the intended shares,
 * whose inverse is a p-value at any time (Lindon and Malek 2022, arXiv 2011.03567).
 */

import { chiSquareTail, logGamma } from './distributions.ts'

/** Units of an arm, and the share that it was meant to get. Shares add up to 1. */
export type ArmCount = { readonly units: number; readonly share: number }

export type SampleRatio = {
  readonly chiSquare: number
  readonly pValue: number
  /** 1 / Bayes factor, at most 1: holds however often it is looked at. */
  readonly watchedPValue: number
  readonly fits: boolean
}

/** Below it the arms are not what they should be. */
export const sampleRatioLimit = 0.001

/** Several strata (stages with different shares) count together. @throws RangeError where shares are not shares */
export function sampleRatio(strata: readonly (readonly ArmCount[])[], limit = sampleRatioLimit): SampleRatio {
  let chiSquare = 0
  let degrees = 0
  let logFactor = 0
  for (const arms of strata) {
    checkShares(arms)
    const total = arms.reduce((sum, { units }) => sum + units, 0)
    if (total === 0 || arms.length < 2) continue
    for (const { units, share } of arms) chiSquare += (units - total * share) ** 2 / (total * share)
    degrees += arms.length - 1
    logFactor += logBayesFactor(arms, total)
  }
  const pValue = degrees === 0 ? 1 : chiSquareTail(chiSquare, degrees)
  const watchedPValue = Math.min(1, Math.exp(-logFactor))
  return {
    chiSquare,
    pValue,
    watchedPValue,
    fits: watchedPValue >= limit && (pValue >= limit || !enough(strata)),
  }
}

/** Chi-square is an approximation that holds from five expected units an arm on. */
const enough = (strata: readonly (readonly ArmCount[])[]): boolean =>
  strata.every((arms) => {
    const total = arms.reduce((sum, { units }) => sum + units, 0)
    return total === 0 || arms.every(({ share }) => total * share >= 5)
  })

/** How strongly the alternative holds to shares near the intended ones, in units. */
const priorUnits = 100

/** ln of Dirichlet(priorUnits share)-multinomial over multinomial(share); the orders that lead to the counts cancel. */
function logBayesFactor(arms: readonly ArmCount[], total: number): number {
  let sum = logGamma(priorUnits) - logGamma(priorUnits + total)
  for (const { units, share } of arms) {
    const prior = priorUnits * share
    sum += logGamma(prior + units) - logGamma(prior) - units * Math.log(share)
  }
  return sum
}

function checkShares(arms: readonly ArmCount[]): void {
  const sum = arms.reduce((total, { share }) => total + share, 0)
  if (arms.some(({ share }) => !(share > 0)) || Math.abs(sum - 1) > 1e-6)
    throw new RangeError(
      `the arms' intended shares are above 0 and add up to 1, not ${arms.map(({ share }) => share).join(', ')}`,
    )
  if (arms.some(({ units }) => !(units >= 0))) throw new RangeError('an arm has no fewer than 0 units')
}
