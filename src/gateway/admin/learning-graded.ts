/**
 * How likely a decision is to be graded, by the model that was chosen and by when: some answers are graded more often than others, and
 * the newest have not been yet. Each grade that is given stands for those that are not (inverse-probability weighting: Rosenbaum 1987). What
 * hangs on the grade itself, as where only the angry write, no weighting mends. Pure.
 */

import type { RegretRow } from './learning-rows.ts'

/** Stretches of as many decisions each, over which the chance may differ. */
const stretches = 8
/** Decisions that what is known of a model altogether counts as, for each of the stretches. */
const modelWeight = 20
const leastChance = 0.01

/** For each row, in (0, 1]; 1 for what needs no grade. @param rows oldest first */
export function gradingChances(rows: readonly RegretRow[]): readonly number[] {
  const models = ratesOf(rows, modelOf)
  const cellOf = (row: RegretRow, place: number): string =>
    `${Math.floor((place * stretches) / rows.length)} ${modelOf(row)}`
  const cells = ratesOf(rows, cellOf)
  return rows.map((row, place) => {
    if (!needsGrade(row)) return 1
    const model = models.get(modelOf(row))!
    const cell = cells.get(cellOf(row, place))!
    const share = (cell.graded + (modelWeight * model.graded) / model.all) / (cell.all + modelWeight)
    return Math.max(leastChance, share)
  })
}

const modelOf = ({ options, chosen }: RegretRow): string => options[chosen]!.model

const needsGrade = ({ came }: RegretRow): boolean => came.kind === 'graded' || came.kind === 'ungraded'

type Rate = { graded: number; all: number }

function ratesOf(
  rows: readonly RegretRow[],
  keyOf: (row: RegretRow, place: number) => string,
): ReadonlyMap<string, Rate> {
  const found = new Map<string, Rate>()
  rows.forEach((row, place) => {
    if (!needsGrade(row)) return
    const key = keyOf(row, place)
    const rate = found.get(key) ?? { graded: 0, all: 0 }
    rate.all++
    if (row.came.kind === 'graded') rate.graded++
    found.set(key, rate)
  })
  return found
}
