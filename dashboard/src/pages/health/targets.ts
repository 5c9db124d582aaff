/** Targets of the health page: what state each is in, and which to look at first. Pure. */

import type { healthOf } from '../../../../src/gateway/admin/health.ts'
import { unreachable } from '../../../../src/domain/unreachable.ts'

export type HealthReport = ReturnType<typeof healthOf>
export type TargetRow = HealthReport['targets'][number]

export type TargetState = { readonly label: string; readonly tone: 'good' | 'warn' | 'bad' }

/** In words, so that colour is never all that tells. */
export function stateOf({ readiness, headroom }: Pick<TargetRow, 'readiness' | 'headroom'>): TargetState {
  switch (readiness) {
    case 'ready':
      return headroom < scarce
        ? { label: 'near its rate limit', tone: 'warn' }
        : { label: 'ready', tone: 'good' }
    case 'due':
      return { label: 'about to be tried', tone: 'warn' }
    case 'blocked':
      return { label: 'blocked', tone: 'bad' }
    default:
      return unreachable(readiness)
  }
}

/** Share of a vendor's rate limit that is left. */
const scarce = 0.2

const order = { bad: 0, warn: 1, good: 2 } as const

/** Trouble first, then the busiest. */
export const byTrouble = (targets: readonly TargetRow[]): readonly TargetRow[] =>
  [...targets].sort(
    (a, b) =>
      order[stateOf(a).tone] - order[stateOf(b).tone] ||
      b.inFlight + b.queued - (a.inFlight + a.queued) ||
      a.target.localeCompare(b.target),
  )

/** What is shared among processes, in a sentence. */
export function sayMode(mode: HealthReport['state']): {
  readonly label: string
  readonly tone: TargetState['tone']
} {
  switch (mode) {
    case 'alone':
      return { label: 'One process, its own memory', tone: 'good' }
    case 'shared':
      return { label: 'Shared with other processes', tone: 'good' }
    case 'local':
      return { label: 'The shared state can’t be reached: limits hold in this process alone', tone: 'bad' }
    default:
      return unreachable(mode)
  }
}
