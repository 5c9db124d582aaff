import type { StreamRules } from './call-target.ts'
import { charsPerToken } from './usage.ts'

/** How fast a stream comes, over the last while. Only time in which it was waited for counts. */
export type StreamPace = {
  readonly leastTokensPerSecond: number
  readonly windowMs: number
  charsBefore: number
  waitedMs: number
}

/** `null` where there is no floor. */
export const startPace = ({ minTokensPerSecond, paceWindowMs }: StreamRules): StreamPace | null =>
  minTokensPerSecond === null
    ? null
    : { leastTokensPerSecond: minTokensPerSecond, windowMs: paceWindowMs, charsBefore: 0, waitedMs: 0 }

/** Notes a chunk that was waited for. True where a window is over in which too little came. */
export function tooSlow(pace: StreamPace, outputChars: number, waitedMs: number): boolean {
  pace.waitedMs += waitedMs
  if (pace.waitedMs < pace.windowMs) return false
  const tokens = (outputChars - pace.charsBefore) / charsPerToken
  const slow = (tokens * 1000) / pace.waitedMs < pace.leastTokensPerSecond
  pace.charsBefore = outputChars
  pace.waitedMs = 0
  return slow
}
