import { logOdds } from '../../estimate/descriptors.ts'
import { sigmoid } from '../../estimate/router.ts'
import type { CreatePredictor, FitContext } from '../evaluation/predictor.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import type { Example } from './corpus.ts'
import { fitCosts } from './fit-costs.ts'
import { type FittedNetwork, fitNetwork } from './fit-network.ts'
import { indexNeighbours, type Neighbours } from './neighbours.ts'
import { type Calibration, fitPlatt } from './platt.ts'
import { defaultNetworkOptions } from './train-network.ts'

/** Half of the shipped encoder's size: one set of outcomes has fewer words than all of them. */
const buckets = 32768

/**
 * The learned router, fitted on the fit rows alone, so that no figure rests on rows that a shipped artefact may have seen:
 * the network that `fairlead train` fits, from scratch, blended in log-odds with nearest neighbours. The share of each and
 * the calibration are chosen on the part of the fit rows that the network was not fitted on.
 */
export const createLearnedPredictor: CreatePredictor = (context) => {
  const { fitRows, pool, seed, onProgress } = context
  const examples = fitRows.map((row) => ({
    text: textOfRow(row),
    scores: [...row.outcomes].map(([model, { score }]) => ({ model, score })),
    labels: {},
    weight: 1,
  }))
  const fitted = fitNetwork(examples, {
    network: { ...defaultNetworkOptions, buckets, seed, epochs: epochsFor(fitRows.length) },
    labelWeights: {},
    calibrationShare: 0.1,
    onEpoch: (epoch, epochs) => onProgress('fitting the router', epoch, epochs),
  })
  const neighbours = indexNeighbours(examples, fitted.models)
  const { neighbourShare, calibration } = fitBlend(fitted, neighbours, examples)
  const costs = context.priced ? fitCosts(context, fitted.encode) : null
  const rows = pool.map((model) => fitted.models.indexOf(model))
  return {
    name: 'utility',
    predict: (row) => {
      const text = textOfRow(row)
      const encoding = fitted.encode(text)
      const near = neighbours.predict(text)
      const quality = rows.map((model) =>
        model < 0
          ? 0
          : sigmoid(
              calibration.slope * blend(fitted.logOdds(encoding, model), near[model]!, neighbourShare) +
                calibration.intercept,
            ),
      )
      return { quality, costUsd: costs ? costs(encoding) : [] }
    },
  }
}

/** Small sets need more visits to the same rows before the network has learnt anything. */
const epochsFor = (rows: FitContext['fitRows']['length']): number =>
  Math.min(24, Math.max(defaultNetworkOptions.epochs, Math.round(48_000 / rows)))

const blend = (network: number, neighbour: number, share: number): number =>
  (1 - share) * network + share * logOdds(neighbour)

const shares = [0, 0.15, 0.3, 0.45, 0.6, 0.75]

/** The share of the neighbours with the least log loss on the held-out part, each share with its own calibration. */
function fitBlend(
  fitted: FittedNetwork,
  neighbours: Neighbours,
  examples: readonly Example[],
): { readonly neighbourShare: number; readonly calibration: Calibration } {
  const heldOut = new Set(fitted.heldOut)
  const cells = fitted.heldOut.flatMap((example) => {
    const encoding = fitted.encode(example.text)
    const near = neighbours.predict(example.text, (index) => heldOut.has(examples[index]!))
    return example.scores.flatMap(({ model, score }) => {
      const row = fitted.models.indexOf(model)
      return row < 0 ? [] : [{ network: fitted.logOdds(encoding, row), near: near[row]!, score }]
    })
  })
  const targets = cells.map(({ score }) => score)
  let best = { neighbourShare: 0, calibration: { slope: 1, intercept: 0 }, loss: Number.POSITIVE_INFINITY }
  for (const neighbourShare of shares) {
    const blended = cells.map(({ network, near }) => blend(network, near, neighbourShare))
    const calibration = fitPlatt(blended, targets)
    const loss = logLoss(blended, targets, calibration)
    if (loss < best.loss) best = { neighbourShare, calibration, loss }
  }
  return best
}

function logLoss(
  scores: readonly number[],
  targets: readonly number[],
  { slope, intercept }: Calibration,
): number {
  return scores.reduce((sum, score, index) => {
    const predicted = Math.min(0.999, Math.max(0.001, sigmoid(slope * score + intercept)))
    const target = targets[index]!
    return sum - target * Math.log(predicted) - (1 - target) * Math.log(1 - predicted)
  }, 0)
}
