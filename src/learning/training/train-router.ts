import { type Model, type ModelId, modelId } from '../../domain/model.ts'
import type { Subject, TaskType } from '../../domain/signals.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import type { Headed } from '../../estimate/quality/logistic-head.ts'
import type { RouterArtefact, TrainedModel } from '../../estimate/router-artefact.ts'
import type { StackedEstimators } from '../../estimate/stacked-part.ts'
import { createWordReader } from '../../signals/words.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { artefactReport } from './artefact-report.ts'
import { categorisedOutcomes } from './categorised-outcomes.ts'
import { concatenateRows } from './concatenate-rows.ts'
import type { Example } from './corpus.ts'
import {
  calibrateHeads,
  type CrossFit,
  crossFitStack,
  fitFolds,
  fitLookups,
  type Fold,
  folds,
  readBy,
} from './cross-fit.ts'
import { type FitNetwork, fitNetwork, type FittedNetwork } from './fit-network.ts'
import { fitToolCategories } from './fit-tool-categories.ts'
import { fitOutputTokens, type OutputTokenFit, type SeenTokens } from './fit-output-tokens.ts'
import { fitPrior, type JudgedOutcome, type PriorFit } from './fit-prior.ts'
import type { LabelledText } from './labelled-texts.ts'
import { uncalibrated } from './platt.ts'
import { referenceSample } from './reference-prompts.ts'
import { shrunkClusters } from './shrink-clusters.ts'
import { commandExamples, hasOutcomes, labelWeights, rowExamples } from './training-examples.ts'
import { defaultNetworkOptions, type NetworkOptions } from './train-network.ts'

