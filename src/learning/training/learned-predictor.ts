import { sigmoid } from '../../estimate/router.ts'
import type { CreatePredictor, FitContext } from '../evaluation/predictor.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { type FittedNetwork, fitNetwork } from './fit-network.ts'
import { factorRidge, solveRidge } from './ridge.ts'
import { textOfRow } from './row-request.ts'
import { defaultNetworkOptions } from './train-network.ts'

/** A quarter of the shipped encoder's size: one set of outcomes has fewer words than all of them. */
const buckets = 32768

/**
 * The learned router, fitted on the fit rows alone: the same network that `fairlead train` fits, from scratch, so that no
 * figure rests on rows that a shipped artefact may have seen.
 */
export const createLearnedPredictor: CreatePredictor = (context) => {
  const { fitRows, pool, seed, onProgress } = context
  const fitted = fitNetwork(
    fitRows.map((row) => ({
      text: textOfRow(row),
      scores: [...row.outcomes].map(([model, { score }]) => ({ model, score })),
      labels: {},
      weight: 1,
    })),
    {
      network: { ...defaultNetworkOptions, buckets, seed, epochs: epochsFor(fitRows.length) },
      labelWeights: {},
      calibrationShare: 0.1,
      onEpoch: (epoch, epochs) => onProgress('fitting the router', epoch, epochs),
    },
  )
  const rows = pool.map((model) => fitted.models.indexOf(model))
  const costs = context.priced ? fitCosts(context, fitted) : null
  return {
    name: 'utility',
    predict: (row) => {
      const encoding = fitted.encode(textOfRow(row))
      const quality = rows.map((index) => {
        if (index < 0) return 0
        const { slope, intercept } = fitted.calibrations[index]!
        return sigmoid(slope * fitted.logOdds(encoding, index) + intercept)
      })
      return { quality, costUsd: costs ? costs(encoding) : [] }
    },
  }
}

/** Small sets need more visits to the same rows before the network has learnt anything. */
const epochsFor = (rows: number): number =>
  Math.min(24, Math.max(defaultNetworkOptions.epochs, Math.round(24_000 / rows)))

/** Log dollars by ridge regression on the encoding, one target per model; the smearing factor undoes the logarithm's bias. */
function fitCosts(
  { fitRows, pool, costing }: FitContext,
  fitted: FittedNetwork,
): (encoding: Float32Array) => number[] {
  const models = pool.map((model) => fitCost(fitRows, model, costing, fitted))
  return (encoding) =>
    models.map(({ weights, smearing }) => {
      let log = weights[encoding.length]!
      for (let dim = 0; dim < encoding.length; dim++) log += weights[dim]! * encoding[dim]!
      return Math.exp(log) * smearing
    })
}

function fitCost(
  fitRows: readonly OutcomeRow[],
  model: string,
  costing: FitContext['costing'],
  { encode }: FittedNetwork,
): { readonly weights: Float64Array; readonly smearing: number } {
  const encodings: Float32Array[] = []
  const logs: number[] = []
  for (const row of fitRows) {
    const cost = costing.costOf(row, model)
    if (!cost || cost.usd <= 0) continue
    encodings.push(encode(textOfRow(row)))
    logs.push(Math.log(cost.usd))
  }
  const columns = (encodings[0]?.length ?? 0) + 1
  const matrix = new Float32Array(encodings.length * columns)
  encodings.forEach((encoding, index) => {
    matrix.set(encoding, index * columns)
    matrix[(index + 1) * columns - 1] = 1
  })
  const weights = solveRidge(factorRidge(matrix, columns, costPenalty), matrix, logs)
  const residuals = logs.map((log, index) => {
    let predicted = 0
    for (let column = 0; column < columns; column++)
      predicted += weights[column]! * matrix[index * columns + column]!
    return log - predicted
  })
  const smearing =
    residuals.reduce((sum, residual) => sum + Math.exp(residual), 0) / Math.max(1, residuals.length)
  return { weights, smearing }
}

const costPenalty = 5
