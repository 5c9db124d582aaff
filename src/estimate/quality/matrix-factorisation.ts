import { createPairwise, type PairwiseEstimator, type PairwiseOptions } from './pairwise-estimator.ts'
import type { Factorisation, PairwiseWeights } from './pairwise-weights.ts'

/**
 * RouteLLM's matrix factorisation (arXiv 2406.18665) over an encoding e, with the bias of the paper:
 *
 *     delta(m, e) = w2 . (v_m * (W1 e + b)),    P(a beats b) = sigmoid(slope (delta_a - delta_b))
 */
export function createMatrixFactorisation(
  { models, matrixFactorisation }: PairwiseWeights,
  options: PairwiseOptions = {},
): PairwiseEstimator {
  return createPairwise(
    'matrix-factorisation',
    models,
    matrixFactorisation.calibration,
    ({ encoding }) => factorisedLogOdds(matrixFactorisation, encoding),
    options,
  )
}

/** delta(m, e) of every model. The prompt's half is computed once, so that a further model costs `rank` multiplications. */
export function factorisedLogOdds(
  { rank, projection, bias, output, factors }: Factorisation,
  encoding: ArrayLike<number>,
): Float64Array {
  const dims = projection.length / rank
  if (encoding.length !== dims) {
    throw new RangeError(`an encoding of ${encoding.length} numbers, where ${dims} were trained on`)
  }
  const query = new Float64Array(rank)
  for (let factor = 0; factor < rank; factor++) {
    let sum = bias[factor]!
    const row = factor * dims
    for (let dim = 0; dim < dims; dim++) sum += projection[row + dim]! * encoding[dim]!
    query[factor] = output[factor]! * sum
  }
  const deltas = new Float64Array(factors.length / rank)
  for (let model = 0; model < deltas.length; model++) {
    let sum = 0
    for (let factor = 0; factor < rank; factor++) sum += factors[model * rank + factor]! * query[factor]!
    deltas[model] = sum
  }
  return deltas
}
