import type { FitContext } from '../evaluation/predictor.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { factorRidge, solveRidge } from './ridge.ts'

/** Dollars of one call per model of the pool, from an encoding. */
export type CostPrediction = (encoding: Float32Array) => number[]

/**
 * Log dollars by ridge regression on the encoding, one target per model. The mean of exp(residual), Duan's smearing factor,
 * undoes what taking the logarithm takes away.
 */
export function fitCosts(
  { fitRows, pool, costing }: Pick<FitContext, 'fitRows' | 'pool' | 'costing'>,
  encode: (text: string) => Float32Array,
): CostPrediction {
  const encodings = fitRows.map((row) => encode(textOfRow(row)))
  const models = pool.map((model) =>
    fitCost(
      encodings,
      fitRows.map((row) => costing.costOf(row, model)?.usd ?? 0),
    ),
  )
  return (encoding) => models.map(({ weights, smearing }) => smearing * Math.exp(dot(weights, encoding)))
}

type CostFit = { readonly weights: Float64Array; readonly smearing: number }

const penalty = 5

/** `usd` of 0: the row says nothing of this model's cost. */
function fitCost(encodings: readonly Float32Array[], usd: readonly number[]): CostFit {
  const known = encodings.filter((_, index) => usd[index]! > 0)
  const logs = usd.filter((cost) => cost > 0).map(Math.log)
  const columns = encodings[0]!.length + 1
  const matrix = new Float32Array(known.length * columns)
  known.forEach((encoding, index) => {
    matrix.set(encoding, index * columns)
    matrix[(index + 1) * columns - 1] = 1
  })
  const weights = solveRidge(factorRidge(matrix, columns, penalty), matrix, logs)
  const smearing = known.reduce(
    (sum, encoding, index) => sum + Math.exp(logs[index]! - dot(weights, encoding)),
    0,
  )
  return { weights, smearing: smearing / Math.max(1, known.length) }
}

function dot(weights: Float64Array, encoding: Float32Array): number {
  let sum = weights[encoding.length]!
  for (let dim = 0; dim < encoding.length; dim++) sum += weights[dim]! * encoding[dim]!
  return sum
}
