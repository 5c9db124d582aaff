/**
 * What is remembered of an arm, as sums over its lessons, w their weights, r = quality - what the offline model expected:
 *
 *     n = sum w, sum w r, sum w r^2, sum w q | m = sum w, sum w usd, sum w expected usd | b = sum w r x | A = sum w x x^T
 *
 * n to b and A over lessons of quality, m and the dollars over lessons of dollars; A as its lower triangle, row by row.
 *
 * Forgetting stays additive by weighing a lesson by its own time, w = exp((t - t0) / tau), against an origin t0 that all
 * processes share; a reader at time T multiplies by exp((t0 - T) / tau), so that a lesson counts exp(-(T - t) / tau). Weights
 * would overflow for a fixed origin: time is cut into epochs of `epochTaus` tau, an arm has sums in each, and t0 is where the
 * epoch began. Sums of the two latest epochs are read; what is older counts less than exp(-epochTaus) and is dropped.
 */

import type { Increment, Learner, Lesson, Sums } from '../../domain/learner.ts'
import { banditDims, featuresOf } from './features.ts'

/** Weights stay below e^30 = 1e13, which doubles add to 1 without losing it. */
const epochTaus = 30

const at = { n: 0, residual: 1, residualSquare: 2, quality: 3, m: 4, usd: 5, expectedUsd: 6, b: 7 } as const

/** Half-life in ms; `null`: nothing is forgotten. */
export type Memory = { readonly halfLifeMs: number | null }

const tauOf = ({ halfLifeMs }: Memory): number => (halfLifeMs === null ? Infinity : halfLifeMs / Math.LN2)

const epochOf = (atMs: number, tau: number): number =>
  Number.isFinite(tau) ? Math.floor(atMs / (epochTaus * tau)) : 0

const originOf = (epoch: number, tau: number): number => (Number.isFinite(tau) ? epoch * epochTaus * tau : 0)

const armOf = (model: string, epoch: number): string => `${epoch}:${model}`

const sumsLength = (dims: number): number => at.b + dims + (dims * (dims + 1)) / 2

export function createLearner(name: string, memory: Memory): Learner {
  const tau = tauOf(memory)
  const life = memory.halfLifeMs === null ? 'ever' : `${memory.halfLifeMs}ms`
  return {
    id: `${name}/1 dims ${banditDims} half-life ${life}`,
    dims: banditDims,
    features: featuresOf,
    learn: (lesson) => incrementOf(lesson, tau),
    isForgotten: (arm, nowMs) => {
      const epoch = Number(arm.slice(0, arm.indexOf(':')))
      return !Number.isInteger(epoch) || epoch < epochOf(nowMs, tau) - 1
    },
  }
}

/** A lesson that is no number, or of other features, is refused: added, it would spoil all that was learnt. */
function incrementOf(lesson: Lesson, tau: number): Increment | null {
  const { model, features, quality, expectedQuality, usd, expectedUsd, atMs, weight } = lesson
  if (features.length !== banditDims) return null
  if (!Number.isFinite(atMs) || !Number.isFinite(weight)) return null
  const epoch = epochOf(atMs, tau)
  const w = Number.isFinite(tau) ? weight * Math.exp((atMs - originOf(epoch, tau)) / tau) : weight
  const add = new Float64Array(sumsLength(banditDims))
  const judged = quality !== null && Number.isFinite(quality) && Number.isFinite(expectedQuality)
  const billed = usd !== null && Number.isFinite(usd)
  if (judged) {
    const residual = quality - expectedQuality
    add[at.n] = w
    add[at.residual] = w * residual
    add[at.residualSquare] = w * residual * residual
    add[at.quality] = w * quality
    addOuter(add, features, w, w * residual)
  }
  if (billed) {
    add[at.m] = w
    add[at.usd] = w * usd
    add[at.expectedUsd] = w * (expectedUsd ?? usd)
  }
  return (judged || billed) && add.every(Number.isFinite) ? { arm: armOf(model, epoch), add } : null
}

function addOuter(add: Float64Array, x: Float64Array, w: number, wr: number): void {
  let cell = at.b + x.length
  for (let row = 0; row < x.length; row++) {
    add[at.b + row] = wr * x[row]!
    const wx = w * x[row]!
    for (let column = 0; column <= row; column++) add[cell++] = wx * x[column]!
  }
}

/** An arm's sums in the epochs that still count, oldest first, and what each is to be multiplied by. */
export type Remembered = {
  readonly parts: readonly { readonly sums: Float64Array; readonly scale: number }[]
}

/** Times are rounded down to a fiftieth of tau, 2 % of weight: what did not change then need not be read anew. */
export function roundedTime(atMs: number, memory: Memory): number {
  const step = tauOf(memory) / 50
  return Number.isFinite(step) ? Math.floor(atMs / step) * step : 0
}

/** One epoch ahead is read too: another process's clock may be there already. */
export function remember(sums: Sums, model: string, atMs: number, memory: Memory): Remembered {
  const tau = tauOf(memory)
  const now = epochOf(atMs, tau)
  const epochs = Number.isFinite(tau) ? [now - 1, now, now + 1] : [0]
  const parts = epochs.flatMap((epoch) => {
    const own = sums.get(armOf(model, epoch))
    if (own?.length !== sumsLength(banditDims)) return []
    const scale = Number.isFinite(tau) ? Math.exp((originOf(epoch, tau) - atMs) / tau) : 1
    return [{ sums: own, scale }]
  })
  return { parts }
}

/** What an arm's feedback says of it by itself; means are `null` where there is none. */
export type ArmSummary = {
  /** Lessons of quality, each counted for as much as is not forgotten of it. */
  readonly lessons: number
  readonly meanQuality: number | null
  /** How much better it was than the offline model expected. */
  readonly meanResidual: number | null
  readonly meanUsd: number | null
}

export function summaryOf({ parts }: Remembered): ArmSummary {
  const total = (place: number) => parts.reduce((sum, part) => sum + part.scale * part.sums[place]!, 0)
  const [n, m] = [total(at.n), total(at.m)]
  // What is left where all lessons were taken back is a rounding error.
  const mean = (place: number, count: number) => (count > 1e-6 ? total(place) / count : null)
  return {
    lessons: Math.max(0, n),
    meanQuality: mean(at.quality, n),
    meanResidual: mean(at.residual, n),
    meanUsd: mean(at.usd, m),
  }
}

/** A (lower triangle, row by row) and b, scaled to the time of reading. */
export function momentsOf({ parts }: Remembered): { readonly a: Float64Array; readonly b: Float64Array } {
  const a = new Float64Array((banditDims * (banditDims + 1)) / 2)
  const b = new Float64Array(banditDims)
  for (const { sums, scale } of parts) {
    for (let place = 0; place < banditDims; place++) b[place]! += scale * sums[at.b + place]!
    for (let cell = 0; cell < a.length; cell++) a[cell]! += scale * sums[at.b + banditDims + cell]!
  }
  return { a, b }
}
