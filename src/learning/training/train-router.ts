import { type Model, type ModelId, modelId } from '../../domain/model.ts'
import { seededDraw, shuffle } from '../../domain/random.ts'
import type { Subject, TaskType } from '../../domain/signals.ts'
import { encoderId } from '../../estimate/encoder-id.ts'
import type { ArtefactReport, RouterArtefact, TrainedModel } from '../../estimate/router-artefact.ts'
import { sigmoid } from '../../estimate/router.ts'
import { textTokens } from '../../signals/input-tokens.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'
import { languageShares } from './check-rows.ts'
import { anyModel, type Example } from './corpus.ts'
import { fitNetwork, type FittedNetwork } from './fit-network.ts'
import { fitOutputTokens, type OutputTokenFit, type SeenTokens } from './fit-output-tokens.ts'
import { fitPrior, type JudgedOutcome } from './fit-prior.ts'
import { subjectOf, taskTypeOfDataset, taskTypeOfKind } from './label-map.ts'
import type { LabelledText } from './labelled-texts.ts'
import { textOfRow } from '../outcomes/row-request.ts'
import { heldOutReport } from './held-out-report.ts'
import { defaultNetworkOptions, type Head, type NetworkOptions } from './train-network.ts'

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
  readonly onProgress: (label: string, done: number, total: number) => void
}

/** Below this many outcomes a model's own head is noise: its descriptors place it better. */
export const enoughOutcomes = 100

/**
 * No outcome is known for short commands ("set an alarm for seven"), and any chat model does them: so much is assumed, at a
 * small weight, for want of which the shortest prompts would get the difficulty of the shortest exam questions.
 */
const easyCommand = { score: 0.96, weight: 0.12 }

/** There are more commands than all other prompts: were all of them examples of chat, every short question would be chat. */
const taughtOneIn = 6

/** Scores of judges are softer than right and wrong. */
const judgedWeight = 0.6

const labelWeights = { subject: 0.3, task: 0.25 }
/** Their examples have the small weight of `easyCommand`, which this makes up for. */
const intentWeight = 0.8
const calibrationShare = 0.1

export function trainRouter(input: TrainingInput): RouterArtefact {
  const network = { ...defaultNetworkOptions, ...input.network }
  const examples = [
    ...input.rows.map((row) => exampleOf(row, input.identify)),
    ...commandExamples(input.texts),
  ]
  const fitted = fitNetwork(examples, {
    network,
    labelWeights: {
      ...labelWeights,
      ...Object.fromEntries(Object.keys(input.texts).map((set) => [intentSet(set), intentWeight])),
    },
    calibrationShare,
    onEpoch: (epoch, epochs) => input.onProgress('training the encoder and heads', epoch, epochs),
  })
  const { encoder, outcomes, labels } = fitted.network
  const shared = rowOf(outcomes, fitted.models.length)
  input.onProgress('output tokens', 0, 1)
  const tokens = fitOutputTokens(seenTokens(input, fitted), outcomes.columns - 1)
  const kept = fitted.models.flatMap((id, row) =>
    fitted.cells[row]! >= enoughOutcomes ? [{ id: modelId(id), row }] : [],
  )
  input.onProgress('placing models by their descriptors', 0, 1)
  const { prior, weights } = fitPrior(
    placedModels(kept, fitted, input),
    input.catalogue,
    shared,
    judgedBy(fitted),
  )
  const [subjectHead, taskHead] = labels
  return {
    about: report(input, network, fitted, examples),
    encoder,
    subjects: fitted.labelClasses.subject as readonly Subject[],
    taskTypes: fitted.labelClasses.task as readonly TaskType[],
    heads: {
      shared,
      models: concatenateRows(kept.map(({ row }) => rowOf(outcomes, row))),
      subject: subjectHead!.weights,
      taskType: taskHead!.weights,
      outputTokens: tokens.head,
      descriptors: weights,
    },
    models: kept.map(({ id, row }) => trainedModel(id, row, fitted, tokens)),
    prior,
    outputTokens: { logDeviation: tokens.logDeviation },
    reference: referenceSample(examples, fitted, network.seed),
  }
}

const intentSet = (set: string): string => `intent ${set}`

function exampleOf(row: OutcomeRow, identify: TrainingInput['identify']): Example {
  const simulated = row.dataset === 'simulated'
  const task = simulated ? taskTypeOfKind[row.category ?? ''] : taskTypeOfDataset[row.dataset]
  const subject = subjectOf(row.dataset, row.category)
  const graded = [...row.outcomes.values()].some(({ score }) => score > 0 && score < 1)
  return {
    text: textOfRow(row),
    scores: [...row.outcomes].map(([name, { score }]) => ({ model: identify(name)?.id ?? name, score })),
    labels: { ...(task ? { task } : {}), ...(subject ? { subject } : {}) },
    weight: (graded ? judgedWeight : 1) * (row.weight ?? 1),
  }
}

