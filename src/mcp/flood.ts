/** A bucket of messages: so many at once, then so many a second. What a server sends beyond it is a flood. */

export type FloodRules = { readonly perSecond: number; readonly burst: number }

/** Far more than any honest server says unasked: progress, logs, lists that changed, lines that are no messages. */
export const floodRules: FloodRules = { perSecond: 1_000, burst: 5_000 }

/** Takes a message; `false`: it is one too many. `nowMs` must not go back. */
export function floodGuard({ perSecond, burst }: FloodRules): (nowMs: number) => boolean {
  let left = burst
  let filledAt = Number.NEGATIVE_INFINITY
  return (nowMs) => {
    left = Math.min(burst, left + ((nowMs - filledAt) / 1_000) * perSecond)
    filledAt = nowMs
    if (left < 1) return false
    left--
    return true
  }
}
