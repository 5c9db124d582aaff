import { hash32 } from '../../domain/random.ts'
import type { Model } from '../../domain/model.ts'
import type { TrainedModel } from '../../estimate/router-artefact.ts'
import { logOddsOf, rowDot, sigmoid } from '../../estimate/log-odds.ts'
import type { ReadPrompt } from '../../estimate/quality/estimator.ts'
import type { Router } from '../../estimate/router.ts'
import { calibration } from '../evaluation/calibration.ts'
import { deviation } from './fit-calibration.ts'
import { fitMapLogistic, type LogisticRows, rowLogOdds } from './map-logistic.ts'
import { type Calibration, fitPlatt, uncalibrated } from './platt.ts'

/** One labelled prompt of the model that is taught. */
export type OnboardRow = {
  /** Equal for equal questions: one question is never on two sides of a split. */
  readonly question: string
  readonly prompt: ReadPrompt
  readonly score: number
  /** Output tokens, where they are known. */
  readonly tokens: number | null
}

/** Over the rows, by cross-validation for what was fitted on them. */
export type Fit = {
  readonly logLoss: number
  readonly auroc: number
  readonly ece: number
  readonly meanPredicted: number
}

export type OnboardReport = {
  readonly rows: number
  readonly meanScore: number
  /** The router as it was: from descriptors, or from the model's own head where it had one. */
  readonly before: Fit & { readonly from: 'descriptors' | 'own head' }
  /** Each row predicted by a fit on the other folds. */
  readonly after: Fit
  /** Predicting the mean score for all. */
  readonly baseRate: { readonly logLoss: number }
  /** How far the head was let from where it stood, as a multiple of the variance of the prior. */
  readonly freedom: number
  readonly verbosity: { readonly before: number; readonly after: number; readonly lengths: number }
}

export type Onboarded = {
  readonly difference: Float32Array
  readonly trained: TrainedModel
  readonly report: OnboardReport
}

const folds = 5
/** Choosing among these by cross-validation: 0 leaves the head where it stands. */
const freedoms = [0, 0.1, 0.3, 1]
/** What the model's calibration is worth against the rows': the fit is nearly calibrated by itself. */
const calibrationWeight = 20
/** Lengths that the verbosity of the catalogue is worth. */
const verbosityWeight = 10

/**
 * Teaches a router one model and touches nothing else: clusters, neighbours and stack would have to be fitted again for all,
 * so that a model taught afterwards is estimated by its head, moved by what these say of the prompt. Its head is a ridge-penalised logistic regression around the head
 * that it has (MAP, see map-logistic.ts), penalised by the deviation that the artefact states of its descriptors; the
 * penalty's multiple is chosen by cross-validation.
 */
export function onboard(router: Router, model: Model, rows: readonly OnboardRow[]): Onboarded {
  const { artefact } = router
  const known = artefact.models.find(({ id }) => id === model.id)
  const start = router.headOf(model)
  const deviations = priorDeviations(router)
  const fitted = logisticRows(router, model, rows, deviations)
  const foldOf = rows.map(({ question }) => hash32(question, 11) % folds)
  const everyRow = rows.map((_, row) => row)
  const outOfFold = crossValidate(fitted, foldOf)
  const freedom = chooseFreedom(fitted, everyRow, foldOf)
  const step = fitMapLogistic(fitted, freedom, everyRow)
  const targets = Array.from(fitted.targets)
  const own = fitPlatt(outOfFold, targets, { towards: uncalibrated, weight: calibrationWeight })
  const verbosity = fitVerbosity(router, model, rows)
  return {
    difference: start.difference.map(
      (value, column) => value + (deviations[column]! * step[column]!) / start.calibration.slope,
    ),
    trained: {
      id: model.id,
      outcomes: rows.length + (known?.outcomes ?? 0),
      onboarded: true,
      calibration: composed(own, start.calibration),
      deviation: deviation({ scores: [...outOfFold], targets }, own),
      verbosity: verbosity.lengths > 0 ? verbosity.after : (known?.verbosity ?? null),
    },
    report: {
      ...figures(router, model, rows, outOfFold, known ? 'own head' : 'descriptors'),
      freedom,
      verbosity,
    },
  }
}

/** slope (s x + t) + intercept. */
const composed = (outer: Calibration, inner: Calibration): Calibration => ({
  slope: outer.slope * inner.slope,
  intercept: outer.slope * inner.intercept + outer.intercept,
})

/**
 * Deviations of a step of the head by column, in calibrated log-odds: half of the prior's variance lies in the level, which
 * all prompts share, and half is spread evenly over the encoding, so that the step's effect on the artefact's own sample of
 * prompts has the deviation that it states of its descriptors.
 */
