import type { Model } from '../../domain/model.ts'
import { type DescriptorScale, descriptorNames, descriptors } from '../../estimate/descriptors.ts'
import { rowDot } from '../../estimate/log-odds.ts'
import type { DescriptorPrior } from '../../estimate/router-artefact.ts'
import { calibratePrior, type PlacedOutcome, type PriorCalibration } from './calibrate-prior.ts'
import { descriptorScale } from './descriptor-scale.ts'
import { uncalibrated } from './platt.ts'
import { factorRidge, solveRidge } from './ridge.ts'

/** A model whose head was trained on outcomes and whose descriptors are in the catalogue. */
export type PlacedModel = { readonly model: Model; readonly difference: Float32Array }

/** Held-out outcomes of one model, by which its prediction from descriptors alone is judged. */
export type JudgedOutcome = { readonly encoding: Float32Array; readonly score: number }

export type PriorFit = {
  readonly prior: DescriptorPrior
  /** (descriptors + 1) x columns, the last row for the intercept. */
  readonly weights: Float32Array
}

/**
 * What the catalogue says of a model's level is worth more than what it says of where the model differs: the level follows
 * ability closely, and one unit of ability is about one log-odds of success; the shape follows it weakly. Chosen by leaving
 * models out in turn on fit rows (docs/decisions).
 */
const levelPenalty = 1
const levelPerAbility = 1
const shapePenalty = 4

const inputs = descriptorNames.length + 1
const abilityAt = descriptorNames.indexOf('overall')

/**
 * Regresses the heads of trained models on their descriptors. A head is a level, its mean log-odds over the prompts that are
 * judged, and a shape, what it deviates by over the encoding; each is ridge-penalised apart. What the regression is worth
 * for a model that no outcome has seen is measured by leaving each model out in turn: its predictions without its own head
 * give the calibration and the deviation of the prior.
 */
export function fitPrior(
  placed: readonly PlacedModel[],
  catalogue: readonly Model[],
  shared: Float32Array,
  judged: (model: Model) => readonly JudgedOutcome[],
): PriorFit {
  const scale = descriptorScale(catalogue)
  const columns = shared.length
  if (placed.length === 0) return { prior: untaught(scale), weights: new Float32Array(inputs * columns) }
  const centre = meanPrompt(placed, columns, judged)
  const commonLevel = dot(shared, centre)
  const outcomes: PlacedOutcome[] = []
  let squares = 0
  for (const left of placed) {
    const others = placed.filter((other) => other !== left)
    const difference = predict(regress(others, scale, centre), descriptors(left.model, scale), columns)
    const level = commonLevel + dot(difference, centre)
    for (const { encoding, score } of judged(left.model)) {
      const predicted = rowDot(difference, 0, encoding)
      outcomes.push({ level, within: rowDot(shared, 0, encoding) + predicted - level, score })
      squares += (predicted - rowDot(left.difference, 0, encoding)) ** 2
    }
  }
  const calibration = calibratePrior(outcomes)
  return {
    prior: {
      scale,
      logOddsDeviation: outcomes.length > 0 ? Math.sqrt(squares / outcomes.length) : 1,
      calibration: { slope: calibration.withinSlope, intercept: calibration.intercept },
    },
    weights: withLevelSlope(regress(placed, scale, centre), calibration, centre, commonLevel),
  }
}

/**
 * Puts the level's own slope into the bias, so that one slope serves: with b = level slope / slope - 1,
 * slope (log-odds + b level) = level slope level + slope (log-odds - level), and the level is linear in the descriptors.
 */
function withLevelSlope(
  weights: Float32Array,
  { levelSlope, withinSlope }: PriorCalibration,
  centre: Float64Array,
  commonLevel: number,
): Float32Array {
  const columns = centre.length
  const share = levelSlope / withinSlope - 1
  const scaled = weights.slice()
  for (let input = 0; input < inputs; input++) {
    const level = dot(weights.subarray(input * columns, (input + 1) * columns), centre)
    scaled[(input + 1) * columns - 1]! += share * (level + (input === inputs - 1 ? commonLevel : 0))
  }
  return scaled
}

const untaught = (scale: DescriptorScale): DescriptorPrior => ({
  scale,
  logOddsDeviation: 1,
  calibration: uncalibrated,
})

/** Mean encoding of what is judged, and a last column of ones. */
function meanPrompt(
  placed: readonly PlacedModel[],
  columns: number,
  judged: (model: Model) => readonly JudgedOutcome[],
): Float64Array {
  const centre = new Float64Array(columns)
  let count = 0
  for (const { model } of placed) {
    for (const { encoding } of judged(model)) {
      count++
      for (let column = 0; column < encoding.length; column++) centre[column]! += encoding[column]!
    }
  }
  const mean = centre.map((sum) => sum / Math.max(1, count))
  mean[columns - 1] = 1
  return mean
}

function regress(placed: readonly PlacedModel[], scale: DescriptorScale, centre: Float64Array): Float32Array {
  const columns = centre.length
  const bias = columns - 1
  const rows = new Float64Array(placed.length * inputs)
  placed.forEach(({ model }, index) => {
    rows.set(descriptors(model, scale), index * inputs)
    rows[(index + 1) * inputs - 1] = 1
  })
  const levels = placed.map(({ difference }) => dot(difference, centre))
  const weights = new Float32Array(inputs * columns)
  const add = (column: number, solution: Float64Array) =>
    solution.forEach((weight, input) => {
      weights[input * columns + column]! += weight
    })
  const shapes = factorRidge(rows, inputs, shapePenalty)
  for (let column = 0; column < columns; column++) {
    const shape = placed.map(
      ({ difference }, index) => difference[column]! - (column === bias ? levels[index]! : 0),
    )
    add(column, solveRidge(shapes, rows, shape))
  }
  add(bias, levelWeights(rows, levels))
  return weights
}

/** A slope of `levelPerAbility` is what the penalty pulls to, so that few models do for a level. */
function levelWeights(rows: Float64Array, levels: readonly number[]): Float64Array {
  const beyond = levels.map((level, index) => level - levelPerAbility * rows[index * inputs + abilityAt]!)
  const weights = solveRidge(factorRidge(rows, inputs, levelPenalty), rows, beyond)
  weights[abilityAt]! += levelPerAbility
  return weights
}

function predict(weights: Float32Array, described: Float32Array, columns: number): Float32Array {
  const difference = weights.slice(described.length * columns)
  described.forEach((value, row) => {
    for (let column = 0; column < columns; column++)
      difference[column]! += value * weights[row * columns + column]!
  })
  return difference
}

const dot = (head: Float32Array, encoding: Float64Array): number =>
  head.reduce((sum, weight, column) => sum + weight * encoding[column]!, 0)
