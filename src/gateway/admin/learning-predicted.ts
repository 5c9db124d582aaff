/**
 * What a policy gave up by the predictions on record: summed over decisions, the best candidate's predicted worth less the chosen
 * one's. The predictions are those from before the policy's own learning, which the record does not hold: where a choice was certain, what
 * it gave up is where the policy knew, or believed to know, better; only where it was left to chance can trying models have cost it. Pure.
 */

import type { RegretRow } from './learning-rows.ts'
import { checkpoints } from './learning-thin.ts'

/** Sums up to and with a decision, in good answers. */
export type PredictedPoint = {
  readonly at: string
  readonly decisions: number
  readonly all: number
  /** Over the choices that were left to chance. */
  readonly leftToChance: number
}

export type PredictedRegret = {
  readonly decisions: number
  /** Of these, those whose choice was left to chance. */
  readonly drawn: number
  readonly points: readonly PredictedPoint[]
}

/** @param rows oldest first */
export function predictedRegret(rows: readonly RegretRow[], most: number): PredictedRegret {
  const shown = checkpoints(rows.length, most)
  const points: PredictedPoint[] = []
  let [all, leftToChance, drawn] = [0, 0, 0]
  rows.forEach(({ at, givenUp, propensity }, place) => {
    all += givenUp
    if (propensity < 1) {
      leftToChance += givenUp
      drawn++
    }
    if (shown.has(place + 1)) points.push({ at, decisions: place + 1, all, leftToChance })
  })
  return { decisions: rows.length, drawn, points }
}
