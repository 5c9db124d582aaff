/** The targets of each model with what is known of them, looked up once per configuration. */

import type { ModelId } from '../../domain/model.ts'
import type { Target, TargetChoiceName } from '../../domain/vendor.ts'
import { readinessOf } from '../health/admission.ts'
import type { Health } from '../health/health.ts'
import { targetChoice } from './targets/index.ts'
import type { KnownTarget, TargetChoice } from './targets/target-choice.ts'

export type ModelTargets = {
  readonly known: readonly KnownTarget[]
  readonly choice: TargetChoice
  /** How often one of them has been chosen. */
  turn: number
}

/** Whether any target of a model may be asked now. */
export const isHealthy = ({ known }: ModelTargets, now: number): boolean =>
  known.some(({ health }) => readinessOf(health, now) !== 'blocked')

export type TargetBook = (model: ModelId) => ModelTargets

export function targetBook(
  targetsOf: (model: ModelId) => readonly Target[],
  choiceOf: (model: ModelId) => TargetChoiceName | null,
  health: Health,
): TargetBook {
  // Bounded by the models that have targets.
  const book = new Map<ModelId, ModelTargets>()
  return (model) => {
    const written = book.get(model)
    if (written) return written
    const known = targetsOf(model).map((target) => ({ target, health: health.of(target) }))
    const entry = { known, choice: targetChoice(choiceOf(model)), turn: 0 }
    if (known.length > 0) book.set(model, entry)
    return entry
  }
}
