/**
 * How likely a decision is to be graded, by the model that was chosen and by when: the newest have not been yet. Pure.
 */

import { feedbackProbabilities } from '../../statistics/off-policy/feedback-probability.ts'
import type { RegretRow } from './learning-rows.ts'

/** Stretches of as many decisions each, over which the chance may differ. */
const stretches = 8

/** For each row, in (0, 1]; 1 for what needs no grade. @param rows oldest first */
export function gradingChances(rows: readonly RegretRow[]): readonly number[] {
  const found = rows.map(() => 1)
  const needing = [...rows.entries()].filter(([, row]) => needsGrade(row))
  const chances = feedbackProbabilities(
    needing.map(([place, { options, chosen, came }]) => ({
      model: options[chosen]!.model,
      group: Math.floor((place * stretches) / rows.length),
      graded: came.kind === 'graded',
    })),
  )
  needing.forEach(([place], at) => {
    found[place] = chances[at]!
  })
  return found
}

const needsGrade = ({ came }: RegretRow): boolean => came.kind === 'graded' || came.kind === 'ungraded'
