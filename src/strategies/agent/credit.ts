/** What a task's result says of the steps that led to it. */

import type { AgentStep } from '../../domain/signals.ts'
import { unreachable } from '../../domain/unreachable.ts'

export type CreditedStep<Id = string> = {
  readonly id: Id
  readonly step: AgentStep | null
  /** Something went wrong in what came of it: a tool failed, an answer was of no use. */
  readonly failed?: boolean
}

/** `weight`: how much the score says of this step, 0 to 1. */
export type Credit<Id = string> = { readonly id: Id; readonly score: number; readonly weight: number }

export type CreditRule =
  /** Every step gets the score, and all count the same. */
  | { readonly kind: 'equal' }
  /** The nearer to the end the more it counts: discount^(steps to the end). */
  | { readonly kind: 'discounted'; readonly discount: number }
  /**
   * A task that is solved is owed to all steps alike. One that is not went wrong somewhere: each step had its chance of being
   * the one, higher where something failed, and is blamed by it.
   */
  | { readonly kind: 'hazard'; readonly failedOdds: number }

/**
 * @param steps of one episode, the first first
 * @param score of its result, 0 to 1
 * @throws RangeError where the score or a parameter is out of range
 */
export function creditSteps<Id>(
  steps: readonly CreditedStep<Id>[],
  score: number,
  rule: CreditRule = { kind: 'equal' },
): readonly Credit<Id>[] {
  if (!(score >= 0 && score <= 1)) throw new RangeError(`the score ${score} is not between 0 and 1`)
  // What agents do beside a task has no part in how it ends.
  const counted = steps.filter(({ step }) => step !== 'side-call')
  if (counted.length === 0) return []
  const weights = weightsOf(counted, score, rule)
  return counted.map(({ id }, place) => ({ id, score, weight: weights[place]! }))
}

function weightsOf<Id>(
  steps: readonly CreditedStep<Id>[],
  score: number,
  rule: CreditRule,
): readonly number[] {
  switch (rule.kind) {
    case 'equal':
      return steps.map(() => 1)
    case 'discounted': {
      const { discount } = rule
      if (!(discount > 0 && discount <= 1)) throw new RangeError(`the discount ${discount} is not in (0, 1]`)
      return steps.map((_, place) => discount ** (steps.length - 1 - place))
    }
    case 'hazard': {
      const { failedOdds } = rule
      if (!(failedOdds >= 1 && Number.isFinite(failedOdds)))
        throw new RangeError(`the odds ${failedOdds} are not 1 or more`)
      const odds = steps.map(({ failed }) => (failed === true ? failedOdds : 1))
      const highest = Math.max(...odds)
      return odds.map((one) => score + (1 - score) * (one / highest))
    }
    default:
      return unreachable(rule)
  }
}
