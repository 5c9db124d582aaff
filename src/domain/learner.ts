/**
 * Learning from feedback while serving.
 *
 * A strategy that learns stays a pure generator: what was learnt is a value on the turn (`Turn.learnt`), and what is to be
 * learnt is said by a pure function of a lesson (`Learner.learn`). Whoever runs the strategy keeps the sums in between:
 *
 *     turn.learnt = { learner: learner.id, sums, atMs }       at each decision
 *     lesson = { model, features: learner.features(turn), … } kept with the decision until its feedback comes
 *     { arm, add } = learner.learn(lesson)                    sums[arm] = sums[arm] + add, as a new array
 *
 * Sums only ever grow by addition, so those of several processes, or of one before and after a restart, are added up in any
 * order and come to what one process would have.
 */

import type { ModelId } from './model.ts'
import type { Turn } from './strategy.ts'

/** What is remembered, by arm. An array is never written to once it stands here: a change puts a new one in its place. */
export type Sums = ReadonlyMap<string, Float64Array>

/** What a turn brings of what was learnt. A value: the same learnt, the same choice. */
export type Learnt = {
  /** The `id` of the learner whose sums they are; a strategy passes over those of another. */
  readonly learner: string
  readonly sums: Sums
  /** The time, in ms since 1970, at which the age of what was learnt is reckoned. */
  readonly atMs: number
}

/**
 * What came of one decision. One decision may bring several, each for the part that became known: dollars first, with
 * `quality: null`, and later the quality with `usd: null`, so that neither counts twice.
 */
export type Lesson = {
  /** Who answered, whether chosen, pinned or fallen back on: what is learnt is how well it answers, given the features. */
  readonly model: ModelId
  /** `Learner.features` of the turn that was decided. */
  readonly features: Float64Array
  /** How good the answer was, 0 to 1; `null`: this lesson is about dollars. */
  readonly quality: number | null
  /** What the offline model had predicted of `model` on that turn: `candidate.quality.mean`, never what was learnt since. */
  readonly expectedQuality: number
  /** Dollars that were billed; `null`: this lesson is about quality, or a price is not known. */
  readonly usd: number | null
  /** Dollars that had been predicted; `null`: not known. */
  readonly expectedUsd: number | null
  /** With which the model was chosen, in (0, 1]; `null`: it was not drawn (a pin, a fallback). */
  readonly propensity: number | null
  /** When it was decided, in ms since 1970: feedback that comes late is as old as its decision. */
  readonly atMs: number
  /** 1. A quality that was corrected takes the earlier lesson back with -1, all else being equal, and brings a new one. */
  readonly weight: number
}

/** To be added to the sums of one arm; an arm that has none begins with zeros. */
export type Increment = { readonly arm: string; readonly add: Float64Array }

/** What a strategy learns and how. Pure. */
export type Learner = {
  /**
   * Names the meaning of its sums: those under another id are of no use to it. Sums are residuals over an offline model, and
   * features read its encoder: keep them by policy, by this id and by the name of the artefact in use.
   */
  readonly id: string
  /** How long features are. */
  readonly dims: number
  readonly features: (turn: Turn) => Float64Array
  /** `null`: the lesson says nothing that it could use. */
  readonly learn: (lesson: Lesson) => Increment | null
  /** Too old to have a say at `nowMs` or later: the arm's sums may be dropped, which is what keeps them bounded. */
  readonly isForgotten: (arm: string, nowMs: number) => boolean
}

/** The sums with an increment added: a new map, in which all other arrays are the old ones. */
export function addTo(sums: Sums, { arm, add }: Increment): Sums {
  const grown = new Map(sums)
  grown.set(arm, sumOf(sums.get(arm), add))
  return grown
}

/** What two processes have learnt apart, together. */
export function mergeSums(first: Sums, second: Sums): Sums {
  const merged = new Map(first)
  for (const [arm, add] of second) merged.set(arm, sumOf(first.get(arm), add))
  return merged
}

/** Without the arms that are too old to have a say: what keeps sums bounded, done now and then. */
export const withoutForgotten = (
  sums: Sums,
  { isForgotten }: Pick<Learner, 'isForgotten'>,
  nowMs: number,
): Sums => new Map([...sums].filter(([arm]) => !isForgotten(arm, nowMs)))

function sumOf(before: Float64Array | undefined, add: Float64Array): Float64Array {
  if (!before) return Float64Array.from(add)
  if (before.length !== add.length)
    throw new Error(`sums of ${before.length} numbers can't take ${add.length}: they belong to two learners`)
  return before.map((value, place) => value + add[place]!)
}
