/**
 * What every action would have come to, predicted from the log: the candidates' estimates as they were when the choice was made, recalibrated by
 * what was seen, per model. Fitted on the other folds (cross-fitting: Chernozhukov et al. 2018), so that no outcome predicts
 * itself; a unit is in one fold whole. Doubly robust estimates are right whatever the predictions are, and as narrow as these are good.
 */

import { hash32 } from '../../domain/random.ts'
import { logOddsOf, sigmoid } from '../../estimate/log-odds.ts'
import { type Calibration, fitPlatt } from '../training/platt.ts'
import {
  type LoggedAction,
  type LoggedMetric,
  type LoggedRow,
  type MetricRow,
  seenValues,
} from './logged-row.ts'

export const defaultFolds = 5

/** Observations that what is known of all models counts as, for each model. */
const pooledWeight = 20

type Predict = (action: LoggedAction) => number
type Sample = { readonly action: LoggedAction; readonly value: number }

/** @throws RangeError for values that are none */
export function crossFitted(
  rows: readonly LoggedRow[],
  metric: LoggedMetric,
  folds = defaultFolds,
): readonly MetricRow[] {
  const foldOf = rows.map(({ unit }) => hash32(unit, 17) % folds)
  const seen = rows.map((row) => seenValues(row, metric))
  const predictors = Array.from({ length: folds }, (_, fold) => {
    const samples = rows.flatMap((row, place) =>
      foldOf[place] === fold
        ? []
        : seen[place]!.map(({ action, value }) => ({ action: row.actions[action]!, value })).filter(
            ({ action }) => !action.fixed,
          ),
    )
    return metric === 'quality' ? fitQuality(samples) : fitUsd(samples)
  })
  return rows.map(({ id, unit, actions }, place) => ({
    id,
    unit,
    predicted: actions.map((action) =>
      action.fixed ? action.seen![metric]! : predictors[foldOf[place]!]!(action),
    ),
    seen: seen[place]!,
  }))
}

/** Platt scaling of the log-odds of the estimates: over all models, and each model's own drawn towards that. */
function fitQuality(samples: readonly Sample[]): Predict {
  const pooled = platt(samples)
  const own = new Map<string, Calibration>()
  for (const [model, ofModel] of byModel(samples)) own.set(model, platt(ofModel, pooled))
  return ({ model, predicted }) => {
    const { slope, intercept } = own.get(model) ?? pooled
    return sigmoid(slope * logOddsOf(predicted.quality) + intercept)
  }
}

const platt = (samples: readonly Sample[], towards?: Calibration): Calibration =>
  fitPlatt(
    samples.map(({ action }) => logOddsOf(action.predicted.quality)),
    samples.map(({ value }) => value),
    towards && { towards, weight: pooledWeight },
  )

/** Estimates times what they were off by, model by model; what has no estimate is taken at its model's mean. */
function fitUsd(samples: readonly Sample[]): Predict {
  const pooled = ratio(samples, 0, 1)
  const mean = meanOf(samples)
  const own = new Map<string, { readonly factor: number; readonly mean: number }>()
  for (const [model, ofModel] of byModel(samples))
    own.set(model, { factor: ratio(ofModel, pooledWeight, pooled), mean: meanOf(ofModel) })
  return ({ model, predicted: { usd } }) => {
    const known = own.get(model)
    return usd === null ? (known?.mean ?? mean) : usd * (known?.factor ?? pooled)
  }
}

function ratio(samples: readonly Sample[], weight: number, towards: number): number {
  const priced = samples.filter(({ action }) => action.predicted.usd !== null && action.predicted.usd > 0)
  if (priced.length === 0) return towards
  const predicted = priced.reduce((sum, { action }) => sum + action.predicted.usd!, 0)
  const actual = priced.reduce((sum, { value }) => sum + value, 0)
  const prior = (weight * predicted) / priced.length
  return (actual + prior * towards) / (predicted + prior)
}

const meanOf = (samples: readonly Sample[]): number =>
  samples.length === 0 ? 0 : samples.reduce((sum, { value }) => sum + value, 0) / samples.length

function byModel(samples: readonly Sample[]): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const group = groups.get(sample.action.model)
    if (group) group.push(sample)
    else groups.set(sample.action.model, [sample])
  }
  return groups
}
