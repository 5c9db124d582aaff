import type { Attempt } from '../../domain/attempt.ts'
import { type Failure, type FailureKind, failure } from '../../domain/failure.ts'

/**
 * Which of several failures the client is told, the most useful first: what it must change itself, then what passes with
 * time, then what only the operator can mend.
 */
const byUse: readonly FailureKind[] = [
  'cancelled',
  'content-filtered',
  'rejected',
  'budget-exhausted',
  'rate-limited',
  'overloaded',
  'timed-out',
  'truncated',
  'unavailable',
  'context-exceeded',
  'quota',
  'credential',
  'unreadable',
]

/** The failure of a request whose every attempt has failed. The others are listed in its message. */
export function lastWord(failures: readonly Failure[], attempts: readonly Attempt[]): Failure {
  let best: Failure | null = null
  for (const one of failures)
    if (best === null || byUse.indexOf(one.kind) < byUse.indexOf(best.kind)) best = one
  if (best === null)
    return failure('unavailable', 'there is no endpoint for any of the models that were chosen')
  if (attempts.length < 2) return best
  return {
    ...best,
    message: `${best.message} (${attempts.length} attempts: ${attempts.map(short).join('; ')})`,
  }
}

function short({ model, outcome }: Attempt): string {
  if (outcome.kind === 'answered') return `${model} answered`
  const status = outcome.vendorStatus === null ? '' : ` ${outcome.vendorStatus}`
  return `${model} ${outcome.failure}${status}`
}
