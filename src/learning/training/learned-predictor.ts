import { hash32 } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/router.ts'
import type { CreatePredictor, FitContext } from '../evaluation/predictor.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import type { Example } from './corpus.ts'
import { fitCosts } from './fit-costs.ts'
import { type FittedNetwork, fitNetwork } from './fit-network.ts'
import { indexNeighbours, type Neighbours } from './neighbours.ts'
import { applyStack, fitStack, type Predicted, type StackRow } from './stack.ts'
import { defaultNetworkOptions } from './train-network.ts'

/** Half of the shipped encoder's size: one set of outcomes has fewer words than all of them. */
const buckets = 32768

/** Each network is fitted on two thirds of the questions; together they are an ensemble of three. */
const folds = 3

/** Shares and weights are a handful of numbers: more rows than this make them no better, only later. */
const mostStackRows = 2500

/**
 * The learned router, fitted on the fit rows alone, so that no figure rests on rows that a shipped artefact may have seen:
 * the network that `fairlead train` fits, from scratch, and nearest neighbours close by and further out, stacked by what each
 * predicts of questions that it has not seen.
 */
export const createLearnedPredictor: CreatePredictor = (context) => {
  const { fitRows } = context
  // A model that was never run has nothing to learn from: it is given no hope, and no part in what others are compared with.
  const pool = context.pool.filter((model) => fitRows.some(({ outcomes }) => outcomes.has(model)))
  const places = context.pool.map((model) => pool.indexOf(model))
  const examples = fitRows.map(exampleOf)
  const foldOf = fitRows.map(({ qhash }) => hash32(qhash, hash32(context.seed)) % folds)
  const networks = fitNetworks(context, examples, foldOf)
  const near = indexNeighbours(examples, pool)
  const far = indexNeighbours(examples, pool, wide(examples.length))
  const stack = fitStack(outOfFold({ ...context, pool }, examples, foldOf, networks, [near, far]))
  const costs = context.priced ? fitCosts(context, networks[0]!.encode) : null
  return {
    name: 'utility',
    predict: (row) => {
      const text = textOfRow(row)
      const networkMean = meanOf(networks.map((network) => networkQuality(network, text, pool)))
      const predicted: Predicted = [networkMean, near.predict(text), far.predict(text)]
      const quality = applyStack(stack, predicted)
      return {
        quality: places.map((place) => quality[place] ?? 0),
        costUsd: costs ? costs(networks[0]!.encode(text)) : [],
      }
    },
  }
}

const exampleOf = (row: OutcomeRow): Example => ({
  text: textOfRow(row),
  scores: [...row.outcomes].map(([model, { score }]) => ({ model, score })),
  labels: {},
  weight: 1,
})

/**
 * How models differ varies slowly over prompts, and each outcome says little of it: differences want more neighbours than
 * difficulty does.
 */
const wide = (examples: number) => ({
  neighbours: Math.max(40, Math.round(6 * Math.sqrt(examples))),
  priorSimilarity: 2,
})

function fitNetworks(
  { seed, onProgress }: FitContext,
  examples: readonly Example[],
  foldOf: readonly number[],
): readonly FittedNetwork[] {
  return Array.from({ length: folds }, (_, fold) =>
    fitNetwork(
      examples.filter((_, index) => foldOf[index] !== fold),
      {
        network: {
          ...defaultNetworkOptions,
          buckets,
          seed: `${seed} ${fold}`,
          epochs: epochsFor(examples.length),
        },
        labelWeights: {},
        calibrationShare: 0,
        onEpoch: (epoch, epochs) => onProgress('fitting the router', fold * epochs + epoch, folds * epochs),
      },
    ),
  )
}

/** Small sets need more visits to the same rows before the network has learnt anything. */
const epochsFor = (rows: number): number =>
  Math.min(24, Math.max(defaultNetworkOptions.epochs, Math.round(48_000 / rows)))

function networkQuality(network: FittedNetwork, text: string, pool: readonly string[]): Float64Array {
  const encoding = network.encode(text)
  return Float64Array.from(pool, (name) => {
    const model = network.models.indexOf(name)
    return model < 0 ? 0.5 : sigmoid(network.logOdds(encoding, model))
  })
}

/** What each estimator says of the fit rows without having seen their questions. */
function outOfFold(
  { fitRows, pool, onProgress }: FitContext,
  examples: readonly Example[],
  foldOf: readonly number[],
  networks: readonly FittedNetwork[],
  neighbours: readonly Neighbours[],
): readonly StackRow[] {
  const every = Math.ceil(examples.length / mostStackRows)
  const sample = examples.map((_, index) => index).filter((index) => index % every === 0)
  return sample.map((index, done) => {
    if (done % 500 === 0) onProgress('stacking', done, sample.length)
    const { text } = examples[index]!
    const fold = foldOf[index]!
    const isSeen = (example: number) => foldOf[example] === fold
    return {
      predicted: [
        networkQuality(networks[fold]!, text, pool),
        ...neighbours.map(({ predict }) => predict(text, isSeen)),
      ],
      scores: Float64Array.from(pool, (model) => fitRows[index]!.outcomes.get(model)?.score ?? Number.NaN),
    }
  })
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  return vectors[0]!.map(
    (_, model) => vectors.reduce((sum, vector) => sum + vector[model]!, 0) / vectors.length,
  )
}
