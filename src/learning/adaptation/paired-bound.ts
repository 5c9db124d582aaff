/**
 * Lower bounds of the mean of paired differences, at any number of pairs and with no approximation: a search that ends in one
 * look at a few dozen examples is what normal intervals are worst at.
 */

import { logGamma } from '../../statistics/distributions.ts'

/**
 * The lower bound of the mean of differences in [-1, 1], with an error of at most `alpha`. -1 where there are none.
 *
 * Where every difference is -1, 0 or 1 (an answer is right or wrong) the sign of the bound is that of McNemar's exact test: with
 * w wins among d pairs that differ, of n in all, the bound is (2 p - 1) d / n, p the Clopper-Pearson bound of a win, P(X >= w | d, p) =
 * alpha. It is above 0 just where w wins of d would come of a fair coin with a chance below alpha.
 *
 * Otherwise it is found by betting (Waudby-Smith and Ramdas 2020, arXiv 2010.09686): for the claim "the mean is m or less" a
 * capital that bets on each difference, the mean over bets b of prod(1 + b (x_i - m)), 0 < b < 1 / (1 + m), reaches 1 / alpha with a
 * chance of at most alpha; the bound is the largest m, in steps of 0.002, that is refuted with all below it.
 */
export function lowerBound(differences: readonly number[], alpha: number): number {
  if (differences.length === 0) return -1
  return differences.every((one) => one === 0 || Math.abs(one) === 1)
    ? countedBound(differences, alpha)
    : betBound(differences, alpha)
}

function countedBound(differences: readonly number[], alpha: number): number {
  const wins = differences.filter((one) => one > 0).length
  const differing = differences.filter((one) => one !== 0).length
  if (differing === 0) return 0
  const share = winShareBound(wins, differing, alpha)
  return ((2 * share - 1) * differing) / differences.length
}

/** Clopper and Pearson's one-sided lower bound, by bisection. */
function winShareBound(wins: number, of: number, alpha: number): number {
  if (wins === 0) return 0
  let [low, high] = [0, 1]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (upperTail(wins, of, middle) < alpha) low = middle
    else high = middle
  }
  return low
}

/** P(X >= wins) of a binomial X. */
function upperTail(wins: number, of: number, share: number): number {
  let sum = 0
  for (let count = wins; count <= of; count++) {
    const ways = logGamma(of + 1) - logGamma(count + 1) - logGamma(of - count + 1)
    sum += Math.exp(ways + logPower(share, count) + logPower(1 - share, of - count))
  }
  return sum
}

const logPower = (base: number, exponent: number): number => (exponent === 0 ? 0 : exponent * Math.log(base))

/**
 * The same by betting, for differences of any kind within [-1, 1], and for claims other than "no better": whether the mean is
 * above -margin can't be told by counting wins.
 */
export function betBound(differences: readonly number[], alpha: number): number {
  if (differences.length === 0) return -1
  // From -1 + 2 / gridSteps on: that the mean is -1 or more needs no evidence.
  let refuted = -1
  for (let step = 1; step < gridSteps; step++) {
    const mean = -1 + (2 * step) / gridSteps
    if (logCapital(differences, mean) < Math.log(1 / alpha)) break
    refuted = mean
  }
  return refuted
}

const gridSteps = 1000
/** Shares of the largest bet that can't lose everything. */
const bets = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

function logCapital(differences: readonly number[], mean: number): number {
  const logs = bets.map((share) => {
    const bet = share / (1 + mean)
    return differences.reduce((sum, one) => sum + Math.log1p(bet * (one - mean)), 0)
  })
  const top = Math.max(...logs)
  return top + Math.log(logs.reduce((sum, one) => sum + Math.exp(one - top), 0) / bets.length)
}
