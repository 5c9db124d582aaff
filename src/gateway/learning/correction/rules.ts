/** When and how predictions of quality are corrected by what feedback says of them. */
export type CalibrationRules = {
  /** Milliseconds from one fit to the next. */
  readonly everyMs: number
  /** Answers with a score, fewer of which are not looked at. */
  readonly minGraded: number
  /** Share, 0 to 1, of the graded answers, the latest of them, that a fit is judged by and never sees. */
  readonly laterShare: number
  /** `null`: what the later answers speak for serves all at once. */
  readonly canary: CanaryRules | null
}

export type CanaryRules = {
  /** Share, 0 to 1, of the sessions that are served by a new correction until it is decided on. */
  readonly share: number
  /** Graded answers that either side must have. */
  readonly minGraded: number
  /** By how much, 0 to 1, the mean score may be lower at most, its interval included. */
  readonly maxLoss: number
}

export const usualCalibration: CalibrationRules = {
  everyMs: 6 * 3_600_000,
  minGraded: 500,
  laterShare: 0.3,
  canary: { share: 0.1, minGraded: 300, maxLoss: 0.05 },
}
