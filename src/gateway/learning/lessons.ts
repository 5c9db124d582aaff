/** What a decision teaches, once it is known what came of it. Pure. */

import type { CandidateRecord, Decision, Outcome } from '../../domain/decision.ts'
import type { Lesson } from '../../domain/learner.ts'
import type { ModelId } from '../../domain/model.ts'
import type { Believed } from './believed.ts'

type Answered = Pick<Outcome, 'status' | 'model'>

/**
 * Who answered, where that teaches anything: a whole answer of a model, made for this request, to a turn whose features were
 * kept. `null`: out of a cache, cut short by the client, failed, or the model was not free to choose.
 */
export function taughtBy({ features, cache }: Decision, { status, model }: Answered): ModelId | null {
  return features === undefined || cache !== undefined || status !== 'answered' ? null : model
}

/** Dollars that the answering model was paid. `null`: they are not known, or nothing had been predicted of it. */
export function dollarLesson(decision: Decision, outcome: Outcome): Lesson | null {
  const model = taughtBy(decision, outcome)
  if (model === null) return null
  let micros = 0
  for (const attempt of outcome.attempts) {
    if (attempt.model !== model || attempt.outcome.kind !== 'answered') continue
    if (attempt.cost === null) return null
    micros += attempt.cost
  }
  const lesson = lessonOf(decision, model)
  return lesson && micros > 0 ? { ...lesson, usd: micros / 1e6 } : null
}

/** Quality that was found, and the one before it taken back. */
export function qualityLessons(
  decision: Decision,
  model: ModelId,
  before: Believed | null,
  after: Believed | null,
): readonly Lesson[] {
  if (before?.score === after?.score && before?.weight === after?.weight) return []
  const lesson = lessonOf(decision, model)
  if (lesson === null) return []
  return [
    ...(before ? [{ ...lesson, quality: before.score, weight: -before.weight }] : []),
    ...(after ? [{ ...lesson, quality: after.score, weight: after.weight }] : []),
  ]
}

function lessonOf(decision: Decision, model: ModelId): Lesson | null {
  const { candidates, features = [], chosen, propensity, time } = decision
  const predicted = candidates.find(({ id }) => id === model)
  if (predicted === undefined) return null
  return {
    model,
    features: Float64Array.from(features),
    quality: null,
    expectedQuality: predicted.quality.mean,
    usd: null,
    expectedUsd: usdOf(predicted),
    // What was drawn is the chosen model; whoever stood in for it was not.
    propensity: model === chosen ? propensity : null,
    atMs: Date.parse(time),
    weight: 1,
  }
}

const usdOf = ({ cost }: CandidateRecord): number | null => (cost.kind === 'known' ? cost.usd.mean : null)

const steps = 10_000

/** Four places are more than any of them is worth, and a record of them stays small. */
export const roundedFeatures = (features: Float64Array): readonly number[] =>
  Array.from(features, (feature) => Math.round(feature * steps) / steps)
