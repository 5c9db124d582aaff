/**
 * The difference of two arms under an allocation that may change with every observation: augmented inverse-propensity weighting
 * (Robins, Rotnitzky, Zhao 1994; watched: arXiv 2103.06476, section 3). With p the treatment's probability when the unit was assigned,
 *
 *   v = 1[arm = treatment] (r - m1) / p  -  1[arm = control] (r - m0) / (1 - p)  +  m1 - m0
 *
 * has the difference as its mean, whatever the predictions m1 and m0 are that were made before r was seen: the caller's, or else the arms' means
 * so far. Its variance is about 1 / (p (1 - p)), so that the units of a 5 % canary would drown those of a half: each v has
 * the weight h = 4 p (1 - p) (overlap weights: Li, Morgan, Zaslavsky 2018), and the estimate is sum h v / sum h. Where the
 * difference changes with time, that is its mean over the time that could tell.
 */

import { defaultTightestAt, watchedInterval } from './asymptotic-sequence.ts'
import { type Reading, withheld } from './interval.ts'
import { addValue, mergeMoments, type Moments, noMoments } from './moments.ts'
import { mergeRatioSums, moveRatioUnit, noRatioSums, type RatioSums, ratioMoments } from './ratio-sums.ts'
import { atLeastAsUncertain, distrust, spreadOfMean, watchedRules } from './spread.ts'

export type ArmDifference = {
  readonly values: RatioSums
  /** Outcomes of either arm. */
  readonly treatment: Moments
  readonly control: Moments
}

export type ArmObservation = {
  readonly arm: 'treatment' | 'control'
  readonly outcome: number
  /** Of the treatment, when this unit was assigned; above 0 and below 1. */
  readonly treatmentProbability: number
  /** The outcome in either arm, predicted before the assignment; absent: the arms' means so far. */
  readonly predicted?: { readonly treatment: number; readonly control: number }
}

export const beginDifference: ArmDifference = {
  values: noRatioSums,
  treatment: noMoments,
  control: noMoments,
}

/** @throws RangeError where the probability leaves an arm without a chance, or the outcome is no number */
export function updateDifference(state: ArmDifference, seen: ArmObservation): ArmDifference {
  const { arm, outcome, treatmentProbability: p } = seen
  if (!(p > 0 && p < 1))
    throw new RangeError(`an arm that may not be drawn can't be compared: its probability is ${p}`)
  if (!Number.isFinite(outcome)) throw new RangeError(`an outcome is a finite number, not ${outcome}`)
  const { treatment, control } = seen.predicted ?? meansSoFar(state)
  const weight = 4 * p * (1 - p)
  const residual = arm === 'treatment' ? 4 * (1 - p) * (outcome - treatment) : -4 * p * (outcome - control)
  const weighted = residual + weight * (treatment - control)
  return {
    ...state,
    values: moveRatioUnit(state.values, null, { numerator: weighted, denominator: weight, covariate: 0 }),
    [arm]: addValue(state[arm], outcome),
  }
}

/** With nothing seen of an arm it is taken to be like the other. */
function meansSoFar({ treatment, control }: ArmDifference): { treatment: number; control: number } {
  const pooled = mergeMoments(treatment, control).mean
  const mean = ({ count, mean: own }: Moments) => (count * own + pooled) / (count + 1)
  return { treatment: mean(treatment), control: mean(control) }
}

export const mergeDifference = (a: ArmDifference, b: ArmDifference): ArmDifference => ({
  values: mergeRatioSums(a.values, b.values),
  treatment: mergeMoments(a.treatment, b.treatment),
  control: mergeMoments(a.control, b.control),
})

/** Treatment less control, watched. */
export function differenceInterval(
  { values, treatment, control }: ArmDifference,
  alpha: number,
  tightestAt = defaultTightestAt,
): Reading {
  const moments = ratioMoments(values)
  const arms = [spreadOfMean(treatment), spreadOfMean(control)]
  const reason = arms.map((arm) => distrust(arm, watchedRules)).find((one) => one !== null)
  if (reason) return withheld(values.units === 0 ? null : moments.mean, `of one arm ${reason}`)
  const spread = atLeastAsUncertain(spreadOfMean(moments), arms)
  return watchedInterval(moments.mean, spread, alpha, tightestAt)
}
