import type { Ballot } from './vote.ts'

/**
 * Adaptive consistency's stopping rule (Aggarwal et al., arXiv 2305.11860): with a uniform prior the share of the answer in the
 * lead against the next, with v1 and v2 votes, is Beta(v1 + 1, v2 + 1), and
 *
 *     P(lead is the majority) = 1 - I_{1/2}(v1 + 1, v2 + 1)
 *
 * which for whole numbers is a sum of binomials: the chance of at most v1 heads in v1 + v2 + 1 throws of a coin.
 * `atLeast` 1 is never reached.
 */
export function majorityIsStable(ballots: readonly Ballot[], atLeast: number): boolean {
  if (ballots.length < 2) return false
  const votes = new Map<string, number>()
  for (const { final } of ballots) if (final !== null) votes.set(final, (votes.get(final) ?? 0) + 1)
  const [lead = 0, second = 0] = [...votes.values()].sort((a, b) => b - a)
  const incomparable = ballots.some(({ final }) => final === null) ? 1 : 0
  return leadProbability(lead, Math.max(second, incomparable)) >= atLeast
}

/** Of votes up to some hundreds; exact but for rounding. */
export function leadProbability(lead: number, second: number): number {
  const throws = lead + second + 1
  let term = 0.5 ** throws
  let sum = 0
  for (let heads = 0; heads <= lead; heads++) {
    sum += term
    term *= (throws - heads) / (heads + 1)
  }
  return sum
}