function commandExamples(texts: TrainingInput['texts']): Example[] {
  return Object.entries(texts).flatMap(([set, list]) =>
    list.map(({ text, label }, index) => ({
      text,
      scores: [{ model: anyModel, score: easyCommand.score }],
      labels: {
        [intentSet(set)]: label,
        ...(index % taughtOneIn === 0 ? { task: 'chat', subject: 'general' } : {}),
      },
      weight: easyCommand.weight,
    })),
  )
}

function seenTokens({ rows, identify }: TrainingInput, { encode }: FittedNetwork): SeenTokens[] {
  return rows.flatMap((row) => {
    const tokens = new Map<string, number>()
    for (const [name, { outputTokens, outputChars }] of row.outcomes) {
      const count = outputTokens ?? (outputChars === null ? null : outputChars / 4)
      if (count !== null && count >= 1) tokens.set(identify(name)?.id ?? name, count)
    }
    return tokens.size === 0 ? [] : [{ encoding: encode(textOfRow(row)), tokens }]
  })
}

/** Simulated models are left out: their descriptors were chosen, not measured. */
function placedModels(
  kept: readonly { id: ModelId; row: number }[],
  fitted: FittedNetwork,
  { identify }: TrainingInput,
) {
  return kept.flatMap(({ id, row }) => {
    const model = identify(id)
    return model && !model.simulated && Object.keys(model.benchmarks).length > 0
      ? [{ model, difference: rowOf(fitted.network.outcomes, row) }]
      : []
  })
}

function judgedBy({ heldOut, encode }: FittedNetwork): (model: Model) => readonly JudgedOutcome[] {
  const encodings = heldOut.map(({ text }) => encode(text))
  return ({ id }) =>
    heldOut.flatMap(({ scores }, index) =>
      scores.filter(({ model }) => model === id).map(({ score }) => ({ encoding: encodings[index]!, score })),
    )
}

function trainedModel(id: ModelId, row: number, fitted: FittedNetwork, tokens: OutputTokenFit): TrainedModel {
  return {
    id,
    outcomes: fitted.cells[row]!,
    calibration: fitted.calibrations[row]!,
    deviation: fitted.deviations[row]!,
    verbosity: tokens.verbosity.get(id) ?? null,
  }
}

const rowOf = ({ weights, columns }: Head, row: number): Float32Array =>
  weights.slice(row * columns, (row + 1) * columns)

function concatenateRows(rows: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const row of rows) {
    joined.set(row, at)
    at += row.length
  }
  return joined
}

const referenceSize = 400

/** Prompts drawn so that each kind of task has its share, however many rows its set happens to have. */
function referenceSample(
  examples: readonly Example[],
  { encode }: FittedNetwork,
  seed: string,
): RouterArtefact['reference'] {
  const draw = seededDraw(`${seed} reference`)
  const byTask = groupBy(examples, ({ labels }) => labels.task ?? 'other')
  const share = Math.ceil(referenceSize / byTask.size)
  const chosen = [...byTask.keys()].sort().flatMap((task) => shuffle(draw, byTask.get(task)!).slice(0, share))
  const encodings = chosen.map(({ text }) => encode(text))
  return {
    size: chosen.length,
    encodings: concatenateRows(encodings),
    inputTokens: Float32Array.from(chosen, ({ text }) => 7 + textTokens(text)),
  }
}

function report(
  input: TrainingInput,
  { seed }: NetworkOptions,
  fitted: FittedNetwork,
  examples: readonly Example[],
): ArtefactReport {
  const sets = groupBy(input.rows, ({ dataset }) => dataset)
  const heldOut = new Set(fitted.heldOut)
  const figures = heldOutReport(
    outcomesOnly(examples.filter((example) => !heldOut.has(example))),
    outcomesOnly(fitted.heldOut),
    predictHeldOut(fitted),
  )
  const { cells, logLoss, auroc, ece } = figures.router
  return {
    name: input.name,
    command: input.command,
    seed,
    trainedOn: [
      ...[...sets].map(([set, rows]) => ({
        set,
        prompts: rows.length,
        cells: rows.reduce((sum, { outcomes }) => sum + outcomes.size, 0),
      })),
      ...Object.entries(input.texts).map(([set, list]) => ({ set, prompts: list.length, cells: 0 })),
    ],
    heldOut: { cells, logLoss, auroc: auroc ?? Number.NaN, ece },
    encoder: encoderId(fitted.network.encoder),
    report: { ...figures, languages: languageShares(input.rows), warnings: input.warnings ?? [] },
  }
}

/** Commands have no outcome of any model. */
const outcomesOnly = (examples: readonly Example[]): readonly Example[] =>
  examples.filter(({ scores }) => scores.some(({ model }) => model !== anyModel))

function predictHeldOut(fitted: FittedNetwork): (example: Example, model: string) => number | null {
  const encodings = new Map(fitted.heldOut.map((example) => [example, fitted.encode(example.text)]))
  return (example, model) => {
    const index = fitted.models.indexOf(model)
    if (index < 0) return null
    const { slope, intercept } = fitted.calibrations[index]!
    return sigmoid(slope * fitted.logOdds(encodings.get(example)!, index) + intercept)
  }
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
