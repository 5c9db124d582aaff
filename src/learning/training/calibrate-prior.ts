import { fitMapLogistic } from './map-logistic.ts'

/** Log-odds of one outcome as descriptors predict them: the model's mean over prompts, and what the prompt adds. */
export type PlacedOutcome = { readonly level: number; readonly within: number; readonly score: number }

/** sigmoid(levelSlope level + withinSlope within + intercept). */
export type PriorCalibration = {
  readonly levelSlope: number
  readonly withinSlope: number
  readonly intercept: number
}

/** The coefficients' prior: slopes of 1 and an intercept of 0, each give or take a half. */
const variance = 0.25

/** A slope below this would turn a ranking round on noise. */
const leastSlope = 0.05

/**
 * Platt's calibration with a slope of its own for the level. What a prompt adds is read from its words and is far too
 * certain; how strong a model is is not. With one slope for both, models that no outcome has seen would all be drawn to the
 * middle, and those that outcomes taught, which are calibrated one by one, would not.
 */
export function calibratePrior(outcomes: readonly PlacedOutcome[]): PriorCalibration {
  const columns = 3
  const inputs = new Float64Array(outcomes.length * columns)
  outcomes.forEach(({ level, within }, row) => {
    inputs.set([level, within, 1], row * columns)
  })
  const [level, within, intercept] = fitMapLogistic(
    {
      inputs,
      columns,
      offsets: Float64Array.from(outcomes, (outcome) => outcome.level + outcome.within),
      targets: Float64Array.from(outcomes, ({ score }) => score),
    },
    variance,
  )
  return {
    levelSlope: Math.max(leastSlope, 1 + level!),
    withinSlope: Math.max(leastSlope, 1 + within!),
    intercept: intercept!,
  }
}
