import type { Model, ModelId } from '../../domain/model.ts'
import { sigmoid } from '../log-odds.ts'
import type { QualityEstimate, QualityEstimator, ReadPrompt } from './estimator.ts'
import type { PairwiseCalibration, PairwiseModel } from './pairwise-weights.ts'

/** The part of a prompt that comparisons are learnt over. */
export type ComparedPrompt = Pick<ReadPrompt, 'encoding' | 'vector'>

/** An estimator that was learnt from comparisons: beside a quality of each model it knows who beats whom. */
export type PairwiseEstimator = QualityEstimator & {
  readonly read: (prompt: ComparedPrompt) => (model: Pick<Model, 'id'>) => QualityEstimate | null
  /** The calibrated chance that the answer of `a` is preferred to that of `b`; null where either is unknown. */
  readonly compare: (prompt: ComparedPrompt) => (a: ModelId, b: ModelId) => number | null
}

export type PairwiseOptions = {
  /** Whom a model's quality is its chance of beating: by default every model that the weights know. */
  readonly against?: readonly ModelId[]
}

/** What a member of the family adds: log-odds by model, in the order of the weights, of which only differences mean anything. */
export type LogOdds = (prompt: ComparedPrompt) => Float64Array

/**
 * Comparisons say who is better, not how good: the quality of a model is its mean chance of beating the others,
 *
 *     q_m = mean over o != m of sigmoid(slope (delta_m - delta_o))
 *
 * Of two models q_s - q_w = 2 P(s beats w) - 1, so that the threshold strategy's 1/2 + (q_s - q_w) / 2 is P(s beats w) itself.
 * Beside others it rises with delta_s and falls with delta_w at each prompt.
 */
export function createPairwise(
  name: string,
  models: readonly PairwiseModel[],
  { slope, deviation }: PairwiseCalibration,
  logOdds: LogOdds,
  { against }: PairwiseOptions,
): PairwiseEstimator {
  const rowOf = new Map(models.map(({ id }, row) => [id, row]))
  const field = against ? against.flatMap((id) => rowOf.get(id) ?? []) : Array.from(models, (_, row) => row)
  return {
    name,
    read: (prompt) => {
      const deltas = logOdds(prompt)
      return ({ id }) => {
        const row = rowOf.get(id)
        if (row === undefined) return null
        let sum = 0
        let opponents = 0
        for (const opponent of field) {
          if (opponent === row) continue
          sum += sigmoid(slope * (deltas[row]! - deltas[opponent]!))
          opponents++
        }
        if (opponents === 0) return null
        const mean = sum / opponents
        // The rating's own deviation in log-odds, carried to probability by the slope of the logistic curve.
        const ofRating = mean * (1 - mean) * slope * models[row]!.ratingDeviation
        return { mean, deviation: Math.hypot(deviation, ofRating) }
      }
    },
    compare: (prompt) => {
      const deltas = logOdds(prompt)
      return (a, b) => {
        const [rowA, rowB] = [rowOf.get(a), rowOf.get(b)]
        if (rowA === undefined || rowB === undefined) return null
        return sigmoid(slope * (deltas[rowA]! - deltas[rowB]!))
      }
    },
  }
}
