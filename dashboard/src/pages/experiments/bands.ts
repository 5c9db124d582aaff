/** What an experiment saw, look by look, as rows for a plot. Pure. */

import type { ExperimentState } from '../../../../src/experiments/state.ts'

export type BandRow = {
  readonly at: Date
  readonly arm: string
  readonly estimate: number
  readonly low: number
  readonly high: number
}

export type BandMetric = 'quality' | 'usd'

/** Differences to the control; looks that had no interval yet are left out. */
export const bandRows = ({ looks }: Pick<ExperimentState, 'looks'>, metric: BandMetric): readonly BandRow[] =>
  looks.flatMap(({ at, arms }) =>
    Object.entries(arms).flatMap(([arm, seen]) => {
      const bounds = seen[metric]
      return bounds === null ? [] : [{ at: new Date(at), arm, ...bounds }]
    }),
  )

export const sessionsSeen = ({ looks }: Pick<ExperimentState, 'looks'>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(looks.at(-1)?.arms ?? {}).map(([arm, { sessions }]) => [arm, sessions]))

/** Those that run first, then the newest. */
export const inOrder = (experiments: readonly ExperimentState[]): readonly ExperimentState[] =>
  [...experiments].sort((a, b) => {
    const running = Number(b.status === 'running') - Number(a.status === 'running')
    return running !== 0 ? running : beganAt(b).localeCompare(beganAt(a))
  })

const beganAt = ({ stages }: ExperimentState): string => stages[0]?.beganAt ?? ''
