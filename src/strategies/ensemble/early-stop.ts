import type { Candidate } from '../../domain/candidate.ts'
import { ballotWeight, type Ballot } from './vote.ts'

export type StopRules = { readonly minAgreeing: number; readonly wrongAgreement: number }

/** So many agree, or those who have not answered can't turn the vote any more. */
export function isSettled(
  ballots: readonly Ballot[],
  waiting: readonly Candidate[],
  { minAgreeing, wrongAgreement }: StopRules,
): boolean {
  const weights = new Map<string, { count: number; weight: number }>()
  let runnerAlone = 0
  for (const { final, candidate } of ballots) {
    const weight = ballotWeight(candidate.quality.mean, wrongAgreement)
    if (final === null) runnerAlone = Math.max(runnerAlone, weight)
    else {
      const known = weights.get(final)
      weights.set(final, { count: (known?.count ?? 0) + 1, weight: (known?.weight ?? 0) + weight })
    }
  }
  const [lead, second] = [...weights.values()].sort((a, b) => b.weight - a.weight)
  if (!lead) return false
  if (lead.count >= minAgreeing) return true
  if (waiting.length === 0) return false
  const open = waiting.reduce((sum, { quality }) => sum + ballotWeight(quality.mean, wrongAgreement), 0)
  return lead.weight > Math.max(second?.weight ?? 0, runnerAlone) + open
}
