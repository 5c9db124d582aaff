/** sigmoid(slope x + intercept) turns a score x into a probability (Platt 1999). */
export type Calibration = { readonly slope: number; readonly intercept: number }

export const uncalibrated: Calibration = { slope: 1, intercept: 0 }

/**
 * Fits slope and intercept by Newton's method on log loss; targets may be any share in [0, 1]. A weak prior of `priorWeight`
 * observations pulls towards slope 1 and intercept 0, so that few or one-sided outcomes leave the scores as they are.
 */
export function fitPlatt(
  logOdds: ArrayLike<number>,
  targets: ArrayLike<number>,
  priorWeight = 4,
): Calibration {
  let slope = 1
  let intercept = 0
  for (let step = 0; step < 30; step++) {
    let gradientSlope = priorWeight * (slope - 1)
    let gradientIntercept = 0.25 * priorWeight * intercept
    let hSlope = priorWeight
    let hIntercept = 0.25 * priorWeight
    let hBoth = 0
    for (let index = 0; index < logOdds.length; index++) {
      const x = logOdds[index]!
      const predicted = 1 / (1 + Math.exp(-(slope * x + intercept)))
      const error = predicted - targets[index]!
      const curve = predicted * (1 - predicted)
      gradientSlope += error * x
      gradientIntercept += error
      hSlope += curve * x * x
      hIntercept += curve
      hBoth += curve * x
    }
    const determinant = hSlope * hIntercept - hBoth * hBoth
    const slopeStep = (hIntercept * gradientSlope - hBoth * gradientIntercept) / determinant
    const interceptStep = (hSlope * gradientIntercept - hBoth * gradientSlope) / determinant
    slope -= slopeStep
    intercept -= interceptStep
    if (Math.abs(slopeStep) + Math.abs(interceptStep) < 1e-8) break
  }
  // A negative slope would turn the ranking round on noise: then the scores tell nothing.
  return slope > 0.05 ? { slope, intercept } : { slope: 0.05, intercept: logit(mean(targets)) }
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return values.length === 0 ? 0.5 : sum / values.length
}

const logit = (share: number): number => {
  const clipped = Math.min(0.99, Math.max(0.01, share))
  return Math.log(clipped / (1 - clipped))
}
