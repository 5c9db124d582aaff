import { type Benchmark, benchmarks, type Model } from '../../domain/model.ts'
import {
  type DescriptorScale,
  descriptorNames,
  descriptors,
  levelOf,
  logOdds,
  logOutputPrice,
} from '../../estimate/descriptors.ts'
import { rowDot } from '../../estimate/router.ts'
import type { DescriptorPrior } from '../../estimate/router-artefact.ts'
import { fitPlatt, uncalibrated } from './platt.ts'
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

const penalty = 2

/**
 * Regresses the heads of trained models on their descriptors, ridge-penalised. What it is worth for a model that no outcome
 * has seen is measured by leaving each model out in turn: its predictions without its own head give the calibration and the
 * deviation of the prior.
 */
export function fitPrior(
  placed: readonly PlacedModel[],
  catalogue: readonly Model[],
  shared: Float32Array,
  judged: (model: Model) => readonly JudgedOutcome[],
): PriorFit {
  const scale = descriptorScale(catalogue)
  const columns = shared.length
  if (placed.length === 0)
    return { prior: untaught(scale), weights: new Float32Array((descriptorNames.length + 1) * columns) }
  const scores: number[] = []
  const targets: number[] = []
  let squares = 0
  let count = 0
  for (const left of placed) {
    const without = regress(
      placed.filter((other) => other !== left),
      scale,
      columns,
    )
    const difference = predict(without, descriptors(left.model, scale), columns)
    for (const { encoding, score } of judged(left.model)) {
      const common = rowDot(shared, 0, encoding)
      const predicted = rowDot(difference, 0, encoding)
      scores.push(common + predicted)
      targets.push(score)
      squares += (predicted - rowDot(left.difference, 0, encoding)) ** 2
      count++
    }
  }
  return {
    prior: {
      scale,
      logOddsDeviation: count > 0 ? Math.sqrt(squares / count) : untaught(scale).logOddsDeviation,
      calibration: scores.length > 0 ? fitPlatt(scores, targets) : uncalibrated,
    },
    weights: regress(placed, scale, columns),
  }
}

const untaught = (scale: DescriptorScale): DescriptorPrior => ({
  scale,
  logOddsDeviation: 1,
  calibration: uncalibrated,
})

function regress(placed: readonly PlacedModel[], scale: DescriptorScale, columns: number): Float32Array {
  const inputs = descriptorNames.length + 1
  const rows = new Float64Array(placed.length * inputs)
  placed.forEach(({ model }, index) => {
    rows.set(descriptors(model, scale), index * inputs)
    rows[(index + 1) * inputs - 1] = 1
  })
  const factor = factorRidge(rows, inputs, penalty)
  const weights = new Float32Array(inputs * columns)
  for (let column = 0; column < columns; column++) {
    const solution = solveRidge(
      factor,
      rows,
      placed.map(({ difference }) => difference[column]!),
    )
    for (let input = 0; input < inputs; input++) weights[input * columns + column] = solution[input]!
  }
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

/** Benchmarks differ in how hard they are: each is read against the catalogue's mean and deviation on it. */
export function descriptorScale(catalogue: readonly Model[]): DescriptorScale {
  const scales: Partial<Record<Benchmark, { mean: number; deviation: number }>> = {}
  for (const name of benchmarks) {
    const values = catalogue.flatMap((model) => model.benchmarks[name] ?? []).map(logOdds)
    if (values.length < 5) continue
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    scales[name] = { mean, deviation: Math.max(0.2, Math.sqrt(variance)) }
  }
  return { benchmarks: scales, levelAtPrice: levelAtPrice(catalogue, scales) }
}

function levelAtPrice(
  catalogue: readonly Model[],
  scales: DescriptorScale['benchmarks'],
): DescriptorScale['levelAtPrice'] {
  const scale = { benchmarks: scales, levelAtPrice: { intercept: 0, slope: 0 } }
  const points = catalogue.flatMap((model) => {
    const price = logOutputPrice(model)
    const level = levelOf(model, Object.keys(model.benchmarks) as Benchmark[], scale)
    return price === null || level === null ? [] : [[price, level] as const]
  })
  if (points.length < 3) return scale.levelAtPrice
  const rows = Float64Array.from(points.flatMap(([price]) => [price, 1]))
  const [slope, intercept] = solveRidge(
    factorRidge(rows, 2, 1),
    rows,
    points.map(([, level]) => level),
  )
  return { intercept: intercept!, slope: slope! }
}
