/**
 * What is believed of how far a model's quality lies from what the offline model expects, linear in features x:
 *
 *     r = x . theta + noise,   theta ~ N(0, noise^2 / k I)   =>   theta | lessons ~ N(A^-1 b, noise^2 A^-1),  A = k I + sum w x x^T
 *
 * PILOT's prior (arXiv 2508.21141): k pseudo-observations of what the offline model says. With |x| = 1 and no lessons the
 * deviation at x is noise / sqrt(k), so that k = (noise / deviation)^2 takes the offline model at its own word about how far
 * off it may be; between 1 and `most`, since a prior that is wrong does harm the longer the more it counts. And it counts for
 * less as lessons come: k n0 / (n0 + n), but never less than 1.
 *
 * Of a model that few lessons are remembered of the deviation is never above the prior's: what is forgotten goes back to the
 * offline model and its doubt, not to infinity, and does not send traffic back to models that were left because they are dear.
 */

import type { Candidate } from '../../domain/candidate.ts'
import type { Learnt } from '../../domain/learner.ts'
import { banditDims } from './features.ts'
import { factorise, halfSolve, solve } from './triangular.ts'
import { dot } from './vectors.ts'
import { type Memory, momentsOf, remember, type Remembered, roundedTime, summaryOf } from './statistics.ts'

type PriorRules = {
  /** Pseudo-observations that the offline model may count for at most. */
  readonly most: number
  /** Lessons after which it counts for half; `null`: it counts for as much for ever. */
  readonly halvedAfter: number | null
}

export type PosteriorOptions = {
  readonly memory: Memory
  readonly prior: PriorRules
  /** Deviation of one answer's quality from what is expected of it. */
  readonly noise: number
}

type Belief = {
  /** Expected quality, 0 to 1. */
  readonly mean: number
  /** Of that expectation, not of one answer. */
  readonly deviation: number
}

/** Of one turn's features, what is believed of one candidate after another. `doubt`: deviations are wanted, which cost more. */
type Beliefs = (candidate: Candidate, doubt: boolean) => Belief

type Factor = { readonly lower: Float64Array; readonly theta: Float64Array }

/** By the strength of the prior. */
type Factors = Map<number, Factor>

type Known = {
  readonly remembered: Remembered
  readonly lessons: number
  readonly stamp: number
  readonly factors: Factors
}

/**
 * Factors are kept as long as an arm's sums are the same arrays, read at the same (rounded) time: a lesson makes one arm anew.
 * That is no hidden state, equal learnt values lead to equal beliefs.
 */
export function createPosterior(
  learnerId: string,
  options: PosteriorOptions,
): (learnt: Learnt | null, x: Float64Array) => Beliefs {
  const { memory, prior, noise } = options
  const known = new WeakMap<Float64Array, Known>()

  const knownOf = (learnt: Learnt, model: string): Known | null => {
    const stamp = roundedTime(learnt.atMs, memory)
    const remembered = remember(learnt.sums, model, stamp, memory)
    const latest = remembered.parts.at(-1)?.sums
    if (!latest) return null
    const kept = known.get(latest)
    if (kept?.stamp === stamp && isSame(kept.remembered, remembered)) return kept
    const made = { remembered, lessons: summaryOf(remembered).lessons, stamp, factors: new Map() }
    known.set(latest, made)
    return made
  }

  return (learnt, x) => {
    const own = learnt?.learner === learnerId ? learnt : null
    return ({ id, quality }, doubt) => {
      const strength = strengthOf(quality.deviation, noise, prior.most)
      const of = own && knownOf(own, id)
      if (!of) return { mean: quality.mean, deviation: noise / Math.sqrt(strength) }
      const factor = factorOf(of, strength, prior)
      const shift = dot(factor.theta, x)
      return {
        mean: Math.min(1, Math.max(0, quality.mean + shift)),
        deviation: doubt ? noise * length(halfSolve(factor.lower, x)) : 0,
      }
    }
  }
}

const isSame = (one: Remembered, other: Remembered): boolean =>
  one.parts.length === other.parts.length &&
  one.parts.every(({ sums }, place) => sums === other.parts[place]!.sums)

/** Pseudo-observations, to the nearest power of two, so that one factor serves many turns. */
function strengthOf(deviation: number, noise: number, most: number): number {
  const exact = deviation > 0 ? (noise / deviation) ** 2 : most
  return Math.min(most, Math.max(1, 2 ** Math.round(Math.log2(Math.min(exact, most)))))
}

function factorOf(
  { remembered, lessons, factors }: Known,
  strength: number,
  { halvedAfter }: PriorRules,
): Factor {
  const kept = factors.get(strength)
  if (kept) return kept
  const share = halvedAfter === null ? 1 : halvedAfter / (halvedAfter + lessons)
  const { a, b } = momentsOf(remembered)
  const ridge = Math.max(1, strength * share)
  for (let row = 0, cell = 0; row < banditDims; row++, cell += row + 1) a[cell]! += ridge
  const lower = factorise(a, banditDims)
  const made = { lower, theta: solve(lower, b) }
  factors.set(strength, made)
  return made
}

const length = (vector: Float64Array): number => Math.sqrt(dot(vector, vector))
