import { sigmoid } from '../../estimate/log-odds.ts'
import { type Calibration, calibrated } from '../../estimate/quality/calibration.ts'
import { rising } from '../calibration/isotonic.ts'
import { type CalibrationPrior, fitPlatt } from './platt.ts'

/** Fewer outcomes than this draw no curve of their own. */
const enoughForIsotonic = 200

/** Outcomes that make one point of a curve, at the least; and points, at the most. */
const leastPerPoint = 25
const mostPoints = 20

/**
 * Isotonic regression where outcomes are enough and it foretells the outcomes left out better than Platt's curve does, which
 * it beats where the curve is bent; else Platt's.
 */
export function fitCalibration(
  logOdds: readonly number[],
  targets: readonly number[],
  prior: CalibrationPrior,
): Calibration {
  const platt = (members: readonly number[]): Calibration => ({
    kind: 'platt',
    ...fitPlatt(
      members.map((member) => logOdds[member]!),
      members.map((member) => targets[member]!),
      prior,
    ),
  })
  const isotonic = (members: readonly number[]): Calibration =>
    fitIsotonic(
      members.map((member) => logOdds[member]!),
      members.map((member) => targets[member]!),
    )
  const all = targets.map((_, index) => index)
  if (targets.length < enoughForIsotonic) return platt(all)
  return clearlyLess(leftOutLosses(logOdds, targets, isotonic), leftOutLosses(logOdds, targets, platt))
    ? isotonic(all)
    : platt(all)
}

/** By more than the standard error of the difference: a curve that is chosen by luck is the worse one next time. */
function clearlyLess(losses: Float64Array, others: Float64Array): boolean {
  let [sum, squares] = [0, 0]
  losses.forEach((loss, index) => {
    const gain = others[index]! - loss
    sum += gain
    squares += gain * gain
  })
  return sum > Math.sqrt(squares)
}

/** Means of groups of neighbouring outcomes, made to rise (pool adjacent violators); one more outcome of 1/2 in each keeps them off 0 and 1. */
function fitIsotonic(logOdds: readonly number[], targets: readonly number[]): Calibration {
  const order = logOdds.map((_, index) => index).sort((a, b) => logOdds[a]! - logOdds[b]! || a - b)
  const points = Math.max(1, Math.min(mostPoints, Math.floor(order.length / leastPerPoint)))
  const groups = Array.from({ length: points }, (_, point) =>
    order.slice(
      Math.floor((point * order.length) / points),
      Math.floor(((point + 1) * order.length) / points),
    ),
  )
  const sum = (group: readonly number[], values: readonly number[]) =>
    group.reduce((total, index) => total + values[index]!, 0)
  return {
    kind: 'isotonic',
    logOdds: groups.map((group) => sum(group, logOdds) / group.length),
    shares: rising(groups.map((group) => (sum(group, targets) + 0.5) / (group.length + 1))),
  }
}

const folds = 5

function leftOutLosses(
  logOdds: readonly number[],
  targets: readonly number[],
  curve: (members: readonly number[]) => Calibration,
): Float64Array {
  const losses = new Float64Array(targets.length)
  for (let fold = 0; fold < folds; fold++) {
    const fitted = curve(targets.flatMap((_, index) => (index % folds === fold ? [] : [index])))
    for (let index = fold; index < targets.length; index += folds) {
      const predicted = Math.min(0.999, Math.max(0.001, calibrated(fitted, logOdds[index]!)))
      losses[index] = -targets[index]! * Math.log(predicted) - (1 - targets[index]!) * Math.log(1 - predicted)
    }
  }
  return losses
}

/**
 * How far calibrated probabilities are off, beyond luck: over ten bins of equal size, the root of the mean of
 * (mean prediction - mean score)^2 less the binomial variance of the bin's mean. Never below 0.02: ten bins can't show less.
 */
export function deviationOf(predicted: readonly number[], targets: readonly number[]): number {
  const bins = 10
  if (predicted.length < 5 * bins) return 0.1
  const order = predicted.map((_, index) => index).sort((a, b) => predicted[a]! - predicted[b]!)
  let excess = 0
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    )
    let mean = 0
    let observed = 0
    for (const index of members) {
      mean += predicted[index]! / members.length
      observed += targets[index]! / members.length
    }
    excess += ((mean - observed) ** 2 - (mean * (1 - mean)) / members.length) / bins
  }
  return Math.max(0.02, Math.sqrt(Math.max(0, excess)))
}

/** The same of log-odds under Platt's curve. */
export const deviation = (
  { scores, targets }: { readonly scores: readonly number[]; readonly targets: readonly number[] },
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): number =>
  deviationOf(
    scores.map((z) => sigmoid(slope * z + intercept)),
    targets,
  )
