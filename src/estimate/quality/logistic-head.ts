import type { ModelId } from '../../domain/model.ts'
import { rowDot, sigmoid } from '../log-odds.ts'
import type { QualityEstimator } from './estimator.ts'

/** A model's own row of a head beside the row that all share, both over an encoding y and a last column of ones. */
export type Headed = {
  readonly difference: Float32Array
  readonly calibration: { readonly slope: number; readonly intercept: number }
  readonly deviation: number
}

/**
 * A logistic regression per model on the encoding:
 *
 *     P(model m answers well) = sigmoid(slope_m (shared . y + difference_m . y) + intercept_m)
 */
export function createLogisticHead(
  shared: Float32Array,
  models: ReadonlyMap<ModelId, Headed>,
): QualityEstimator {
  return {
    name: 'logistic-head',
    read: ({ encoding }) => {
      const common = rowDot(shared, 0, encoding)
      return ({ id }) => {
        const head = models.get(id)
        if (!head) return null
        const { slope, intercept } = head.calibration
        const mean = sigmoid(slope * (common + rowDot(head.difference, 0, encoding)) + intercept)
        return { mean, deviation: head.deviation }
      }
    },
  }
}
