/**
 * Best-arm identification by track-and-stop (Garivier and Kaufmann 2016, COLT; as TensorZero uses it): arms are sampled in the shares that tell
 * the leader from the others soonest, and sampling stops when a generalised likelihood ratio is sure of the leader.
 *
 *   GLR_i = (m_L - m_i + e)^2 / (2 (v_L / n_L + v_i / n_i));  stop when min_i GLR_i > ln((1 + ln N) / d)
 *
 * Shares w minimise t subject to v_i / w_i + v_L / w_L <= gap_i^2 t / 2, sum w = 1: for given t and w_L the others
 * are v_i / (gap_i^2 t / 2 - v_L / w_L); t by bisection, w_L by golden section. Variances have a floor, a Beta posterior's for
 * outcomes in [0, 1], so that ten lucky answers in a row do not pass for certainty.
 */

import { addValue, mergeMoments, type Moments, noMoments } from './moments.ts'

export type TrackedArm = { readonly name: string; readonly moments: Moments }

export type TrackOptions = {
  /** The chance of naming an arm that is not the best by more than `tolerance`. */
  readonly delta: number
  /** A lead that does not matter. */
  readonly tolerance: number
  /** Sessions of every arm before anything else, in turn. */
  readonly minSamples: number
  /** The most over all arms; then the leader is named without certainty. */
  readonly maxSamples: number
  /** The least share of an arm that is still tried. */
  readonly minShare: number
}

export const defaultTracking: TrackOptions = {
  delta: 0.05,
  tolerance: 0,
  minSamples: 30,
  maxSamples: 10_000,
  minShare: 0.01,
}

export type Tracked =
  /** Arms that are new: the one with the fewest samples is next. */
  | { readonly kind: 'nursery'; readonly next: string; readonly missing: number }
  /** Shares by which the next sessions are drawn; they add up to 1. */
  | { readonly kind: 'sample'; readonly shares: Readonly<Record<string, number>>; readonly leader: string }
  /** `certain`: by the test; else the samples ran out. */
  | { readonly kind: 'winner'; readonly arm: string; readonly certain: boolean }

export const beginArm = (name: string): TrackedArm => ({ name, moments: noMoments })

/** @throws RangeError for an outcome outside [0, 1]: scale what is not (quality less lambda times cost) */
export function updateArm({ name, moments }: TrackedArm, outcome: number): TrackedArm {
  if (!(outcome >= 0 && outcome <= 1)) throw new RangeError(`an outcome is from 0 to 1, not ${outcome}`)
  return { name, moments: addValue(moments, outcome) }
}

export const mergeArm = (a: TrackedArm, b: TrackedArm): TrackedArm => ({
  name: a.name,
  moments: mergeMoments(a.moments, b.moments),
})

/** @throws RangeError without two arms */
export function trackAndStop(arms: readonly TrackedArm[], options: TrackOptions = defaultTracking): Tracked {
  if (arms.length < 2) throw new RangeError('there is nothing to choose among fewer than two arms')
  const young = arms.filter(({ moments }) => moments.count < options.minSamples)
  if (young.length > 0) return nursery(young, options)
  const leader = arms.reduce((best, arm) => (arm.moments.mean > best.moments.mean ? arm : best))
  const rivals = arms.filter((arm) => arm !== leader)
  const samples = arms.reduce((sum, { moments }) => sum + moments.count, 0)
  const surest = Math.min(...rivals.map((rival) => likelihoodRatio(leader, rival, options.tolerance)))
  if (surest > Math.log((1 + Math.log(samples)) / options.delta))
    return { kind: 'winner', arm: leader.name, certain: true }
  if (samples >= options.maxSamples) return { kind: 'winner', arm: leader.name, certain: false }
  return { kind: 'sample', leader: leader.name, shares: sharesOf(leader, rivals, options) }
}

function nursery(young: readonly TrackedArm[], { minSamples }: TrackOptions): Tracked {
  const next = young.reduce((least, arm) => (arm.moments.count < least.moments.count ? arm : least))
  const missing = young.reduce((sum, { moments }) => sum + minSamples - moments.count, 0)
  return { kind: 'nursery', next: next.name, missing }
}

