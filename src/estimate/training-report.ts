/** What an artefact says of the outcomes that it was trained on and of how well it predicts others. */
export type TrainingReport = {
  /** Share of the prompts by language (signals/language.ts). */
  readonly languages: Readonly<Record<string, number>>
  readonly split: { readonly fitPrompts: number; readonly heldOutPrompts: number }
  /** On prompts that the weights were not fitted on. Calibration was, so that its error is flattered a little. */
  readonly router: HeldOutFigures
  /** Predictions that know less, on the same outcomes. */
  readonly controls: readonly (HeldOutFigures & { readonly name: string })[]
  readonly models: readonly ModelFigures[]
  /** What the data checks had to say. */
  readonly warnings: readonly string[]
}

export type HeldOutFigures = {
  readonly cells: number
  readonly logLoss: number
  /** `null` where all outcomes are of one kind. */
  readonly auroc: number | null
  readonly ece: number
}

export type ModelFigures = {
  readonly model: string
  readonly fitCells: number
  readonly heldOutCells: number
  readonly meanScore: number
  readonly logLoss: number
  /** Of predicting the model's mean score on the fit prompts. */
  readonly logLossOfMean: number
}

/** One model taught afterwards, with cross-validated log loss before and after. */
export type OnboardingRecord = {
  readonly model: string
  readonly rows: number
  readonly logLossBefore: number
  readonly logLossAfter: number
}
