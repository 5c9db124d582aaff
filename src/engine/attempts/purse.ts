/** What the attempts of a request are paid from: nothing is asked of a vendor before its estimate is set aside. */

import type { Attempt } from '../../domain/attempt.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Model } from '../../domain/model.ts'
import type { Layer, TargetReply } from './call-target.ts'
import { noUsage } from '../../domain/answer.ts'

export type Purse = {
  /** A failure: a limit would be passed. */
  readonly open: (
    model: Model,
    promptTokens: number,
    forMs: number,
  ) => PurseHold | Failure | Promise<PurseHold | Failure>
}

export type PurseHold = {
  /** What the attempt came to, once. */
  readonly settle: (attempt: Attempt) => void
  /** The attempt broke down, and nobody knows what it came to. */
  readonly keep: () => void
}

/** How long after its deadline an attempt's money stays set aside, should its process die. */
const graceMs = 60_000

/** Each attempt for itself: a retry, a hedge and a stream's continuation are paid for like any other. */
export const withPurse =
  (now: () => number): Layer =>
  (next) =>
  async (call, attempt) => {
    const { purse, promptTokens, deadlineAt } = call.job
    if (purse === null) return next(call, attempt)
    const forMs = Math.max(0, deadlineAt - now()) + graceMs
    const opened = purse.open(call.target.model, promptTokens, forMs)
    const hold = opened instanceof Promise ? await opened : opened
    if ('kind' in hold) return refused(hold)
    try {
      return await next(
        {
          ...call,
          record: (one) => {
            hold.settle(one)
            call.record(one)
          },
        },
        attempt,
      )
    } catch (error) {
      hold.keep()
      throw error
    }
  }

const refused = (failure: Failure): TargetReply => ({ kind: 'failed', failure, usage: noUsage })
