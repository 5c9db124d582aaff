import type { ModelId } from '../../domain/model.ts'
import { levelOf, offsetOf, shareOf, type Stack } from '../../estimate/quality/stack.ts'
import { deviationOf, fitCalibration } from './fit-calibration.ts'
import { type CoefficientPrior, fitMapLogistic, fitMapLogisticAround } from './map-logistic.ts'
import { fitPlatt, uncalibrated } from './platt.ts'

/** What the members say of one prompt that they were not fitted on, and what came of it. */
export type StackRow = {
  /** By estimator. */
  readonly levels: readonly number[]
  readonly cells: readonly StackCell[]
  readonly weight: number
}

/** `place` of the model in the list; -1 for an outcome of no model in particular. `logOdds` by estimator. */
export type StackCell = {
  readonly place: number
  readonly score: number
  readonly logOdds: readonly number[]
}

/** Weights are a handful of numbers around 0 and 1. */
const weightVariance = 4

/**
 * How far the weight of an estimator is expected to be from an equal share. Fitted freely, weights of differences are mostly
 * luck on the thousand rows that people have, and what is ahead by luck wins choices
 * (docs/decisions/2026-11-27-equal-weights-until-told.md).
 */
const shareDeviation = 0.15

/**
 * A model's own calibration is pulled towards that of all models together by as much as this many outcomes: intercepts of
 * its own would be noise, and the largest of them would win every choice.
 */
export const sharedCalibrationWeight = 100

/**
 * Fits the weights of a stack (estimate/quality/stack.ts) by logistic regression. Estimators are held to equal shares of the
 * level and of differences until outcomes tell more; none has a negative weight: one that would have, is noise, and is left
 * out. Of prompts with several outcomes n count as the square root of n.
 */
export function fitStack(
  rows: readonly StackRow[],
  estimators: number,
  models: readonly ModelId[],
  anchors: readonly ModelId[],
): Stack {
  const offsets = meanOffsets(rows, estimators, models.length)
  const weights = nonNegative(regressionRows(rows, estimators, offsets), estimators)
  const stack = {
    anchors,
    models,
    intercept: weights[0]!,
    levels: weights.slice(1, 1 + estimators),
    ability: weights[1 + estimators]!,
    differences: weights.slice(2 + estimators),
    offsets,
    alone: levelAlone(rows, offsets),
  }
  return { ...stack, ...calibrateEach(rows, stack) }
}

type Weights = Pick<Stack, 'intercept' | 'levels' | 'ability' | 'differences' | 'offsets' | 'models'>

function meanOffsets(rows: readonly StackRow[], estimators: number, models: number): number[][] {
  const sums = Array.from({ length: estimators }, () => new Array<number>(models).fill(0))
  const counts = new Array<number>(models).fill(0)
  for (const { levels, cells } of rows) {
    for (const { place, logOdds } of cells) {
      if (place < 0) continue
      counts[place]!++
      logOdds.forEach((z, estimator) => {
        sums[estimator]![place]! += z - levels[estimator]!
      })
    }
  }
  return sums.map((list) => list.map((sum, place) => sum / Math.max(1, counts[place]!)))
}

/** Columns: 1, level by estimator, ability, difference by estimator. */
function regressionRows(rows: readonly StackRow[], estimators: number, offsets: Stack['offsets']) {
  const columns = 2 + 2 * estimators
  const count = rows.reduce((sum, { cells }) => sum + cells.length, 0)
  const inputs = new Float64Array(count * columns)
  const targets = new Float64Array(count)
  const weights = new Float64Array(count)
  let at = 0
  for (const { levels, cells, weight } of rows) {
    for (const { place, score, logOdds } of cells) {
      const start = at * columns
      inputs[start] = 1
      levels.forEach((level, estimator) => {
        inputs[start + 1 + estimator] = level
        if (place < 0) return
        const usual = offsets[estimator]![place]!
        inputs[start + 1 + estimators]! += usual / estimators
        inputs[start + 2 + estimators + estimator] = logOdds[estimator]! - level - usual
      })
      targets[at] = score
      weights[at] = weight / Math.sqrt(cells.length)
      at++
    }
  }
  return { inputs, columns, targets, weights, offsets: new Float64Array(count) }
}

type RegressionRows = ReturnType<typeof regressionRows>

