/**
 * What always choosing one model would have come to, less what was earned: estimated off-policy, over the decisions whose choice was
 * left to chance. Where it was certain the log had no way of showing anything else, and nothing is said. With p the propensity of what was chosen, g
 * the chance that it is graded, q what was predicted and r what came, in good answers:
 *
 *     rival(a)  = q(a) + 1{chosen = a, known} (r - q(a)) / (p g)      doubly robust (Dudík, Langford, Li 2011)
 *     earned    = q(chosen) + 1{known} (r - q(chosen)) / g
 *
 * Given the past either has the mean that it stands for, however p came about, so that their sums are watched by a confidence
 * sequence. A rival that is no candidate of a request leaves it as it was decided. Pure.
 */

import type { Interval, Reading } from '../../statistics/interval.ts'
import { leastEffective } from '../../statistics/off-policy/weights.ts'
import { gradingChances } from './learning-graded.ts'
import type { RegretRow } from './learning-rows.ts'
import { createTally, type Term } from './learning-tally.ts'
import { checkpoints } from './learning-thin.ts'

export type RivalKind =
  /** One model, wherever it may answer. */
  | 'model'
  /** The best by the predictions on record: the policy without what it has learnt, and without trying models. */
  | 'predictions'

export type RivalReading = {
  readonly kind: RivalKind
  readonly name: string
  /** Decisions on which it was a candidate. */
  readonly candidateOn: number
  /** Graded answers of its own that the log is worth. */
  readonly effective: number
  /** Its worth less what was earned, summed over the decisions left to chance; above 0: the policy has earned less. */
  readonly reading: Reading
}

export type RivalCurve = Pick<RivalReading, 'kind' | 'name'> & { readonly points: readonly RivalPoint[] }
export type RivalPoint = Interval & { readonly at: string; readonly decisions: number }

export type AgainstRivals = {
  /** Decisions that were left to chance and have ended: all that follows is over these. */
  readonly decisions: number
  /** Of these, those with feedback, and those that failed. */
  readonly known: number
  /** Decisions whose choice was certain. */
  readonly certain: number
  readonly rivals: readonly RivalReading[]
  /** Of the best fixed model among those that can be judged, and of the predictions. */
  readonly curves: readonly RivalCurve[]
  /** Why there is no curve of a fixed model; `null`: there is one. */
  readonly because: string | null
}

/** The chance that any of the intervals misses at any time. */
export const alpha = 0.05
const mostModels = 60
export const predictionsName = 'its predictions alone'

type Rival = Pick<RivalReading, 'kind' | 'name'> & { readonly choice: (row: RegretRow) => number }
type Graded = { readonly row: RegretRow; readonly gradingChance: number }

/** In steps of a few milliseconds each. @param rows oldest first */
export function* againstRivals(
  rows: readonly RegretRow[],
  mostPoints: number,
): Generator<undefined, AgainstRivals> {
  const ended = rows.filter(({ came }) => came.kind !== 'open')
  const drawn = ended.filter(({ propensity }) => propensity < 1)
  const chances = gradingChances(drawn)
  const used = drawn.map((row, place): Graded => ({ row, gradingChance: chances[place]! }))
  const counted = {
    decisions: drawn.length,
    known: drawn.filter(({ came }) => came.kind !== 'ungraded').length,
    certain: ended.length - drawn.length,
  }
  if (drawn.length === 0) return { ...counted, rivals: [], curves: [], because: nothingDrawn(ended.length) }
  const rivals = rivalsOf(drawn)
  // All bands hold together, so that the best of them may be picked by what they say.
  const each = alpha / rivals.length
  const readings: RivalReading[] = []
  for (const rival of rivals) {
    yield
    readings.push(readingOf(used, rival, each))
  }
  const shown = [bestModel(readings), readings.find(({ kind }) => kind === 'predictions')]
  const curves: RivalCurve[] = []
  for (const reading of shown) {
    const rival = rivals.find(({ kind, name }) => kind === reading?.kind && name === reading.name)
    if (rival === undefined || reading?.reading.kind !== 'interval') continue
    const points = yield* pointsOf(used, rival, each, mostPoints)
    curves.push({ kind: rival.kind, name: rival.name, points })
  }
  const because = curves.some(({ kind }) => kind === 'model') ? null : noModelJudged(readings)
  return { ...counted, rivals: readings.sort(byWorth), curves, because }
}

