/**
 * What a policy gave up, summed over decisions, in good answers: by its own beliefs as it chose, which a record says of all that learn or
 * try models; and where it does not say (older decisions, other strategies), by the predictions on record, which also count what
 * feedback had taught the policy to do otherwise. Pure.
 */

import type { RegretRow } from './learning-rows.ts'
import { checkpoints } from './learning-thin.ts'

/** Sums up to and with a decision, in good answers. */
export type GivenUpPoint = {
  readonly at: string
  readonly decisions: number
  readonly all: number
  /** Of this, what is by predictions, for want of beliefs on record. */
  readonly byPredictions: number
}

export type GivenUpCurve = {
  readonly decisions: number
  /** Of these, those whose record does not say what was believed. */
  readonly withoutBeliefs: number
  readonly points: readonly GivenUpPoint[]
}

/** @param rows oldest first */
export function givenUpCurve(rows: readonly RegretRow[], most: number): GivenUpCurve {
  const shown = checkpoints(rows.length, most)
  const points: GivenUpPoint[] = []
  let [all, byPredictions, withoutBeliefs] = [0, 0, 0]
  rows.forEach(({ at, givenUp }, place) => {
    all += givenUp.worth
    if (givenUp.by === 'predictions') {
      byPredictions += givenUp.worth
      withoutBeliefs++
    }
    if (shown.has(place + 1)) points.push({ at, decisions: place + 1, all, byPredictions })
  })
  return { decisions: rows.length, withoutBeliefs, points }
}