function likelihoodRatio(leader: TrackedArm, rival: TrackedArm, tolerance: number): number {
  const lead = leader.moments.mean - rival.moments.mean + tolerance
  const variance =
    flooredVariance(leader.moments) / leader.moments.count +
    flooredVariance(rival.moments) / rival.moments.count
  return lead ** 2 / (2 * variance)
}

/** Of a Beta posterior with one good and one bad answer more than there were, at least. */
export function flooredVariance({ count, mean, m2 }: Moments): number {
  const good = count * mean
  return Math.max(m2 / Math.max(1, count - 1), ((good + 1) * (count - good + 1)) / (count + 2) ** 2)
}

function sharesOf(
  leader: TrackedArm,
  rivals: readonly TrackedArm[],
  { tolerance, minShare }: TrackOptions,
): Readonly<Record<string, number>> {
  const shares = optimalShares(
    flooredVariance(leader.moments),
    rivals.map(({ moments }) => ({
      variance: flooredVariance(moments),
      gap: leader.moments.mean - moments.mean + tolerance,
    })),
  )
  const arms = [leader, ...rivals]
  const least = Math.min(minShare, 1 / arms.length)
  const left = 1 - least * arms.length
  return Object.fromEntries(arms.map(({ name }, place) => [name, least + left * shares[place]!]))
}

type Rival = { readonly variance: number; readonly gap: number }

/** Shares of the leader and then of its rivals; equal ones where the search finds none. */
export function optimalShares(leaderVariance: number, rivals: readonly Rival[]): readonly number[] {
  const halfGaps = rivals.map(({ gap }) => Math.max(gap ** 2, 1e-6) / 2)
  const timeFor = (leaderShare: number) => leastTime(leaderVariance, rivals, halfGaps, leaderShare)
  const best = goldenSection(timeFor, 1e-6, 1 - 1e-6)
  const time = timeFor(best)
  const shares = [best, ...rivalShares(leaderVariance, rivals, halfGaps, best, time)]
  const sum = shares.reduce((total, share) => total + share, 0)
  const sound = shares.every((share) => share > 0 && Number.isFinite(share)) && sum > 0
  return sound ? shares.map((share) => share / sum) : shares.map(() => 1 / shares.length)
}

const rivalShares = (
  leaderVariance: number,
  rivals: readonly Rival[],
  halfGaps: readonly number[],
  leaderShare: number,
  time: number,
): number[] =>
  rivals.map(({ variance }, place) => variance / (halfGaps[place]! * time - leaderVariance / leaderShare))

/** The t at which the rivals' shares and the leader's add up to 1: their sum falls as t grows. */
function leastTime(
  leaderVariance: number,
  rivals: readonly Rival[],
  halfGaps: readonly number[],
  leaderShare: number,
): number {
  const floor = leaderVariance / leaderShare / Math.min(...halfGaps)
  const sumAt = (time: number) =>
    rivalShares(leaderVariance, rivals, halfGaps, leaderShare, time).reduce(
      (sum, share) => sum + share,
      leaderShare,
    )
  let [low, high] = [floor * (1 + 1e-12), floor * 2 + 1e-9]
  for (let step = 0; step < 200 && sumAt(high) > 1; step++) high *= 2
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (sumAt(middle) > 1) low = middle
    else high = middle
  }
  return high
}

/** Where a function with one valley is least. */
function goldenSection(of: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [from, to]
  let left = high - ratio * (high - low)
  let right = low + ratio * (high - low)
  let [atLeft, atRight] = [of(left), of(right)]
  for (let step = 0; step < 80; step++) {
    if (atLeft < atRight) {
      ;[high, right, atRight] = [right, left, atLeft]
      left = high - ratio * (high - low)
      atLeft = of(left)
    } else {
      ;[low, left, atLeft] = [left, right, atRight]
      right = low + ratio * (high - low)
      atRight = of(right)
    }
  }
  return (low + high) / 2
}
