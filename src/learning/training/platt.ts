/** sigmoid(slope x + intercept) turns a score x into a probability (Platt 1999). */
export type Calibration = { readonly slope: number; readonly intercept: number }

export type CalibrationPrior = { readonly towards: Calibration; readonly weight: number }

export const uncalibrated: Calibration = { slope: 1, intercept: 0 }

/**
 * Fits slope and intercept by Newton's method on log loss; targets may be any share in [0, 1]. A Gaussian prior, worth
 * about `weight` observations, pulls towards `towards`, so that few or one-sided outcomes leave the scores nearly as they are.
 * A step that does not lower the loss is halved until it does: from scores far from zero a whole one overshoots, and never returns.
 */
export function fitPlatt(
  logOdds: ArrayLike<number>,
  targets: ArrayLike<number>,
  prior: CalibrationPrior = { towards: uncalibrated, weight: 4 },
): Calibration {
  if (logOdds.length === 0) return prior.towards
  let current = prior.towards
  let loss = lossOf(current, logOdds, targets, prior)
  for (let step = 0; step < 60; step++) {
    const full = newtonStep(current, logOdds, targets, prior)
    let share = 1
    let next = moved(current, full, share)
    let nextLoss = lossOf(next, logOdds, targets, prior)
    while (!(nextLoss <= loss) && share > 1e-9) {
      share /= 2
      next = moved(current, full, share)
      nextLoss = lossOf(next, logOdds, targets, prior)
    }
    if (!(nextLoss <= loss)) break
    current = next
    loss = nextLoss
    if (share * (Math.abs(full.slope) + Math.abs(full.intercept)) < 1e-8) break
  }
  // A negative slope would turn the ranking round on noise: then the scores tell nothing.
  return current.slope > 0.05 ? current : { slope: 0.05, intercept: logit(mean(targets)) }
}

const moved = ({ slope, intercept }: Calibration, step: Calibration, share: number): Calibration => ({
  slope: slope - share * step.slope,
  intercept: intercept - share * step.intercept,
})

/** Log loss and the prior's half squares; log(1 + e^z) in the form that does not overflow. */
function lossOf(
  { slope, intercept }: Calibration,
  logOdds: ArrayLike<number>,
  targets: ArrayLike<number>,
  prior: CalibrationPrior,
): number {
  const { towards, weight } = prior
  let loss = (weight * ((slope - towards.slope) ** 2 + 0.25 * (intercept - towards.intercept) ** 2)) / 2
  for (let index = 0; index < logOdds.length; index++) {
    const z = slope * logOdds[index]! + intercept
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[index]! * z
  }
  return loss
}

/** Gradient over Hessian. */
function newtonStep(
  { slope, intercept }: Calibration,
  logOdds: ArrayLike<number>,
  targets: ArrayLike<number>,
  prior: CalibrationPrior,
): Calibration {
  let gradientSlope = prior.weight * (slope - prior.towards.slope)
  let gradientIntercept = 0.25 * prior.weight * (intercept - prior.towards.intercept)
  let hSlope = prior.weight
  let hIntercept = 0.25 * prior.weight
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
  return {
    slope: (hIntercept * gradientSlope - hBoth * gradientIntercept) / determinant,
    intercept: (hSlope * gradientIntercept - hBoth * gradientSlope) / determinant,
  }
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
