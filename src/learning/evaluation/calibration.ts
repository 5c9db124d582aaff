import { rankByScore } from './metrics.ts'

/** How far predicted quality can be read as a probability. */
export type Calibration = {
  readonly cells: number
  readonly meanPredicted: number
  readonly meanScore: number
  /** Expected calibration error over bins of equal mass: sum of bin share x |mean predicted - mean score|. */
  readonly ece: number
  /** Mean squared error; `brierOfMean` is what predicting the mean score for all would have. */
  readonly brier: number
  readonly brierOfMean: number
  /** Mean cross-entropy in nats; scores between 0 and 1 count as soft labels. */
  readonly logLoss: number
  /** Chance that a right answer (score of at least 1/2) was predicted above a wrong one; NaN with one kind only. */
  readonly auroc: number
}

const bins = 10
/** Predictions of exactly 0 or 1 would make the log-loss infinite. */
const leastProbability = 1e-6

export function calibration(predicted: Float64Array, scores: Float64Array): Calibration {
  const cells = predicted.length
  const meanScore = mean(scores)
  let brier = 0
  let brierOfMean = 0
  let logLoss = 0
  for (let cell = 0; cell < cells; cell++) {
    const score = scores[cell]!
    const p = Math.min(1 - leastProbability, Math.max(leastProbability, predicted[cell]!))
    brier += (predicted[cell]! - score) ** 2 / cells
    brierOfMean += (meanScore - score) ** 2 / cells
    logLoss -= (score * Math.log(p) + (1 - score) * Math.log(1 - p)) / cells
  }
  return {
    cells,
    meanPredicted: mean(predicted),
    meanScore,
    ece: expectedCalibrationError(predicted, scores),
    brier,
    brierOfMean,
    logLoss,
    auroc: auroc(predicted, scores),
  }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

function expectedCalibrationError(predicted: Float64Array, scores: Float64Array): number {
  const { order, groupEnds } = rankByScore(predicted)
  // Scores of tied predictions are averaged, so that a bin's edge inside a tie does not depend on the order of rows.
  const smoothed = new Float64Array(scores.length)
  let start = 0
  for (const end of groupEnds) {
    let sum = 0
    for (let place = start; place < end; place++) sum += scores[order[place]!]!
    smoothed.fill(sum / (end - start), start, end)
    start = end
  }
  let error = 0
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.round((bin * order.length) / bins)
    const to = Math.round(((bin + 1) * order.length) / bins)
    let gap = 0
    for (let place = from; place < to; place++) gap += predicted[order[place]!]! - smoothed[place]!
    error += Math.abs(gap) / order.length
  }
  return error
}

/** Mann-Whitney, ties counting a half. */
export function auroc(predicted: Float64Array, scores: Float64Array): number {
  const { order, groupEnds } = rankByScore(predicted)
  let rightAbove = 0
  let wrong = 0
  let wins = 0
  let place = 0
  for (const end of groupEnds) {
    let right = 0
    const from = place
    for (; place < end; place++) if (scores[order[place]!]! >= 0.5) right++
    const wrongHere = end - from - right
    wins += wrongHere * (rightAbove + right / 2)
    rightAbove += right
    wrong += wrongHere
  }
  return rightAbove === 0 || wrong === 0 ? Number.NaN : wins / (rightAbove * wrong)
}
