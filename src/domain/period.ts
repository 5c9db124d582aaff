import type { LimitPeriod } from './limits.ts'
import { unreachable } from './unreachable.ts'

/** Milliseconds since 1970, by the clock of UTC; `endsAt` is the first moment of the next, infinite where there is none. */
export type Period = { readonly beganAt: number; readonly endsAt: number }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** 1970 began on a Thursday. */
const firstMonday = 4 * dayMs

/** The period that a moment falls into. A week begins on Monday (ISO 8601), a month on its first day. */
export function periodAt(per: LimitPeriod, moment: Date): Period {
  const at = moment.getTime()
  switch (per) {
    case 'hour':
      return stretch(at, hourMs, 0)
    case 'day':
      return stretch(at, dayMs, 0)
    case 'week':
      return stretch(at, 7 * dayMs, firstMonday)
    case 'month': {
      const [year, month] = [moment.getUTCFullYear(), moment.getUTCMonth()]
      return { beganAt: Date.UTC(year, month, 1), endsAt: Date.UTC(year, month + 1, 1) }
    }
    case 'lifetime':
      return { beganAt: 0, endsAt: Number.POSITIVE_INFINITY }
    default:
      return unreachable(per)
  }
}

function stretch(at: number, lengthMs: number, origin: number): Period {
  const beganAt = Math.floor((at - origin) / lengthMs) * lengthMs + origin
  return { beganAt, endsAt: beganAt + lengthMs }
}
