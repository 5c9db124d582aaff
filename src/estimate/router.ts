import type { Estimate } from '../domain/estimate.ts'
import type { Model, ModelId } from '../domain/model.ts'
import type { Subject, TaskType } from '../domain/signals.ts'
import type { Turn } from '../domain/strategy.ts'
import { createEncoder, outputDims, unitTextVector } from '../signals/encoder/network.ts'
import type { LearnedSignals } from '../signals/learned.ts'
import { createWordReader } from '../signals/words.ts'
import { rowDot, sigmoid } from './log-odds.ts'
import { createBradleyTerry } from './quality/bradley-terry.ts'
import { createDescriptorPrior, differenceOf } from './quality/descriptor-prior.ts'
import type { QualityEstimator, ReadPrompt } from './quality/estimator.ts'
import { firstKnown } from './quality/first-known.ts'
import { createLogisticHead, type Headed } from './quality/logistic-head.ts'
import { createMatrixFactorisation } from './quality/matrix-factorisation.ts'
import { createNeighbours } from './quality/neighbours.ts'
import { createStack } from './quality/stack.ts'
import { withToolCategories } from './quality/tool-categories.ts'
import type { RouterArtefact } from './router-artefact.ts'

export { rowDot, sigmoid }

/** A router artefact at work: signals and predictions from what was read of a prompt. Pure. */
export type Router = {
  readonly artefact: RouterArtefact
  readonly signals: LearnedSignals
  /** What estimates read of a text. */
  readonly readText: (text: string) => ReadPrompt
  /** How well models answer the prompt. Ask once for a prompt, then for one model after another. */
  readonly quality: (prompt: ReadPrompt) => (model: Model) => Estimate
  /** The same had no model been seen in training but by its head: what is served of a model that is taught afterwards. */
  readonly headQuality: (prompt: ReadPrompt) => (model: Model) => Estimate
  /** The chance that one model's answer to the prompt is preferred to another's; `null`: no comparisons were learnt from. */
  readonly wins: ((prompt: ReadPrompt) => NonNullable<Turn['wins']>) | null
  /** How the model's log-odds are made of an encoding: what training on more of its outcomes starts from. */
  readonly headOf: (model: Model) => ModelHead
  /** Output tokens of one answer, before any limit of the request's or the model's. */
  readonly outputTokens: (encoding: Float32Array, model: Model) => Estimate
}

/** Log-odds are slope x (shared . y + difference . y) + intercept. */
export type ModelHead = Omit<Headed, 'deviation'>

export function createRouter(artefact: RouterArtefact): Router {
  const { heads } = artefact
  const encoder = createEncoder(artefact.encoder)
  const signals = learnedSignals(artefact, encoder.encode)
  const headed = trainedHeads(artefact)
  const stackWithout = qualityEstimators(artefact, headed)
  const onboarded = artefact.models.flatMap(({ id, onboarded: taught }) => (taught ? [id] : []))
  const usualTokens = ofLatest((encoding: Float32Array) => Math.exp(rowDot(heads.outputTokens, 0, encoding)))
  const tokenDeviation = Math.sqrt(Math.expm1(artefact.outputTokens.logDeviation ** 2))
  const verbosities = new Map(artefact.models.map(({ id, verbosity }) => [id, verbosity]))
  return {
    artefact,
    signals,
    readText: (text) => {
      const encoding = signals.encode(text)
      return { encoding, vector: signals.vector(encoding), words: signals.words(text) }
    },
    quality: served(byToolCategory(artefact, stackWithout(new Set(onboarded)))),
    headQuality: served(stackWithout(new Set(artefact.stacked?.stack.models))),
    wins: comparer(artefact),
    headOf: (model) =>
      headed.get(model.id) ?? {
        difference: differenceOf(model, heads.descriptors, artefact.prior, heads.shared.length),
        calibration: artefact.prior.calibration,
      },
    outputTokens: (encoding, model) => {
      const mean = usualTokens(encoding) * (verbosities.get(model.id) ?? model.verbosity)
      return { mean, deviation: mean * tokenDeviation }
    },
  }
}

/** What is asked of the same thing many times in a row, once for each model, is reckoned once. */
function ofLatest<Thing extends object>(reckon: (thing: Thing) => number): (thing: Thing) => number {
  let latest: Thing | null = null
  let result = 0
  return (thing) => {
    if (thing !== latest) {
      result = reckon(thing)
      latest = thing
    }
    return result
  }
}

function comparer({ pairwise }: RouterArtefact): Router['wins'] {
  if (pairwise === null) return null
  const create = pairwise.served === 'bradley-terry' ? createBradleyTerry : createMatrixFactorisation
  return create(pairwise.weights).compare
}

/** Descriptors have a word on every model. */
const served = (estimator: QualityEstimator): Router['quality'] => {
  return (prompt) => {
    const estimate = estimator.read(prompt)
    return (model) => estimate(model)!
  }
}

const byToolCategory = ({ toolCategories }: RouterArtefact, estimator: QualityEstimator): QualityEstimator =>
  toolCategories ? withToolCategories(estimator, toolCategories) : estimator

/** Everything that the artefact knows of quality, in one estimator; by their heads alone of the models that are named. */
function qualityEstimators(
  { heads, prior, stacked }: RouterArtefact,
  headed: ReadonlyMap<ModelId, Headed>,
): (retaught: ReadonlySet<ModelId>) => QualityEstimator {
  const head = createLogisticHead(heads.shared, headed)
  const others = firstKnown(head, createDescriptorPrior(heads.shared, heads.descriptors, prior))
  if (stacked === null) return () => others
  const members = [head, createNeighbours(stacked.neighbours, stacked.clusters)]
  return (retaught) => createStack(members, others, stacked.stack, retaught)
}

function trainedHeads({ heads, models }: RouterArtefact): ReadonlyMap<ModelId, Headed> {
  const columns = heads.shared.length
  return new Map(
    models.map(({ id, calibration, deviation }, row) => [
      id,
      { difference: heads.models.subarray(row * columns, (row + 1) * columns), calibration, deviation },
    ]),
  )
}

function learnedSignals(
  { heads, encoder, subjects, taskTypes }: RouterArtefact,
  encode: (text: string) => Float32Array,
): LearnedSignals {
  return {
    encode,
    vector: (encoding) => unitTextVector(encoding, encoder.textDims),
    words: createWordReader(),
    complexity: (encoding) => 1 - sigmoid(rowDot(heads.shared, 0, encoding)),
    subject: (encoding) => likeliest<Subject>(heads.subject, subjects, encoding) ?? untaughtSubject,
    taskType: (encoding) => likeliest<TaskType>(heads.taskType, taskTypes, encoding)?.name ?? 'chat',
  }
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

/** The reference prompts of an artefact, as estimates read them. */
export function referencePrompts({ reference, encoder }: RouterArtefact): ReadPrompt[] {
  const dims = outputDims(encoder)
  const { encodings, words } = reference
  return Array.from({ length: reference.size }, (_, prompt) => {
    const encoding = encodings.subarray(prompt * dims, (prompt + 1) * dims)
    const [from, to] = [words.starts[prompt]!, words.starts[prompt + 1]!]
    return {
      encoding,
      vector: unitTextVector(encoding, encoder.textDims),
      words: { ids: words.ids.subarray(from, to), counts: words.counts.subarray(from, to) },
      seen: true,
    }
  })
}
