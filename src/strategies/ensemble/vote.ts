/** Which of several answers most speaks for, by what they come down to. */

import type { Answer } from '../../domain/answer.ts'
import type { Candidate } from '../../domain/candidate.ts'

export type Ballot = {
  readonly candidate: Candidate
  readonly answer: Answer
  /** What the answer comes down to; `null`: it can't be compared, and stands for itself alone. */
  readonly final: string | null
}

export type Count = {
  /** Whose answer stands for those that agree with it. */
  readonly winner: Ballot
  readonly agreeing: number
  readonly ballots: number
  /** The winner's share of all weight, 0 to 1. */
  readonly share: number
}

/**
 * Weighted plurality. Where models err independently, a model that is right with probability p, and whose wrong answers are the
 * same as another's with probability s, deserves the weight ln(p / ((1 - p) s)): the log-odds of Nitzan and Paroush (1982), with
 * the chance agreement of more than two choices. A ballot that would count against its own answer counts almost nothing.
 * Ties go to the answer with the best model behind it, then to the earlier ballot.
 */
export function countVotes(ballots: readonly Ballot[], wrongAgreement: number): Count {
  const groups = groupsOf(ballots, wrongAgreement)
  const total = groups.reduce((sum, { weight }) => sum + weight, 0)
  const [first] = groups.sort((a, b) => compare(b, a))
  return {
    winner: first!.best,
    agreeing: first!.size,
    ballots: ballots.length,
    share: total > 0 ? first!.weight / total : 0,
  }
}

type Group = { best: Ballot; size: number; weight: number }

const leastWeight = 0.01
const surest = 0.995

export function ballotWeight(quality: number, wrongAgreement: number): number {
  const p = Math.min(surest, Math.max(1 - surest, quality))
  return Math.max(leastWeight, Math.log(p / ((1 - p) * wrongAgreement)))
}

function groupsOf(ballots: readonly Ballot[], wrongAgreement: number): Group[] {
  const groups: Group[] = []
  const byFinal = new Map<string, Group>()
  for (const ballot of ballots) {
    const { candidate, final } = ballot
    const weight = ballotWeight(candidate.quality.mean, wrongAgreement)
    const known = final === null ? undefined : byFinal.get(final)
    if (!known) {
      const group = { best: ballot, size: 1, weight }
      groups.push(group)
      if (final !== null) byFinal.set(final, group)
      continue
    }
    known.size++
    known.weight += weight
    if (candidate.quality.mean > known.best.candidate.quality.mean) known.best = ballot
  }
  return groups
}

// Sums of weights in another order differ in their last digits.
const alike = 1e-9

/** Sorting is stable: of equal groups the one that was seen first stays first. */
const compare = (a: Group, b: Group): number =>
  Math.abs(a.weight - b.weight) > alike
    ? a.weight - b.weight
    : a.best.candidate.quality.mean - b.best.candidate.quality.mean
