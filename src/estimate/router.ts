import type { Estimate } from '../domain/estimate.ts'
import type { Model } from '../domain/model.ts'
import type { Subject, TaskType } from '../domain/signals.ts'
import { createEncoder, outputDims, unitTextVector } from '../signals/encoder/network.ts'
import type { LearnedSignals } from '../signals/learned.ts'
import { descriptors } from './descriptors.ts'
import type { RouterArtefact, TrainedModel } from './router-artefact.ts'

/**
 * A router artefact at work: signals and predictions from an encoding. Pure; heads are linear over the encoding y.
 *
 *     log-odds that model m answers well = shared . y + difference_m . y
 *
 * `difference_m` is the model's own where outcomes have taught it, else the regression of differences on descriptors, so
 * that a model that no data has seen is placed by the difficulty and subject of the prompt and its scores and price.
 */
export type Router = {
  readonly artefact: RouterArtefact
  readonly signals: LearnedSignals
  readonly quality: (encoding: Float32Array, model: Model) => Estimate
  /** How the model's log-odds are made of an encoding: what training on more of its outcomes starts from. */
  readonly headOf: (model: Model) => ModelHead
  /** Output tokens of one answer, before any limit of the request's or the model's. */
  readonly outputTokens: (encoding: Float32Array, model: Model) => Estimate
}

/** Log-odds are slope x (shared . y + difference . y) + intercept. */
export type ModelHead = {
  readonly difference: Float32Array
  readonly calibration: { readonly slope: number; readonly intercept: number }
}

type Placed = ModelHead & {
  /** Deviation of the quality, as a function of the predicted probability. */
  readonly deviation: (probability: number) => number
  readonly verbosity: number
}

export function createRouter(artefact: RouterArtefact): Router {
  const { heads } = artefact
  const encoder = createEncoder(artefact.encoder)
  const columns = outputDims(artefact.encoder) + 1
  const trained = new Map(artefact.models.map((model, row) => [model.id, { model, row }]))
  // A catalogue has some hundred models, and a model's place does not change: the map is bounded by it.
  const places = new WeakMap<Model, Placed>()

  const placeOf = (model: Model): Placed => {
    const known = places.get(model)
    if (known) return known
    const entry = trained.get(model.id)
    const place = entry
      ? trainedPlace(
          entry.model,
          heads.models.subarray(entry.row * columns, (entry.row + 1) * columns),
          model,
        )
      : priorPlace(artefact, model, columns)
    places.set(model, place)
    return place
  }

  return {
    artefact,
    signals: {
      encode: encoder.encode,
      vector: (encoding) => unitTextVector(encoding, artefact.encoder.textDims),
      complexity: (encoding) => 1 - sigmoid(rowDot(heads.shared, 0, encoding)),
      subject: (encoding) =>
        likeliest<Subject>(heads.subject, artefact.subjects, encoding) ?? untaughtSubject,
      taskType: (encoding) =>
        likeliest<TaskType>(heads.taskType, artefact.taskTypes, encoding)?.name ?? 'chat',
    },
    quality: (encoding, model) => {
      const { difference, calibration, deviation } = placeOf(model)
      const logOdds = rowDot(heads.shared, 0, encoding) + rowDot(difference, 0, encoding)
      const mean = sigmoid(calibration.slope * logOdds + calibration.intercept)
      return { mean, deviation: deviation(mean) }
    },
    headOf: placeOf,
    outputTokens: (encoding, model) => {
      const mean = Math.exp(rowDot(heads.outputTokens, 0, encoding)) * placeOf(model).verbosity
      return { mean, deviation: mean * Math.sqrt(Math.expm1(artefact.outputTokens.logDeviation ** 2)) }
    },
  }
}

function trainedPlace(
  { calibration, deviation, verbosity }: TrainedModel,
  difference: Float32Array,
  model: Model,
): Placed {
  return { difference, calibration, deviation: () => deviation, verbosity: verbosity ?? model.verbosity }
}

function priorPlace({ heads, prior }: RouterArtefact, model: Model, columns: number): Placed {
  const described = descriptors(model, prior.scale)
  const difference = heads.descriptors.slice(described.length * columns, (described.length + 1) * columns)
  described.forEach((value, row) => {
    for (let column = 0; column < columns; column++) {
      difference[column]! += value * heads.descriptors[row * columns + column]!
    }
  })
  return {
    difference,
    calibration: prior.calibration,
    // A deviation in log-odds, carried to probability by the slope of the logistic curve.
    deviation: (probability) => Math.max(0.02, probability * (1 - probability) * prior.logOddsDeviation),
    verbosity: model.verbosity,
  }
}

/** One row of a head, over the encoding and a bias in the last column. */
export function rowDot(head: Float32Array, row: number, encoding: Float32Array): number {
  const start = row * (encoding.length + 1)
  let sum = head[start + encoding.length]!
  for (let dim = 0; dim < encoding.length; dim++) sum += head[start + dim]! * encoding[dim]!
  return sum
}

/** Data of one's own has no labels of subject or task: then nothing was learnt of them. */
const untaughtSubject: { readonly name: Subject; readonly probability: number } = {
  name: 'general',
  probability: 0,
}

/** The class of the highest softmax probability, or null where the head has no class. */
function likeliest<Name>(
  head: Float32Array,
  names: readonly Name[],
  encoding: Float32Array,
): { readonly name: Name; readonly probability: number } | null {
  const scores = names.map((_, row) => rowDot(head, row, encoding))
  const highest = Math.max(...scores)
  const name = names[scores.indexOf(highest)]
  if (name === undefined) return null
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0)
  return { name, probability: 1 / total }
}

export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))
