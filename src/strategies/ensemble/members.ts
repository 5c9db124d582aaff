import { type Candidate, expectedUsd } from '../../domain/candidate.ts'
import type { Turn } from '../../domain/strategy.ts'
import { byWorth } from './by-worth.ts'

export type MemberLimits = {
  readonly size: number
  /** Dollars for the members' calls; infinite: no limit. */
  readonly usd: number
  /** How often each of them is asked. */
  readonly times: number
}

/** The best by worth that can be paid for together. A model whose price is unknown is none of them where money is limited. */
export function membersOf(
  turn: Pick<Turn, 'candidates' | 'objective'>,
  { size, usd, times }: MemberLimits,
): readonly Candidate[] {
  const members: Candidate[] = []
  let spent = 0
  for (const candidate of byWorth(turn)) {
    if (members.length >= size) break
    const price = times * expectedUsd(candidate)
    if (usd !== Number.POSITIVE_INFINITY && !(spent + price <= usd)) continue
    if (turn.objective.lambda > 0 && price === Number.POSITIVE_INFINITY) continue
    spent += price
    members.push(candidate)
  }
  return members
}
