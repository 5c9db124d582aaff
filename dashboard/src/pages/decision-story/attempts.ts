/** What each attempt was for, told by when it began, whom it asked, and how those before it ended. */

import type { Outcome } from '../../api/types.ts'

export type Attempt = Outcome['attempts'][number]

export type AttemptPart = 'first' | 'retry' | 'fallback' | 'hedge' | 'continuation'

export type ToldAttempt = {
  readonly attempt: Attempt
  readonly number: number
  readonly part: AttemptPart
  /** Broke off after its first content. */
  readonly cut: boolean
}

export const partWords: Readonly<Record<AttemptPart, string>> = {
  first: 'first attempt',
  retry: 'asked again',
  fallback: 'fallback to another model',
  hedge: 'hedge, beside one that was slow',
  continuation: 'goes on with a stream that broke off',
}

export function toldAttempts(attempts: readonly Attempt[]): readonly ToldAttempt[] {
  return attempts.map((attempt, index) => ({
    attempt,
    number: index + 1,
    part: partOf(attempt, attempts.slice(0, index)),
    cut: isCut(attempt),
  }))
}

/** An attempt that failed with content already there; one that lost a race was cancelled and is none. */
const isCut = ({ outcome, firstContentAfterMs }: Attempt): boolean =>
  outcome.kind === 'failed' && outcome.failure !== 'cancelled' && firstContentAfterMs !== null

function partOf(attempt: Attempt, before: readonly Attempt[]): AttemptPart {
  const last = before.at(-1)
  if (last === undefined) return 'first'
  if (before.some(({ endedAfterMs }) => endedAfterMs > attempt.startedAfterMs)) return 'hedge'
  if (isCut(last)) return 'continuation'
  return last.model === attempt.model ? 'retry' : 'fallback'
}

/** What an attempt came to, in a few words. */
export function endWords({ outcome }: Attempt): string {
  if (outcome.kind === 'answered') return `answered (${outcome.finish})`
  const status = outcome.vendorStatus === null ? '' : `, status ${outcome.vendorStatus}`
  return `${outcome.failure}${status}`
}
