/**
 * A small correction of what is predicted of models, on the scale of log-odds:
 *
 *     logit q' = slope logit q + offset + offset[model] + offset[model, task]
 *
 * It has an inverse, so that what had been predicted before it can be told from the record.
 */

import type { Candidate } from '../../../domain/candidate.ts'
import type { Model, ModelId } from '../../../domain/model.ts'
import type { TaskType } from '../../../domain/signals.ts'
import { logOddsOf, sigmoid } from '../../../estimate/log-odds.ts'

export type Offsets = { readonly offset: number; readonly tasks: Readonly<Record<string, number>> }

export type CorrectionModel = {
  /** Above 0: what was predicted to be better stays so within one model and task. */
  readonly slope: number
  readonly offset: number
  readonly models: Readonly<Record<string, Offsets>>
}

/** `version`: what decisions are marked with. */
export type Correction = { readonly version: number; readonly model: CorrectionModel }

export const noCorrection: CorrectionModel = { slope: 1, offset: 0, models: {} }

export const offsetOf = ({ offset, models }: CorrectionModel, model: string, task: string): number =>
  offset + (models[model]?.offset ?? 0) + (models[model]?.tasks[task] ?? 0)

/** @param mean the predicted quality, 0 to 1 */
export const correct = (by: CorrectionModel, model: ModelId, task: TaskType, mean: number): number =>
  sigmoid(by.slope * logOddsOf(mean) + offsetOf(by, model, task))

/** What had been predicted, of what was made of it. */
export const uncorrect = (by: CorrectionModel, model: ModelId, task: TaskType, mean: number): number =>
  sigmoid((logOddsOf(mean) - offsetOf(by, model, task)) / by.slope)

export function correctedBy(
  correction: Correction | null,
  task: TaskType,
  estimate: (model: Model) => Candidate,
): (model: Model) => Candidate {
  if (correction === null) return estimate
  return (model) => {
    const candidate = estimate(model)
    const mean = correct(correction.model, model.id, task, candidate.quality.mean)
    return { ...candidate, quality: { ...candidate.quality, mean } }
  }
}
