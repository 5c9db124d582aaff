import type { Interval } from './bootstrap.ts'
import type { EvaluationReport } from './report.ts'
import type { Splits } from './split.ts'

/** One data set scored by a router that was fitted on the others. */
export type LeftOutSet = {
  readonly set: string
  readonly rows: number
  readonly quality: Interval
  /** The router's quality less the control's. */
  readonly aheadOf: Readonly<Record<string, Interval>>
}

export type LeftOutSets = { readonly sets: readonly LeftOutSet[]; readonly mean: Omit<LeftOutSet, 'set'> }

/** Score rows of the set, fit rows of all others; a question that is scored is fitted nowhere. */
export function withoutSet(splits: Splits, set: string): Splits {
  const scoreRows = splits.scoreRows.filter(({ dataset }) => dataset === set)
  const asked = new Set(scoreRows.map(({ qhash }) => qhash))
  return {
    ...splits,
    scoreRows,
    fitRows: splits.fitRows.filter(({ dataset, qhash }) => dataset !== set && !asked.has(qhash)),
  }
}

/** A model must have been run on this share of the rows that are scored to be compared on them. */
const leastCoverage = 0.9

/** Models that the rows to fit on know and most of the rows to score do not: no pool can hold them. */
export function notScored({ fitRows, scoreRows }: Splits): string[] {
  const counts = new Map<string, number>()
  for (const { outcomes } of fitRows) for (const model of outcomes.keys()) counts.set(model, 0)
  for (const { outcomes } of scoreRows)
    for (const model of outcomes.keys()) if (counts.has(model)) counts.set(model, counts.get(model)! + 1)
  return [...counts].filter(([, count]) => count < leastCoverage * scoreRows.length).map(([model]) => model)
}

/** What of a report counts for a set left out; a table told the set's name can't be had there. */
export function leftOutSet(set: string, { comparison, score }: EvaluationReport): LeftOutSet {
  if (comparison.kind === 'priced') {
    const { router, controls } = comparison
    const told = controls.filter(({ name }) => !name.startsWith('per '))
    return {
      set,
      rows: score.rows,
      quality: router.usefulQuality,
      aheadOf: Object.fromEntries(told.map(({ name, usefulDifference }) => [kindOf(name), usefulDifference])),
    }
  }
  const { router, controls } = comparison
  const told = controls.filter(({ name }) => !name.startsWith('per ') && name !== 'oracle')
  return {
    set,
    rows: score.rows,
    quality: router.quality,
    aheadOf: Object.fromEntries(told.map(({ name, difference }) => [kindOf(name), difference])),
  }
}

/** Which of the length routers was the better one on the fit rows differs from set to set. */
const kindOf = (control: string): string => (control.startsWith('prompt length') ? 'prompt length' : control)

/**
 * Means over the sets, each counting once. Sets are independent, so that the half-widths of their intervals add in squares:
 * the mean's is sqrt(sum of squares) / number of sets.
 */
export function summarise(sets: readonly LeftOutSet[]): LeftOutSets {
  const controls = Object.keys(sets[0]?.aheadOf ?? {}).filter((name) =>
    sets.every(({ aheadOf }) => name in aheadOf),
  )
  return {
    sets,
    mean: {
      rows: sets.reduce((sum, { rows }) => sum + rows, 0),
      quality: meanInterval(sets.map(({ quality }) => quality)),
      aheadOf: Object.fromEntries(
        controls.map((name) => [name, meanInterval(sets.map(({ aheadOf }) => aheadOf[name]!))]),
      ),
    },
  }
}

function meanInterval(intervals: readonly Interval[]): Interval {
  const count = intervals.length
  const value = intervals.reduce((sum, interval) => sum + interval.value, 0) / count
  const below = Math.hypot(...intervals.map((interval) => interval.value - interval.low)) / count
  const above = Math.hypot(...intervals.map((interval) => interval.high - interval.value)) / count
  return { value, low: value - below, high: value + above }
}
