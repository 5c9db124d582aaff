/** What outcomes say of a signal of confidence: its calibration, how well it tells right from wrong, from where on to accept. */

import type { ScoreCalibration } from '../../strategies/answers/confidence/score-calibration.ts'
import { logit } from '../../strategies/answers/confidence/score-calibration.ts'
import { fitPlatt } from '../training/platt.ts'
import { rising } from './isotonic.ts'

/** A score that a signal gave an answer, 0 to 1, and how good the answer was, 0 to 1. */
export type JudgedAnswer = { readonly score: number; readonly right: number }

export type FittedConfidence = {
  /** `null`: all answers were alike, and nothing can be learnt of what tells them apart. */
  readonly calibration: ScoreCalibration | null
  /** NaN where all answers were alike. */
  readonly auroc: number
  readonly answers: number
}

/** Fewer answers than this make steps of chance: a line in log-odds is fitted in their place. */
const enoughForSteps = 200

/** Isotonic from 200 answers on, Platt below. */
export function fitConfidence(judged: readonly JudgedAnswer[]): FittedConfidence {
  const mean = judged.reduce((sum, { right }) => sum + right, 0) / judged.length
  const auroc = areaUnderRoc(judged)
  if (Number.isNaN(auroc)) return { calibration: null, auroc, answers: judged.length }
  const baseRate = Math.min(0.99, Math.max(0.01, mean))
  const calibration = judged.length >= enoughForSteps ? steps(judged, baseRate) : line(judged, baseRate)
  return { calibration, auroc, answers: judged.length }
}

function line(judged: readonly JudgedAnswer[], baseRate: number): ScoreCalibration {
  const fitted = fitPlatt(
    judged.map(({ score }) => logit(score)),
    judged.map(({ right }) => right),
  )
  return { kind: 'platt', ...fitted, baseRate }
}

const mostSteps = 20

/** Means of equal parts of the answers in order of score, made to rise. */
function steps(judged: readonly JudgedAnswer[], baseRate: number): ScoreCalibration {
  const sorted = [...judged].sort((a, b) => a.score - b.score)
  const size = Math.ceil(sorted.length / mostSteps)
  const parts: { score: number; right: number; count: number }[] = []
  for (const { score, right } of sorted) {
    const last = parts.at(-1)
    // Equal scores stay together: a score has one probability.
    if (last && (last.count < size || last.score / last.count === score)) {
      last.score += score
      last.right += right
      last.count++
    } else parts.push({ score, right, count: 1 })
  }
  // Half an answer of each kind: no part is certain.
  const probabilities = rising(parts.map(({ right, count }) => (right + 0.5) / (count + 1)))
  const points = parts.map(({ score, count }, place) => ({
    score: score / count,
    probability: probabilities[place]!,
  }))
  const distinct = points.filter(({ score }, place) => place === 0 || score > points[place - 1]!.score)
  return {
    kind: 'isotonic',
    scores: distinct.map(({ score }) => score),
    probabilities: distinct.map(({ probability }) => probability),
    baseRate,
  }
}

/**
 * The chance that a right answer has the higher score of a right and a wrong one, ties counting half; of graded answers each
 * counts as right by its grade and as wrong by the rest. NaN where there are none of a kind.
 */
export function areaUnderRoc(judged: readonly JudgedAnswer[]): number {
  const sorted = [...judged].sort((a, b) => a.score - b.score)
  let [wrongBelow, wins, rights, wrongs] = [0, 0, 0, 0]
  for (let start = 0; start < sorted.length; ) {
    let end = start
    let [right, wrong] = [0, 0]
    for (; end < sorted.length && sorted[end]!.score === sorted[start]!.score; end++) {
      right += sorted[end]!.right
      wrong += 1 - sorted[end]!.right
    }
    wins += right * (wrongBelow + wrong / 2)
    wrongBelow += wrong
    rights += right
    wrongs += wrong
    start = end
  }
  return rights > 0 && wrongs > 0 ? wins / (rights * wrongs) : Number.NaN
}

export type AcceptThreshold = {
  /** Answers that score this or more may be given; `null`: with so few answers none may. */
  readonly accept: number | null
  /** Of the answers that it was fitted on. */
  readonly acceptedShare: number
  /** Bound on the expected share of requests that are given a wrong answer. */
  readonly bound: number
}

/**
 * The lowest threshold that keeps the share of answers both accepted and wrong within `epsilon`, in expectation over
 * calibration and one more answer of the same kind (conformal risk control, arXiv 2208.02814, for a loss of at most 1):
 *
 *     n / (n + 1) R(t) + 1 / (n + 1) <= epsilon        R(t) = share of the n that score t or more and are wrong
 *
 * It holds while answers come from where those of the calibration came: fit it again when models or traffic change.
 */
export function fitAcceptThreshold(judged: readonly JudgedAnswer[], epsilon: number): AcceptThreshold {
  const sorted = [...judged].sort((a, b) => b.score - a.score)
  const total = sorted.length + 1
  let found: AcceptThreshold = { accept: null, acceptedShare: 0, bound: 0 }
  let wrong = 0
  for (let place = 0; place < sorted.length; place++) {
    wrong += 1 - sorted[place]!.right
    const next = sorted[place + 1]
    if (next && next.score === sorted[place]!.score) continue
    const bound = (wrong + 1) / total
    if (bound > epsilon) break
    found = { accept: sorted[place]!.score, acceptedShare: (place + 1) / sorted.length, bound }
  }
  return found
}