export type TrainingInput = {
  /** Rows of the split to fit on, simulated ones included. */
  readonly rows: readonly OutcomeRow[]
  /** Short commands with intents, by set: they teach which texts mean the same. */
  readonly texts: Readonly<Record<string, readonly LabelledText[]>>
  /** The model of the catalogue that goes by a name, or null. */
  readonly identify: (name: string) => Model | null
  readonly catalogue: readonly Model[]
  readonly name: string
  readonly command: string
  /** What the checks of the rows had to say, to stand in the report. */
  readonly warnings?: readonly string[]
  readonly network?: Partial<NetworkOptions>
  /** For an encoder that is not trained: how heads are fitted over it, and what names it. */
  readonly given?: { readonly fit: FitNetwork; readonly encoderId: string }
  /** Outcomes from which a model has a head of its own, where not the usual number. */
  readonly enoughOutcomes?: number
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** Below this many outcomes a model's own head is noise: its descriptors place it better. */
export const enoughOutcomes = 100

/** Of fewer prompts with outcomes none are predicted from the others: nothing would be learnt of how to. */
const fewestToCrossFit = 30

export function trainRouter(input: TrainingInput): RouterArtefact {
  const examples = [...rowExamples(input.rows, input.identify), ...commandExamples(input.texts)]
  const network = { ...defaultNetworkOptions, ...sizeFor(examples.length), ...input.network }
  const { fitted, foldFits } = fitNetworks(input, examples, network)
  const kept = keptModels(fitted, input.enoughOutcomes ?? enoughOutcomes)
  const heads = headCalibrations(examples, foldFits, [...kept.keys()])
  const words = createWordReader()
  const read = readBy(fitted, words)
  const crossFit =
    foldFits.length === 0 || kept.size === 0
      ? null
      : crossFitStack(examples, foldFits, heads, kept, {
          seed: network.seed,
          words,
          onProgress: (done, total) => input.onProgress('putting estimators together', done, total),
        })
  input.onProgress('output tokens', 0, 1)
  const tokens = fitOutputTokens(seenTokens(input, fitted), fitted.shared.length - 1)
  input.onProgress('placing models by their descriptors', 0, 1)
  const { prior, weights } = priorOf(input, examples, [...kept.keys()], fitted, foldFits)
  const [subjectHead, taskHead] = fitted.network.labels
  const { encoder } = fitted.network
  return {
    about: artefactReport(input, network.seed, examples, { encoder, heads, foldFits, crossFit }),
    encoder,
    subjects: fitted.labelClasses.subject as readonly Subject[],
    taskTypes: fitted.labelClasses.task as readonly TaskType[],
    heads: {
      shared: fitted.shared,
      models: concatenateRows([...kept.keys()].map((id) => fitted.differenceOf(id)!)),
      subject: subjectHead!.weights,
      taskType: taskHead!.weights,
      outputTokens: tokens.head,
      descriptors: weights,
    },
    models: [...kept].map(([id, outcomes]) => trainedModel(id, outcomes, heads.get(id)!, tokens)),
    prior,
    outputTokens: { logDeviation: tokens.logDeviation },
    stacked: crossFit && stackedPart(examples, [...kept.keys()], read, network.seed, crossFit),
    toolCategories: crossFit && fitToolCategories(categorisedOutcomes(input.rows, crossFit)),
    pairwise: null,
    reference: referenceSample(examples, read, network.seed),
  }
}

/** Few examples need more visits before the network has learnt anything, and have fewer words. */
const sizeFor = (examples: number): Pick<NetworkOptions, 'buckets' | 'epochs'> => ({
  buckets: examples < 1000 ? 8192 : examples < 20_000 ? 32_768 : defaultNetworkOptions.buckets,
  epochs: Math.min(24, Math.max(defaultNetworkOptions.epochs, Math.round(48_000 / examples))),
})

/** The network that is served, fitted on everything; and one for each fold, by which all else that is fitted is judged. */
function fitNetworks(
  { texts, given, onProgress }: TrainingInput,
  examples: readonly Example[],
  network: NetworkOptions,
): { readonly fitted: FittedNetwork; readonly foldFits: readonly Fold[] } {
  const enough = examples.filter(hasOutcomes).length >= fewestToCrossFit
  const rounds = enough ? folds + 1 : 1
  const onFold = (round: number, epoch: number, epochs: number) =>
    onProgress('training the encoder and heads', round * epochs + epoch, rounds * epochs)
  const options = {
    network,
    labelWeights: labelWeights(Object.keys(texts)),
    onFold,
    onEpoch: (epoch: number, epochs: number) => onFold(rounds - 1, epoch, epochs),
  }
  const fitOne = given?.fit ?? fitNetwork
  const foldFits = enough ? fitFolds(examples, fitOne, options) : []
  return { fitted: fitOne(examples, options), foldFits }
}

/** Models with outcomes enough for a head of their own, with how many they have. */
function keptModels({ models, cells }: FittedNetwork, enough: number): ReadonlyMap<ModelId, number> {
  return new Map(
    models.flatMap((name, index) =>
      cells[index]! >= enough ? [[modelId(name), cells[index]!] as const] : [],
    ),
  )
}

function headCalibrations(
  examples: readonly Example[],
  foldFits: readonly Fold[],
  models: readonly ModelId[],
): ReadonlyMap<ModelId, Omit<Headed, 'difference'>> {
  return foldFits.length > 0
    ? calibrateHeads(examples, foldFits, models)
    : new Map(models.map((id) => [id, { calibration: uncalibrated, deviation: 0.1 }]))
}

/** Clusters and index of all examples, for the stack that was fitted over those of each fold. */
function stackedPart(
  examples: readonly Example[],
  models: readonly ModelId[],
  read: (text: string) => ReadPrompt,
  seed: string,
  { stack, shrinkage }: CrossFit,
): StackedEstimators {
  const prompts = examples.map(({ text }) => read(text))
  const { clusters, neighbours } = fitLookups(examples, prompts, models, seed)
  return { clusters: shrunkClusters(clusters, shrinkage), neighbours, stack }
}

function seenTokens({ rows, identify }: TrainingInput, { encode }: FittedNetwork): SeenTokens[] {
  return rows.flatMap((row) => {
    const tokens = new Map<string, number>()
    for (const [name, { outputTokens, outputChars }] of row.outcomes) {
      const model = identify(name)
      // Of a model that reasons the visible characters are but a part of what is billed.
      const shown = outputChars === null || model?.capabilities.has('reasoning') ? null : outputChars / 4
      const count = outputTokens ?? shown
      if (count !== null && count >= 1) tokens.set(model?.id ?? name, count)
    }
    return tokens.size === 0 ? [] : [{ encoding: encode(textOfRow(row)), tokens }]
  })
}

/**
 * What descriptors are worth is judged on the first fold, by the network that it had no part in; what they say is regressed
 * from the heads that are served.
 */
function priorOf(
  input: TrainingInput,
  examples: readonly Example[],
  kept: readonly ModelId[],
  served: FittedNetwork,
  foldFits: readonly Fold[],
): PriorFit {
  const judging = foldFits[0] ?? { fitted: served, heldOut: [] }
  const regress = (fitted: FittedNetwork) =>
    fitPrior(
      placedModels(kept, fitted, input),
      input.catalogue,
      fitted.shared,
      judgedBy(
        judging.heldOut.map((index) => examples[index]!),
        fitted,
      ),
    )
  return { prior: regress(judging.fitted).prior, weights: regress(served).weights }
}

/** Simulated models are left out: their descriptors were chosen, not measured. */
function placedModels(kept: readonly ModelId[], fitted: FittedNetwork, { identify }: TrainingInput) {
  return kept.flatMap((id) => {
    const model = identify(id)
    const difference = fitted.differenceOf(id)
    return model && difference && !model.simulated && Object.keys(model.benchmarks).length > 0
      ? [{ model, difference }]
      : []
  })
}

function judgedBy(
  heldOut: readonly Example[],
  { encode }: FittedNetwork,
): (model: Model) => readonly JudgedOutcome[] {
  const encodings = heldOut.map(({ text }) => encode(text))
  return ({ id }) =>
    heldOut.flatMap(({ scores }, index) =>
      scores.filter(({ model }) => model === id).map(({ score }) => ({ encoding: encodings[index]!, score })),
    )
}

const trainedModel = (
  id: ModelId,
  outcomes: number,
  { calibration, deviation }: Omit<Headed, 'difference'>,
  { verbosity }: OutputTokenFit,
): TrainedModel => ({
  id,
  outcomes,
  onboarded: false,
  calibration,
  deviation,
  verbosity: verbosity.get(id) ?? null,
})