/** In the order of the columns. A model is what estimators say that it is over all prompts, unless much tells otherwise. */
function weightPriors(estimators: number): CoefficientPrior[] {
  const deviation = Math.sqrt(weightVariance)
  const shares = new Array<CoefficientPrior>(estimators).fill({
    mean: 1 / estimators,
    deviation: shareDeviation,
  })
  return [{ mean: 0, deviation }, ...shares, { mean: 1, deviation }, ...shares]
}

/** Columns of negative weight are taken out, the worst first, until none is. The intercept may be negative. */
function nonNegative(rows: RegressionRows, estimators: number): number[] {
  const priors = weightPriors(estimators)
  let kept = priors.map((_, column) => column)
  for (;;) {
    const fitted = fitMapLogisticAround(
      columnsOf(rows, kept),
      kept.map((column) => priors[column]!),
    )
    const worst = kept.reduce(
      (least, column, index) => (column > 0 && fitted[index]! < (fitted[least] ?? 0) ? index : least),
      -1,
    )
    if (worst === -1) {
      const weights = new Array<number>(rows.columns).fill(0)
      kept.forEach((column, index) => {
        weights[column] = fitted[index]!
      })
      return weights
    }
    kept = kept.filter((_, index) => index !== worst)
  }
}

function columnsOf(rows: RegressionRows, kept: readonly number[]): RegressionRows {
  const inputs = new Float64Array(rows.targets.length * kept.length)
  for (let row = 0; row < rows.targets.length; row++) {
    kept.forEach((column, index) => {
      inputs[row * kept.length + index] = rows.inputs[row * rows.columns + column]!
    })
  }
  return { ...rows, inputs, columns: kept.length }
}

function levelAlone(rows: readonly StackRow[], offsets: Stack['offsets']): Stack['alone'] {
  const first = rows.map(({ levels, cells, weight }) => ({
    levels: levels.slice(0, 1),
    weight,
    cells: cells.map((cell) => ({ ...cell, logOdds: cell.logOdds.slice(0, 1) })),
  }))
  const fitted = fitMapLogistic(regressionRows(first, 1, offsets.slice(0, 1)), weightVariance)
  return { intercept: fitted[0]!, slope: fitted[1]! }
}

type Pile = { readonly logOdds: number[]; readonly targets: number[] }

function calibrateEach(
  rows: readonly StackRow[],
  stack: Weights,
): Pick<Stack, 'calibrations' | 'curve' | 'deviations'> {
  const piles = stack.models.map((): Pile => ({ logOdds: [], targets: [] }))
  for (const { levels, cells } of rows) {
    for (const { place, score, logOdds } of cells) {
      if (place < 0) continue
      piles[place]!.logOdds.push(levelOf(stack, levels) + offsetOf(stack, place, levels, logOdds))
      piles[place]!.targets.push(score)
    }
  }
  const all = joined(piles)
  const prior = { towards: fitPlatt(all.logOdds, all.targets), weight: sharedCalibrationWeight }
  const calibrations = piles.map(({ logOdds, targets }) => fitPlatt(logOdds, targets, prior))
  const own = joined(
    piles.map(({ logOdds, targets }, place) => {
      const { slope, intercept } = calibrations[place]!
      return { logOdds: logOdds.map((z) => slope * z + intercept), targets }
    }),
  )
  const curve = fitCalibration(own.logOdds, own.targets, { towards: uncalibrated, weight: 4 })
  return {
    calibrations,
    curve,
    deviations: piles.map(({ logOdds, targets }, place) =>
      deviationOf(
        logOdds.map((z) => shareOf({ calibrations, curve }, place, z)),
        targets,
      ),
    ),
  }
}

const joined = (piles: readonly Pile[]): Pile => ({
  logOdds: piles.flatMap(({ logOdds }) => logOdds),
  targets: piles.flatMap(({ targets }) => targets),
})

/** The calibrated probability of a model's cell: what the stack would have said of it. */
export const stackedShare = (
  stack: Stack,
  { levels }: Pick<StackRow, 'levels'>,
  { place, logOdds }: Pick<StackCell, 'place' | 'logOdds'>,
): number => shareOf(stack, place, levelOf(stack, levels) + offsetOf(stack, place, levels, logOdds))
