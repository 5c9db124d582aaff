/** What a run may still spend: no strategy goes beyond what the request may cost, whatever it asks for. */

import { expectedUsd } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { isNonEmpty } from '../domain/non-empty.ts'
import {
  type CallResult,
  refuse,
  reply,
  type Step,
  type StepResult,
  type Verdict,
} from '../domain/strategy.ts'

export type RunMoney = {
  readonly limitUsd: number
  spentUsd: number
  /** The last answer in hand, for when nothing more can be paid. */
  inHand: Extract<CallResult, { kind: 'answered' }> | null
}

export const openMoney = (limitUsd: number): RunMoney => ({ limitUsd, spentUsd: 0, inHand: null })

export function book(money: RunMoney, results: StepResult): void {
  for (const result of results) {
    if (result.kind === 'answered') {
      // A price that nobody knows is booked as expected, never as nothing.
      money.spentUsd += result.usd ?? finite(expectedUsd(result.candidate))
      money.inHand = result
    } else if (result.kind === 'cancelled') money.spentUsd += finite(expectedUsd(result.candidate))
  }
}

const finite = (usd: number): number => (Number.isFinite(usd) ? usd : 0)

// Sums of expectations and of costs differ in their last digits.
const tolerance = 1 + 1e-9

const isAffordable = ({ spentUsd, limitUsd }: RunMoney, usd: number): boolean =>
  spentUsd + usd <= limitUsd * tolerance

/** Failures in the place of calls that the request may not pay for any more; `null`: it may. */
export function unaffordable(money: RunMoney, step: Step): StepResult | null {
  if (step.kind === 'consult') return null
  let usd = 0
  for (const { candidate } of step.calls) usd += finite(expectedUsd(candidate))
  if (isAffordable(money, usd)) return null
  return step.calls.map(({ candidate }) => ({ kind: 'failed', candidate, failure: exhausted(money) }))
}

/** A forward within the money that is left: else the answer in hand, else a refusal. */
export function payable(money: RunMoney, verdict: Verdict): Verdict {
  if (verdict.kind !== 'forward' || money.spentUsd === 0) return verdict
  const affordable = verdict.to.filter((candidate) => isAffordable(money, finite(expectedUsd(candidate))))
  if (affordable.length === verdict.to.length) return verdict
  const { propensity } = verdict
  if (isNonEmpty(affordable)) return { ...verdict, to: affordable }
  if (money.inHand)
    return reply(
      money.inHand.candidate,
      money.inHand.answer,
      `what the request may cost does not pay for another call; ${verdict.because}`,
      propensity,
    )
  return refuse(exhausted(money), propensity)
}

const exhausted = ({ limitUsd, spentUsd }: RunMoney) =>
  failure(
    'budget-exhausted',
    `The request may cost $${limitUsd}, and $${spentUsd.toFixed(6)} of it is spent. Raise maxCostUsd, or ask for less.`,
  )