const nothingDrawn = (ended: number): string =>
  ended === 0
    ? 'nothing has been answered yet'
    : 'no choice was left to chance: what another model would have come to is nowhere on record. Let the policy try models with explore: { usd, per }'

/** A policy that tries little says little of what it might have done: that is how far there is to go. */
function noModelJudged(readings: readonly RivalReading[]): string {
  const models = readings.filter(({ kind }) => kind === 'model')
  const nearest = models.reduce((best, one) => (one.effective > best.effective ? one : best))
  const reason =
    'of no single model has enough been left to chance and graded to say what always choosing it would have come to'
  if (nearest.effective >= leastEffective) return reason
  return `${reason}. The nearest is ${nearest.name}, with what is worth ${nearest.effective.toFixed(0)} graded answers of its own where ${leastEffective} are needed. More requests, more feedback and more trying (floor) get there`
}

/** Models by how often they were candidates, then the predictions. */
function rivalsOf(rows: readonly RegretRow[]): readonly Rival[] {
  const counts = new Map<string, number>()
  for (const { options } of rows)
    for (const { model } of options) counts.set(model, (counts.get(model) ?? 0) + 1)
  const models = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
  return [
    ...models.slice(0, mostModels).map(
      ([name]): Rival => ({
        kind: 'model',
        name,
        choice: ({ options }) => options.findIndex(({ model }) => model === name),
      }),
    ),
    { kind: 'predictions', name: predictionsName, choice: ({ foremost }) => foremost },
  ]
}

/** @param choice -1: the rival might not have been chosen */
function termOf({ row, gradingChance }: Graded, choice: number): Term {
  const { options, chosen, came, propensity } = row
  if (choice === -1) return { able: false, difference: 0, weight: 0, weighted: 0 }
  const [rivals, own] = [options[choice]!.worth, options[chosen]!.worth]
  const isKnown = came.kind === 'graded' || came.kind === 'failed'
  const earned = isKnown ? own + (came.worth - own) / gradingChance : own
  if (!isKnown || choice !== chosen)
    return { able: true, difference: rivals - earned, weight: 0, weighted: 0 }
  const weight = 1 / (propensity * gradingChance)
  return {
    able: true,
    difference: rivals + weight * (came.worth - rivals) - earned,
    weight,
    weighted: weight * came.worth,
  }
}

function readingOf(used: readonly Graded[], { kind, name, choice }: Rival, each: number): RivalReading {
  const tally = createTally()
  let candidateOn = 0
  for (const one of used) {
    const term = termOf(one, choice(one.row))
    if (term.able) candidateOn++
    tally.add(one.row.unit, term)
  }
  return { kind, name, candidateOn, effective: tally.effective(), reading: tally.reading(each) }
}

/** From where on it can be trusted. */
function* pointsOf(
  used: readonly Graded[],
  { choice }: Rival,
  each: number,
  most: number,
): Generator<undefined, readonly RivalPoint[]> {
  const shown = checkpoints(used.length, most)
  const tally = createTally()
  const points: RivalPoint[] = []
  for (const [place, one] of used.entries()) {
    tally.add(one.row.unit, termOf(one, choice(one.row)))
    if (!shown.has(place + 1)) continue
    yield
    const reading = tally.reading(each)
    if (reading.kind === 'withheld') continue
    const { estimate, low, high } = reading
    points.push({ at: one.row.at, decisions: place + 1, estimate, low, high })
  }
  return points
}

const bestModel = (readings: readonly RivalReading[]): RivalReading | undefined =>
  readings.filter(({ kind, reading }) => kind === 'model' && reading.kind === 'interval').sort(byWorth)[0]

/** The best first, then those that can't be judged. */
const byWorth = (one: RivalReading, other: RivalReading): number =>
  worthOf(other.reading) - worthOf(one.reading) || (one.name < other.name ? -1 : 1)

const worthOf = (reading: Reading): number =>
  reading.kind === 'interval' ? reading.estimate : -Number.MAX_VALUE

/** All at once, for those who have nobody to hold up. */
export function againstAtOnce(rows: readonly RegretRow[], mostPoints: number): AgainstRivals {
  const work = againstRivals(rows, mostPoints)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