function priorDeviations({ artefact }: Router): Float64Array {
  const { encodings, size } = artefact.reference
  const columns = artefact.heads.shared.length
  const squares = encodings.reduce((sum, value) => sum + value * value, 0) / Math.max(1, size)
  const level = artefact.prior.logOddsDeviation * Math.SQRT1_2
  const rest = level / Math.sqrt(Math.max(squares, 1e-9))
  return Float64Array.from({ length: columns }, (_, column) => (column === columns - 1 ? level : rest))
}

/** Inputs are the encoding and 1, times the deviations: a step of unit variance there is a step of the prior's here. */
function logisticRows(
  router: Router,
  model: Model,
  rows: readonly OnboardRow[],
  deviations: Float64Array,
): LogisticRows {
  const columns = deviations.length
  const inputs = new Float64Array(rows.length * columns)
  rows.forEach(({ prompt: { encoding } }, row) => {
    for (let column = 0; column < columns; column++)
      inputs[row * columns + column] = (encoding[column] ?? 1) * deviations[column]!
  })
  return {
    inputs,
    columns,
    offsets: Float64Array.from(rows, ({ prompt }) => logOddsOf(router.headQuality(prompt)(model).mean)),
    targets: Float64Array.from(rows, ({ score }) => score),
  }
}

/** Log-odds of each row from the other folds; the freedom too is chosen on those alone. */
function crossValidate(rows: LogisticRows, foldOf: readonly number[]): Float64Array {
  const predicted = new Float64Array(rows.targets.length)
  for (let fold = 0; fold < folds; fold++) {
    const others = foldOf.flatMap((its, row) => (its === fold ? [] : [row]))
    const coefficients = fitMapLogistic(rows, chooseFreedom(rows, others, foldOf), others)
    foldOf.forEach((its, row) => {
      if (its === fold) predicted[row] = rowLogOdds(rows, coefficients, row)
    })
  }
  return predicted
}

/** The freedom of least log loss over the folds within `members`. */
function chooseFreedom(rows: LogisticRows, members: readonly number[], foldOf: readonly number[]): number {
  const losses = freedoms.map((freedom) => {
    let loss = 0
    for (const fold of new Set(members.map((row) => foldOf[row]!))) {
      const coefficients = fitMapLogistic(
        rows,
        freedom,
        members.filter((row) => foldOf[row] !== fold),
      )
      for (const row of members) {
        if (foldOf[row] === fold) loss += logLossOf(rowLogOdds(rows, coefficients, row), rows.targets[row]!)
      }
    }
    return loss
  })
  return freedoms[losses.indexOf(Math.min(...losses))]!
}

const logLossOf = (z: number, target: number): number =>
  Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z

function figures(
  router: Router,
  model: Model,
  rows: readonly OnboardRow[],
  outOfFold: Float64Array,
  from: OnboardReport['before']['from'],
): Pick<OnboardReport, 'rows' | 'meanScore' | 'before' | 'after' | 'baseRate'> {
  const targets = Float64Array.from(rows, ({ score }) => score)
  const measured = (predicted: Float64Array): Fit => {
    const { logLoss, auroc, ece, meanPredicted } = calibration(predicted, targets)
    return { logLoss, auroc, ece, meanPredicted }
  }
  const meanScore = targets.reduce((sum, score) => sum + score, 0) / targets.length
  const constant = calibration(new Float64Array(targets.length).fill(meanScore), targets)
  return {
    rows: targets.length,
    meanScore,
    before: {
      ...measured(Float64Array.from(rows, ({ prompt }) => router.quality(prompt)(model).mean)),
      from,
    },
    after: measured(outOfFold.map(sigmoid)),
    baseRate: { logLoss: constant.logLoss },
  }
}

/** The mean of log tokens over what a model of verbosity 1 would write, pulled towards what was known. */
function fitVerbosity(
  { artefact }: Router,
  model: Model,
  rows: readonly OnboardRow[],
): OnboardReport['verbosity'] {
  const known = artefact.models.find(({ id }) => id === model.id)?.verbosity ?? model.verbosity
  const { logDeviation } = artefact.outputTokens
  const excess = rows.flatMap(({ prompt: { encoding }, tokens }) => {
    if (tokens === null || tokens < 1) return []
    // The head predicts the mean of tokens: half the variance above the mean of their logarithm.
    const unit = rowDot(artefact.heads.outputTokens, 0, encoding) - logDeviation ** 2 / 2
    return [Math.log(tokens) - unit]
  })
  const sum = excess.reduce((total, value) => total + value, 0)
  const after = Math.exp((sum + verbosityWeight * Math.log(known)) / (excess.length + verbosityWeight))
  return { before: known, after: excess.length > 0 ? after : known, lengths: excess.length }
}
