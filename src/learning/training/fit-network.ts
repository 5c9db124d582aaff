import { hash32 } from '../../domain/random.ts'
import { rowDot, sigmoid } from '../../estimate/router.ts'
import { createEncoder } from '../../signals/encoder/network.ts'
import { buildCorpus, type Example } from './corpus.ts'
import { type Calibration, fitPlatt } from './platt.ts'
import { type NetworkOptions, type TrainedNetwork, trainNetwork } from './train-network.ts'

/** A network whose probabilities were checked on examples that it was not fitted on. */
export type FittedNetwork = {
  readonly network: TrainedNetwork
  readonly models: readonly string[]
  readonly labelClasses: Readonly<Record<string, readonly string[]>>
  /** By model, in the order of `models`. */
  readonly calibrations: readonly Calibration[]
  readonly deviations: readonly number[]
  readonly cells: readonly number[]
  /** The examples kept back. */
  readonly heldOut: readonly Example[]
  readonly encode: (text: string) => Float32Array
  /** Log-odds before calibration. */
  readonly logOdds: (encoding: Float32Array, model: number) => number
}

export type FitOptions = {
  readonly network: NetworkOptions
  readonly labelWeights: Readonly<Record<string, number>>
  /** Share of the examples kept back to calibrate on. */
  readonly calibrationShare: number
  readonly onEpoch: (epoch: number, epochs: number, loss: number) => void
}

/**
 * A model's own calibration is pulled towards that of all models together by as much as this many outcomes: with a few
 * hundred held out, intercepts of its own would be noise, and the largest of them would win every choice.
 */
const sharedCalibrationWeight = 100

export function fitNetwork(examples: readonly Example[], options: FitOptions): FittedNetwork {
  const isHeldOut = ({ text, scores }: Example) =>
    scores.length > 0 && hash32(text, hash32(options.network.seed)) < options.calibrationShare * 4294967296
  const heldOut = examples.filter(isHeldOut)
  const corpus = buildCorpus(
    examples.filter((example) => !isHeldOut(example)),
    { buckets: options.network.buckets, labelWeights: options.labelWeights },
  )
  const network = trainNetwork(corpus, options.network, options.onEpoch)
  const { encode } = createEncoder(network.encoder)
  const { weights } = network.outcomes
  const sharedRow = corpus.models.length
  const logOdds = (encoding: Float32Array, model: number) =>
    rowDot(weights, sharedRow, encoding) + rowDot(weights, model, encoding)
  const { calibrations, deviations } = calibrate(heldOut, corpus.models, encode, logOdds)
  const cells = new Array<number>(corpus.models.length).fill(0)
  for (const model of corpus.cellModels) if (model < cells.length) cells[model]!++
  return {
    network,
    models: corpus.models,
    labelClasses: Object.fromEntries(corpus.labelSets.map(({ name, classes }) => [name, classes])),
    calibrations,
    deviations,
    cells,
    heldOut,
    encode,
    logOdds,
  }
}

function calibrate(
  heldOut: readonly Example[],
  models: readonly string[],
  encode: (text: string) => Float32Array,
  logOdds: (encoding: Float32Array, model: number) => number,
): { readonly calibrations: readonly Calibration[]; readonly deviations: readonly number[] } {
  const indexOf = new Map(models.map((model, index) => [model, index]))
  const seen = models.map(() => ({ scores: [] as number[], targets: [] as number[] }))
  const all = { scores: [] as number[], targets: [] as number[] }
  for (const { text, scores } of heldOut) {
    const encoding = encode(text)
    for (const { model, score } of scores) {
      const index = indexOf.get(model)
      if (index === undefined) continue
      const predicted = logOdds(encoding, index)
      for (const pile of [seen[index]!, all]) {
        pile.scores.push(predicted)
        pile.targets.push(score)
      }
    }
  }
  const together = fitPlatt(all.scores, all.targets)
  const calibrations = seen.map(({ scores, targets }) =>
    fitPlatt(scores, targets, { towards: together, weight: sharedCalibrationWeight }),
  )
  return { calibrations, deviations: seen.map((pile, index) => deviation(pile, calibrations[index]!)) }
}

/**
 * How far calibrated probabilities are off, beyond luck: over ten bins of equal size, the root of the mean of
 * (mean prediction - mean score)^2 less the binomial variance of the bin's mean. Never below 0.02: ten bins can't show less.
 */
export function deviation(
  { scores, targets }: { scores: number[]; targets: number[] },
  { slope, intercept }: Calibration,
): number {
  const bins = 10
  if (scores.length < 5 * bins) return 0.1
  const order = scores.map((_, index) => index).sort((a, b) => scores[a]! - scores[b]!)
  let excess = 0
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    )
    let predicted = 0
    let observed = 0
    for (const index of members) {
      predicted += sigmoid(slope * scores[index]! + intercept) / members.length
      observed += targets[index]! / members.length
    }
    excess += ((predicted - observed) ** 2 - (predicted * (1 - predicted)) / members.length) / bins
  }
  return Math.max(0.02, Math.sqrt(Math.max(0, excess)))
}
