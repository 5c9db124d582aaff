import type { TelemetryEvent } from '../events.ts'
import { type AlarmName, type AnyAlarmRule, between, defineAlarm, good } from './alarm.ts'

export type ShareLimits = {
  /** Events that make a window. */
  readonly window: number
  /** Raised above this share, 0 to 1. */
  readonly raiseAbove: number
  /** Cleared below this one. */
  readonly clearBelow: number
}

type Counts = { readonly all: number; readonly some: number }

/** An alarm on the share of events of which something holds. `null` of `holds`: the event doesn't count. */
export function shareRule(
  name: AlarmName,
  { window, raiseAbove, clearBelow }: ShareLimits,
  about: {
    readonly subjectOf: (event: TelemetryEvent) => string | null
    readonly holds: (event: TelemetryEvent) => boolean | null
    readonly message: (share: number, count: number, subject: string) => string
  },
): AnyAlarmRule {
  return defineAlarm<Counts>({
    name,
    subjectOf: about.subjectOf,
    start: { all: 0, some: 0 },
    step: (counts, event) => {
      const holds = about.holds(event)
      return holds === null ? counts : { all: counts.all + 1, some: counts.some + (holds ? 1 : 0) }
    },
    judge: ({ all, some }, subject) => {
      if (all < window) return null
      const share = some / all
      if (share > raiseAbove)
        return {
          level: 'bad',
          message: about.message(share, all, subject),
          numbers: { share, requests: all, limit: raiseAbove },
        }
      return share < clearBelow ? good : between
    },
    restarts: true,
  })
}
