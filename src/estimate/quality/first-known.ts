import type { QualityEstimator } from './estimator.ts'

/** The word of the first estimator that knows the model. */
export const firstKnown = (...estimators: readonly QualityEstimator[]): QualityEstimator => ({
  name: estimators.map(({ name }) => name).join(', else '),
  read: (prompt) => {
    const readings = estimators.map((estimator) => estimator.read(prompt))
    return (model) => {
      for (const estimate of readings) {
        const known = estimate(model)
        if (known !== null) return known
      }
      return null
    }
  },
})
