import type { QuantisedRows } from '../quantise.ts'
import { createPairwise, type PairwiseEstimator, type PairwiseOptions } from './pairwise-estimator.ts'
import { solveRatings } from './pairwise-ratings.ts'
import { halfPoints, type PairwiseWeights, type StoredBattles } from './pairwise-weights.ts'

/**
 * RouteLLM's similarity-weighted Bradley-Terry (arXiv 2406.18665): each request has ratings of its own, fitted on stored
 * battles that count the more the nearer their prompt,
 *
 *     weight_i = gamma^(1 + S_i),    S_i = cos(q, q_i) / max_j cos(q, q_j)
 *
 * Ratings are of tiers of models. Weights are scaled to their effective number of battles, (sum w)^2 / sum w^2, beside which
 * a prior around the ratings over all prompts holds its own where few battles are near.
 */
export function createBradleyTerry(
  { models, bradleyTerry }: PairwiseWeights,
  options: PairwiseOptions = {},
): PairwiseEstimator {
  return createPairwise(
    'bradley-terry',
    models,
    bradleyTerry.calibration,
    ({ vector }) => localLogOdds(bradleyTerry, vector),
    options,
  )
}

/** The rating of every model at one prompt: its tier's, and what its rating over all prompts is off its tier's. */
export function localLogOdds(weights: StoredBattles, vector: ArrayLike<number>): Float64Array {
  const tiers = weights.tierRatings.length
  const won = localTally(weights, promptWeights(weights, vector), tiers)
  const local = solveRatings(won, {
    centre: Float64Array.from(weights.tierRatings),
    variance: weights.priorVariance,
  })
  return Float64Array.from(weights.offsets, (offset, model) => local[weights.tiers[model]!]! + offset)
}

/** What a battle on each stored prompt counts for. */
function promptWeights(
  { gamma, prompts, battleCounts }: StoredBattles,
  vector: ArrayLike<number>,
): Float64Array {
  const weights = cosines(prompts, vector, battleCounts.length)
  let nearest = 0
  for (const cosine of weights) if (cosine > nearest) nearest = cosine
  const logGamma = Math.log(gamma)
  let sum = 0
  let squares = 0
  for (let prompt = 0; prompt < weights.length; prompt++) {
    // Without any prompt in the vector's direction all are equally far. The common factor gamma^2 drops out below.
    const weight = nearest > 0 ? Math.exp(logGamma * (weights[prompt]! / nearest - 1)) : 1
    weights[prompt] = weight
    sum += weight * battleCounts[prompt]!
    squares += weight * weight * battleCounts[prompt]!
  }
  if (squares > 0) for (let prompt = 0; prompt < weights.length; prompt++) weights[prompt]! *= sum / squares
  return weights
}

function cosines({ values, scales }: QuantisedRows, vector: ArrayLike<number>, size: number): Float64Array {
  const dims = vector.length
  if (values.length !== size * dims) {
    throw new RangeError(`a vector of ${dims} numbers, where ${values.length / size} were trained on`)
  }
  const result = new Float64Array(size)
  for (let prompt = 0; prompt < size; prompt++) {
    let dot = 0
    const row = prompt * dims
    for (let dim = 0; dim < dims; dim++) dot += values[row + dim]! * vector[dim]!
    result[prompt] = dot * scales[prompt]!
  }
  return result
}

function localTally(
  { battleCounts, battles }: StoredBattles,
  weights: Float64Array,
  tiers: number,
): Float64Array {
  const won = new Float64Array(tiers * tiers)
  let at = 0
  for (let prompt = 0; prompt < battleCounts.length; prompt++) {
    const weight = weights[prompt]! / halfPoints.win
    for (let count = battleCounts[prompt]!; count > 0; count--) {
      const first = battles[at]!
      const second = battles[at + 1]!
      const points = battles[at + 2]!
      won[first * tiers + second]! += weight * points
      won[second * tiers + first]! += weight * (halfPoints.win - points)
      at += 3
    }
  }
  return won
}
