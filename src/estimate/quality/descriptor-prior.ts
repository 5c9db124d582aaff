import type { Model } from '../../domain/model.ts'
import { descriptors } from '../descriptors.ts'
import { rowDot, sigmoid } from '../log-odds.ts'
import type { DescriptorPrior } from '../router-artefact.ts'
import type { QualityEstimator } from './estimator.ts'

/**
 * Places a model that no outcome has seen: its difference from what all models share is a regression on its published scores
 * and its price, so that difficulty and subject of the prompt count for it as they do for its likes.
 */
export function createDescriptorPrior(
  shared: Float32Array,
  weights: Float32Array,
  prior: DescriptorPrior,
): QualityEstimator {
  // A catalogue has some hundred models, and a model's place does not change: the map is bounded by it.
  const places = new WeakMap<Model, Float32Array>()
  return {
    name: 'descriptor-prior',
    read: ({ encoding }) => {
      const common = rowDot(shared, 0, encoding)
      return (model) => {
        let difference = places.get(model)
        if (!difference) {
          difference = differenceOf(model, weights, prior, shared.length)
          places.set(model, difference)
        }
        const { slope, intercept } = prior.calibration
        const mean = sigmoid(slope * (common + rowDot(difference, 0, encoding)) + intercept)
        // A deviation in log-odds, carried to probability by the slope of the logistic curve.
        return { mean, deviation: Math.max(0.02, mean * (1 - mean) * prior.logOddsDeviation) }
      }
    },
  }
}

/** @param weights a row of `columns` per descriptor, then one for the intercept */
export function differenceOf(
  model: Model,
  weights: Float32Array,
  { scale }: DescriptorPrior,
  columns: number,
): Float32Array {
  const described = descriptors(model, scale)
  const difference = weights.slice(described.length * columns, (described.length + 1) * columns)
  described.forEach((value, row) => {
    for (let column = 0; column < columns; column++)
      difference[column]! += value * weights[row * columns + column]!
  })
  return difference
}
