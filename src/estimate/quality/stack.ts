import type { Model, ModelId } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../log-odds.ts'
import { type Calibration, calibrated } from './calibration.ts'
import type { QualityEstimate, QualityEstimator } from './estimator.ts'
import { undescribed } from './undescribed.ts'

/** What several estimators together are worth, fitted in learning/training/fit-stack.ts. */
export type Stack = {
  /** Models by which the level of a prompt is read: a fixed few, so that no choice hangs on who else is in the pool. */
  readonly anchors: readonly ModelId[]
  readonly models: readonly ModelId[]
  readonly intercept: number
  /** By estimator: weight of its level. */
  readonly levels: readonly number[]
  /** Weight of how good a model is over all prompts. */
  readonly ability: number
  /** By estimator: weight of how a model differs on this prompt from what it is over all. */
  readonly differences: readonly number[]
  /** By estimator and model: its mean offset from the level. */
  readonly offsets: readonly (readonly number[])[]
  /** The level by the first estimator alone: what the others add to it is what this prompt differs by from its word. */
  readonly alone: { readonly slope: number; readonly intercept: number }
  /** By model: its own logistic curve; then one for all, so that no model is ahead of another by a bend of its curve. */
  readonly calibrations: readonly { readonly slope: number; readonly intercept: number }[]
  readonly curve: Calibration
  readonly deviations: readonly number[]
}

/** One prompt as the members see it: what the stack is linear in. */
export type StackReading = {
  /** By estimator: mean log-odds of the anchors. */
  readonly levels: readonly number[]
  /** By estimator: log-odds of the model; `null` where one of them does not know it. */
  readonly of: (model: Model) => readonly QualityEstimate[] | null
}

/**
 * Estimators put together, in log-odds. With z_em the word of estimator e on model m, Z_e its mean over the anchors, and
 * o_em the mean of z_em - Z_e over training prompts:
 *
 *     log-odds = b + sum_e level_e Z_e + ability . mean_e o_em + sum_e difference_e (z_em - Z_e - o_em)
 *
 * calibrated per model and then for all together. How hard a prompt is, how good a model is, and where it is better or worse than that are weighed
 * apart: an estimator that is best at one need not be best at another. A model that not all of the members know is estimated
 * by `others`, moved by what the stack makes of the prompt beside its first member.
 *
 * @param retaught models of which `others` have learnt more since
 */
export function createStack(
  members: readonly QualityEstimator[],
  others: QualityEstimator,
  stack: Stack,
  retaught: ReadonlySet<ModelId> = new Set(),
): QualityEstimator {
  const known = stack.models.map((id, place) => [id, place] as const)
  const placeOf = new Map(known.filter(([id]) => !retaught.has(id)))
  const read = stackReader(members, stack.anchors)
  return {
    name: 'stack',
    read: (prompt) => {
      const reading = read(prompt)
      const level = levelOf(stack, reading.levels)
      const shift = level - (stack.alone.intercept + stack.alone.slope * reading.levels[0]!)
      const ofOthers = others.read(prompt)
      return (model) => {
        const place = placeOf.get(model.id)
        const known = place === undefined ? null : reading.of(model)
        if (place === undefined || known === null) return shifted(ofOthers(model), shift)
        const logOdds = known.map((estimate) => logOddsOf(estimate.mean))
        const mean = shareOf(stack, place, level + offsetOf(stack, place, reading.levels, logOdds))
        return { mean, deviation: deviationOf(stack, place, known, mean) }
      }
    },
  }
}

export function stackReader(members: readonly QualityEstimator[], anchors: readonly ModelId[]) {
  const anchorModels = anchors.map(undescribed)
  return (prompt: Parameters<QualityEstimator['read']>[0]): StackReading => {
    const readings = members.map((member) => member.read(prompt))
    return {
      levels: readings.map((estimate) => meanLogOdds(anchorModels.map(estimate))),
      of: (model) => {
        const known: QualityEstimate[] = []
        for (const estimate of readings) {
          const said = estimate(model)
          if (said === null) return null
          known.push(said)
        }
        return known
      },
    }
  }
}

function meanLogOdds(estimates: readonly (QualityEstimate | null)[]): number {
  let [sum, count] = [0, 0]
  for (const estimate of estimates) {
    if (estimate === null) continue
    sum += logOddsOf(estimate.mean)
    count++
  }
  return count === 0 ? 0 : sum / count
}

export const levelOf = (
  { intercept, levels }: Pick<Stack, 'intercept' | 'levels'>,
  seen: readonly number[],
): number => levels.reduce((sum, weight, estimator) => sum + weight * seen[estimator]!, intercept)

/** How far a model is from the level, by the members' log-odds of it. */
export function offsetOf(
  { ability, differences, offsets }: Pick<Stack, 'ability' | 'differences' | 'offsets'>,
  place: number,
  levels: readonly number[],
  logOdds: readonly number[],
): number {
  let sum = 0
  for (let estimator = 0; estimator < logOdds.length; estimator++) {
    const usual = offsets[estimator]![place]!
    const difference = logOdds[estimator]! - levels[estimator]! - usual
    sum += (ability * usual) / logOdds.length + differences[estimator]! * difference
  }
  return sum
}

/** The calibrated probability of a model's log-odds. */
export const shareOf = (
  { calibrations, curve }: Pick<Stack, 'calibrations' | 'curve'>,
  place: number,
  logOdds: number,
): number => calibrated(curve, calibrations[place]!.slope * logOdds + calibrations[place]!.intercept)

/** The model's own error, which held-out outcomes have shown, and the members' deviations carried through the weights. */
function deviationOf(
  { differences, deviations }: Stack,
  place: number,
  known: readonly QualityEstimate[],
  mean: number,
): number {
  let squares = 0
  known.forEach((estimate, estimator) => {
    const curve = Math.max(0.02, estimate.mean * (1 - estimate.mean))
    squares += ((differences[estimator]! * estimate.deviation) / curve) ** 2
  })
  return Math.hypot(deviations[place]!, mean * (1 - mean) * Math.sqrt(squares))
}

function shifted(estimate: QualityEstimate | null, shift: number): QualityEstimate | null {
  if (estimate === null) return null
  const mean = sigmoid(logOddsOf(estimate.mean) + shift)
  return { mean, deviation: estimate.deviation }
}
