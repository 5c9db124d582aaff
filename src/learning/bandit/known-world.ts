/**
 * A world whose truth is known, for measuring what learning is worth: kinds of requests, models that are good at some of them,
 * prices, and changes at stated requests. Regret against the best policy can be computed, not only estimated.
 */

import type { Candidate } from '../../domain/candidate.ts'
import { modelId } from '../../domain/model.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { type Signals, subjects, taskTypes } from '../../domain/signals.ts'
import { undescribed } from '../../estimate/quality/undescribed.ts'
import type { StreamItem } from './stream.ts'

/** What the offline model says of quality: how far off it is on average, and how far off it says that it may be. */
export type OfflineModel = { readonly error: number; readonly claimedDeviation: number }

/** Knows nothing: the same of every model, and says so. */
export const knowsNothing = 'nothing'

export type KnownWorld = {
  readonly kinds: number
  readonly models: number
  readonly requests: number
  readonly seed: string
  readonly offline: OfflineModel | typeof knowsNothing
  readonly changes: readonly Change[]
}

/** From request `from` on. Models by their place: 0 the cheapest, the last the dearest and, all in all, best. */
export type Change =
  | { readonly kind: 'price'; readonly from: number; readonly model: number; readonly factor: number }
  | { readonly kind: 'quality'; readonly from: number; readonly model: number; readonly loss: number }
  /** A model that was not there before; what the offline model says of it is by its descriptors. */
  | {
      readonly kind: 'arrival'
      readonly from: number
      readonly model: number
      readonly offline: OfflineModel
    }

export type KnownItem = StreamItem & {
  /** Probability of a good answer, by the candidate's place among `candidates`. */
  readonly truth: readonly number[]
}

/** Dollars of one request: each model costs three times as much as the one before it. */
const cheapestUsd = 0.0001
const dearer = 3

const textDims = 32

export const worldModel = (place: number) => modelId(`world/m${place}`)

export function knownWorld(world: KnownWorld): readonly KnownItem[] {
  const draw = seededDraw(`world ${world.seed}`)
  const truth = trueQualities(world, draw)
  const errors = truth.map((row) => row.map(() => normal(draw)))
  const centres = Array.from({ length: world.kinds }, () => unit(textDims, draw))
  return Array.from({ length: world.requests }, (_, at) => {
    const kind = Math.floor(draw() * world.kinds)
    const luck = draw()
    const models = Array.from({ length: world.models }, (__, model) => model).filter((model) =>
      isThere(world.changes, model, at),
    )
    const qualities = models.map((model) => clip(truth[kind]![model]! - lossOf(world.changes, model, at)))
    const usd = models.map((model) => priceOf(world.changes, model, at))
    const candidates = models.map((model, place) =>
      candidateOf(model, offlineView(world, model, truth[kind]![model]!, errors[kind]![model]!), usd[place]!),
    )
    return {
      signals: signalsOf(kind),
      vector: near(centres[kind]!, draw),
      candidates: candidates as unknown as NonEmpty<Candidate>,
      truth: qualities,
      // The same luck for every model: what a request shows of one, it would have shown of another.
      outcome: (id) => {
        const place = candidates.findIndex((candidate) => candidate.id === id)
        return { quality: luck < qualities[place]! ? 1 : 0, usd: usd[place]! }
      },
    }
  })
}

/** Dearer models are better on average, and every model has kinds that it is better or worse at. */
function trueQualities({ kinds, models }: KnownWorld, draw: () => number): number[][] {
  return Array.from({ length: kinds }, () => {
    const difficulty = 0.1 * normal(draw)
    return Array.from({ length: models }, (_, model) =>
      clip(0.55 + (0.3 * model) / Math.max(1, models - 1) - difficulty + 0.12 * normal(draw)),
    )
  })
}

const clip = (quality: number): number => Math.min(0.98, Math.max(0.05, quality))

const isThere = (changes: readonly Change[], model: number, at: number): boolean =>
  changes.every((change) => change.kind !== 'arrival' || change.model !== model || at >= change.from)

const lossOf = (changes: readonly Change[], model: number, at: number): number =>
  changes.reduce(
    (loss, change) =>
      change.kind === 'quality' && change.model === model && at >= change.from ? loss + change.loss : loss,
    0,
  )

const priceOf = (changes: readonly Change[], model: number, at: number): number =>
  changes.reduce(
    (usd, change) =>
      change.kind === 'price' && change.model === model && at >= change.from ? usd * change.factor : usd,
    cheapestUsd * dearer ** model,
  )

/** The offline model does not hear of changes in quality: its view is of the world as it was. */
function offlineView({ offline, changes }: KnownWorld, model: number, truth: number, error: number) {
  const arrival = changes.find((change) => change.kind === 'arrival' && change.model === model)
  const view = arrival?.kind === 'arrival' ? arrival.offline : offline
  if (view === knowsNothing) return { mean: 0.7, deviation: 0.3 }
  return { mean: clip(truth + view.error * error), deviation: view.claimedDeviation }
}

function candidateOf(model: number, quality: Candidate['quality'], usd: number): Candidate {
  const id = worldModel(model)
  return {
    id,
    model: { ...undescribed(id), id },
    quality,
    cost: { kind: 'known', usd: { mean: usd, deviation: usd / 4 } },
    latencyMs: { mean: 1000, deviation: 0 },
    outputTokens: { mean: 200, deviation: 100 },
  }
}

const signalsOf = (kind: number): Signals => ({
  inputTokens: 200,
  taskType: taskTypes[kind % taskTypes.length]!,
  complexity: 0.5,
  subject: { name: subjects[kind % subjects.length]!, probability: 0.8 },
  language: 'en',
  structure: {
    promptChars: 800,
    lastUserChars: 800,
    turns: 1,
    codeShare: 0,
    tools: 0,
    images: 0,
    jsonSchema: false,
  },
})

function unit(dims: number, draw: () => number): Float32Array {
  const vector = Float32Array.from({ length: dims }, () => normal(draw))
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

/** Texts of one kind are alike, none is the same. */
function near(centre: Float32Array, draw: () => number): Float32Array {
  const noise = unit(centre.length, draw)
  const vector = centre.map((value, place) => value + 0.7 * noise[place]!)
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

/** What is lost, in value, by each choice against the best that could have been made knowing the truth. */
export function regrets(
  items: readonly KnownItem[],
  chosen: readonly string[],
  lambda: number,
): Float64Array {
  return Float64Array.from(items, ({ candidates, truth }, at) => {
    const values = candidates.map(({ cost }, place) =>
      cost.kind === 'known' ? truth[place]! - lambda * cost.usd.mean : -Infinity,
    )
    const own = candidates.findIndex(({ id }) => id === chosen[at])
    return Math.max(...values) - values[own]!
  })
}
