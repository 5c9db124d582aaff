import type { ModelId } from '../../domain/model.ts'
import { rowDot } from '../../estimate/log-odds.ts'
import { createEncoder } from '../../signals/encoder/network.ts'
import { buildCorpus, type Example } from './corpus.ts'
import { type NetworkOptions, type TrainedNetwork, trainNetwork } from './train-network.ts'

export type FittedNetwork = {
  readonly network: TrainedNetwork
  readonly models: readonly string[]
  readonly labelClasses: Readonly<Record<string, readonly string[]>>
  /** Outcomes by model, in the order of `models`. */
  readonly cells: readonly number[]
  readonly encode: (text: string) => Float32Array
  /** The row that all models share. */
  readonly shared: Float32Array
  /** The model's own row; `null` for one that was never seen. */
  readonly differenceOf: (model: ModelId | string) => Float32Array | null
}

export type FitOptions = {
  readonly network: NetworkOptions
  readonly labelWeights: Readonly<Record<string, number>>
  readonly onEpoch: (epoch: number, epochs: number, loss: number) => void
}

/** Fits an encoder and the heads over it, or heads over an encoder that is given. */
export type FitNetwork = (examples: readonly Example[], options: FitOptions) => FittedNetwork

export function fitNetwork(examples: readonly Example[], options: FitOptions): FittedNetwork {
  const corpus = buildCorpus(examples, {
    buckets: options.network.buckets,
    labelWeights: options.labelWeights,
  })
  const network = trainNetwork(corpus, options.network, options.onEpoch)
  const { weights, columns } = network.outcomes
  const row = (index: number) => weights.slice(index * columns, (index + 1) * columns)
  const indexOf = new Map(corpus.models.map((model, index) => [model, index]))
  const cells = new Array<number>(corpus.models.length).fill(0)
  for (const model of corpus.cellModels) if (model < cells.length) cells[model]!++
  return {
    network,
    models: corpus.models,
    labelClasses: Object.fromEntries(corpus.labelSets.map(({ name, classes }) => [name, classes])),
    cells,
    encode: createEncoder(network.encoder).encode,
    shared: row(corpus.models.length),
    differenceOf: (model) => {
      const index = indexOf.get(model)
      return index === undefined ? null : row(index)
    },
  }
}

/** Log-odds of a head before calibration. */
export const headLogOdds = (shared: Float32Array, difference: Float32Array, encoding: Float32Array): number =>
  rowDot(shared, 0, encoding) + rowDot(difference, 0, encoding)
