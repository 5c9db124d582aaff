/**
 * CUPED (Deng, Xu, Kohavi, Walker 2013, WSDM): what a covariate says of an outcome beforehand is taken out of it, R' = R - theta (X - X̄),
 * theta = cov(X, R) / var(X) over all arms together. The variance falls by the square of the correlation, and the difference of
 * arms stays the same on average only because X was fixed before the assignment: the router's own estimate of how hard the
 * prompt is, say, and nothing that an answer has touched.
 */

import { spreadOfMean, type Spread } from './spread.ts'
import {
  covariateRatio,
  denominatorOf,
  mergeRatioSums,
  type RatioSums,
  ratioMoments,
  ratioOf,
  residualProducts,
} from './ratio-sums.ts'

export type Adjusted = { readonly estimate: number; readonly spread: Spread }

/** The slope over all arms; 0 where the covariate has not varied. */
export function covariateSlope(arms: readonly RatioSums[]): number {
  let product = 0
  let covariate = 0
  for (const arm of arms) {
    if (arm.units < 2) continue
    const products = residualProducts(arm)
    product += products.product
    covariate += products.covariate
  }
  return covariate > 1e-12 ? product / covariate : 0
}

/** The arms' ratios, adjusted to the covariate that all of them have together. */
export function adjustArms(arms: readonly RatioSums[]): readonly Adjusted[] {
  const slope = covariateSlope(arms)
  const all = arms.filter(({ units }) => units > 0).reduce(mergeRatioSums, arms[0]!)
  const centre = covariateRatio(all)
  return arms.map((arm) => adjusted(arm, slope, centre))
}

function adjusted(sums: RatioSums, slope: number, centre: number): Adjusted {
  const plain = spreadOfMean(ratioMoments(sums))
  if (sums.units < 2 || slope === 0) return { estimate: ratioOf(sums), spread: plain }
  const { numerator, covariate, product } = residualProducts(sums)
  const left = Math.max(0, numerator - 2 * slope * product + slope * slope * covariate)
  const share = numerator > 0 ? left / numerator : 1
  return {
    estimate: ratioOf(sums) - slope * (covariateRatio(sums) - centre),
    spread: {
      ...plain,
      variance: plain.variance * share,
      // Higher moments of what is left are not summed: its tails are taken to be those of the outcome.
      varianceOfVariance: plain.varianceOfVariance * share ** 2,
    },
  }
}

/** The share of the variance that the covariate takes away, 0 to 1. */
export function varianceSaved(arms: readonly RatioSums[]): number {
  const slope = covariateSlope(arms)
  let before = 0
  let after = 0
  for (const arm of arms) {
    if (arm.units < 2) continue
    const { numerator, covariate, product } = residualProducts(arm)
    const scale = denominatorOf(arm) ** 2
    before += numerator / scale
    after += (numerator - 2 * slope * product + slope * slope * covariate) / scale
  }
  return before > 0 ? Math.max(0, 1 - after / before) : 0
}
