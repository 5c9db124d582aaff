import { logOdds } from '../../estimate/descriptors.ts'
import { sigmoid } from '../../estimate/router.ts'
import { type Calibration, fitPlatt } from './platt.ts'

/**
 * Puts several estimators of quality together, from predictions that each made for rows it was not fitted on.
 *
 * What a choice needs is not the level of quality but how models differ on a prompt, and the estimator that is best at the
 * one need not be best at the other. So both are stacked apart. With p_em the prediction of estimator e for model m:
 *
 *     level(x)  = mean over m of sigmoid(a . logit(sum_e share_e p_em) + b)       shares by least log loss
 *     offset_m  = sum_e w_e (p_em - mean over m of p_em)                          w by least squares, w >= 0
 *     quality_m = level + offset_m
 */
export type Stack = {
  /** Share of each estimator in the level, summing to 1. */
  readonly levelShares: readonly number[]
  readonly calibration: Calibration
  /** Weight of each estimator's differences between models; a sum below 1 shrinks them. */
  readonly offsetWeights: readonly number[]
}

/** Predictions of all estimators for one prompt: `[estimator][model]`. */
export type Predicted = readonly ArrayLike<number>[]

/** `scores`: NaN where the model was not run. */
export type StackRow = { readonly predicted: Predicted; readonly scores: ArrayLike<number> }

export function applyStack(
  { levelShares, calibration, offsetWeights }: Stack,
  predicted: Predicted,
): Float64Array {
  const models = predicted[0]!.length
  const means = predicted.map(mean)
  let level = 0
  for (let model = 0; model < models; model++)
    level += calibrated(predicted, model, levelShares, calibration) / models
  return Float64Array.from({ length: models }, (_, model) => {
    const offset = offsetWeights.reduce(
      (sum, weight, e) => sum + weight * (predicted[e]![model]! - means[e]!),
      0,
    )
    return Math.min(1, Math.max(0, level + offset))
  })
}

export function fitStack(rows: readonly StackRow[]): Stack {
  const { levelShares, calibration } = fitLevel(rows)
  return { levelShares, calibration, offsetWeights: fitOffsets(rows) }
}

const calibrated = (
  predicted: Predicted,
  model: number,
  shares: readonly number[],
  { slope, intercept }: Calibration,
) => sigmoid(slope * logOdds(mixed(predicted, model, shares)) + intercept)

const mixed = (predicted: Predicted, model: number, shares: readonly number[]): number =>
  shares.reduce((sum, share, e) => sum + share * predicted[e]![model]!, 0)

function fitLevel(rows: readonly StackRow[]): Pick<Stack, 'levelShares' | 'calibration'> {
  const cells = rows.flatMap(({ predicted, scores }) =>
    Array.from(scores).flatMap((score, model) => (Number.isNaN(score) ? [] : [{ predicted, model, score }])),
  )
  const targets = cells.map(({ score }) => score)
  let best: (Pick<Stack, 'levelShares' | 'calibration'> & { loss: number }) | null = null
  for (const levelShares of simplex(rows[0]!.predicted.length)) {
    const scores = cells.map(({ predicted, model }) => logOdds(mixed(predicted, model, levelShares)))
    const calibration = fitPlatt(scores, targets)
    const loss = logLoss(scores, targets, calibration)
    if (best === null || loss < best.loss) best = { levelShares, calibration, loss }
  }
  return best!
}

/** Shares in steps of a quarter. */
function simplex(estimators: number): number[][] {
  const steps = 4
  const grow = (left: number, rest: number): number[][] =>
    rest === 1
      ? [[left / steps]]
      : Array.from({ length: left + 1 }, (_, take) =>
          grow(left - take, rest - 1).map((tail) => [take / steps, ...tail]),
        ).flat()
  return grow(steps, estimators)
}

function logLoss(
  scores: readonly number[],
  targets: readonly number[],
  { slope, intercept }: Calibration,
): number {
  return scores.reduce((sum, score, index) => {
    const predicted = Math.min(0.999, Math.max(0.001, sigmoid(slope * score + intercept)))
    const target = targets[index]!
    return sum - target * Math.log(predicted) - (1 - target) * Math.log(1 - predicted)
  }, 0)
}

/** Least squares without negative weights, by trying every subset of estimators: there are a handful. */
function fitOffsets(rows: readonly StackRow[]): number[] {
  const estimators = rows[0]!.predicted.length
  const gram = Array.from({ length: estimators }, () => new Float64Array(estimators))
  const cross = new Float64Array(estimators)
  for (const { predicted, scores } of rows) {
    const run = Array.from(scores).flatMap((score, model) => (Number.isNaN(score) ? [] : [model]))
    if (run.length < 2) continue
    const centre = (values: ArrayLike<number>) =>
      run.reduce((sum, model) => sum + values[model]!, 0) / run.length
    const centres = predicted.map(centre)
    const target = centre(scores)
    for (const model of run) {
      for (let i = 0; i < estimators; i++) {
        const x = predicted[i]![model]! - centres[i]!
        cross[i]! += x * (scores[model]! - target)
        for (let j = 0; j < estimators; j++) gram[i]![j]! += x * (predicted[j]![model]! - centres[j]!)
      }
    }
  }
  return leastSquares(gram, cross)
}

function leastSquares(gram: readonly Float64Array[], cross: Float64Array): number[] {
  const estimators = cross.length
  let best = { weights: new Array<number>(estimators).fill(0), gain: 0 }
  for (let subset = 1; subset < 2 ** estimators; subset++) {
    const members = Array.from({ length: estimators }, (_, e) => e).filter((e) => subset & (1 << e))
    const solved = solve(
      members.map((i) => members.map((j) => gram[i]![j]! + (i === j ? 1e-6 : 0))),
      members.map((i) => cross[i]!),
    )
    if (solved.some((weight) => !(weight >= 0))) continue
    // With normal equations solved, the drop in squared error is w . X'y.
    const gain = solved.reduce((sum, weight, place) => sum + weight * cross[members[place]!]!, 0)
    if (gain <= best.gain) continue
    const weights = new Array<number>(estimators).fill(0)
    members.forEach((e, place) => {
      weights[e] = solved[place]!
    })
    best = { weights, gain }
  }
  return best.weights
}

/** Gauss-Jordan elimination with pivots; a few unknowns. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length
  const rows = matrix.map((row, index) => [...row, right[index]!])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    const head = rows[column]!
    if (Math.abs(head[column]!) < 1e-12) return right.map(() => Number.NaN)
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row]![column]! / head[column]!
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * head[at]!
    }
  }
  return rows.map((row, index) => row[size]! / row[index]!)
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum / values.length
}
