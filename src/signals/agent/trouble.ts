/** Signs that an agent makes no headway, told from its rounds alone: the same conversation always tells the same. */

import type { AgentTrouble } from '../../domain/signals.ts'
import type { Round } from './rounds.ts'

export type Course = {
  readonly errorsInARow: number
  readonly repeats: number
  readonly trouble: AgentTrouble
}

/** A round that fails after another that did. One error is what tools are for; two are a direction. */
const errorsForSign = 2
/** The third time that the same is called, or the second where the same came of it. */
const repeatsForSign = 2
/** Rounds in which nothing was written and no test passed: longer than most look around. */
const roundsWithoutProgress = 20

export function courseOf(rounds: readonly Round[]): Course {
  let errorsInARow = 0
  let repeats = 0
  let idle = 0
  let row = 0
  let confirmations = 0
  let sign: AgentTrouble['sign'] = null
  /** Calls since something was last written, by hash: how often, and what came of the last. */
  const seen = new Map<number, { count: number; result: number }>()
  for (const round of rounds) {
    if (round.after !== null) {
      errorsInARow = idle = row = confirmations = 0
      sign = null
      seen.clear()
    }
    errorsInARow = round.failed ? errorsInARow + 1 : 0
    if (isProgress(round)) {
      idle = 0
      seen.clear()
    } else idle++
    const told = spinOf(round, seen)
    repeats = told.repeats
    const now =
      errorsInARow >= errorsForSign
        ? 'errors'
        : told.spinning
          ? 'spinning'
          : idle >= roundsWithoutProgress
            ? 'no-progress'
            : null
    row = now === null ? 0 : row + 1
    sign = now ?? sign
    confirmations = Math.max(confirmations, row)
    // What works is the end of the trouble, whatever was before.
    if (round.tests === 'passed') {
      confirmations = row = 0
      sign = null
    }
  }
  return { errorsInARow, repeats, trouble: { confirmations, now: row > 0, sign } }
}

const isProgress = ({ calls, failed, tests }: Round): boolean =>
  tests === 'passed' || (!failed && calls.some(({ kind }) => kind === 'write'))

function spinOf(
  { calls, resultHash }: Round,
  seen: Map<number, { count: number; result: number }>,
): { readonly repeats: number; readonly spinning: boolean } {
  let repeats = 0
  let spinning = false
  for (const { hash, kind } of calls) {
    // Who waits for something asks again and again: that is no circle.
    if (kind === 'wait') continue
    const before = seen.get(hash)
    const count = before?.count ?? 0
    repeats = Math.max(repeats, count)
    spinning ||= count >= repeatsForSign || (before !== undefined && before.result === resultHash)
    seen.set(hash, { count: count + 1, result: resultHash })
  }
  return { repeats, spinning }
}
