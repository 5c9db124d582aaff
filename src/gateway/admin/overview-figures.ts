/** Figures of requests and of what is said of them, for the overview. */

import type { Attempt } from '../../domain/attempt.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import type { Interval } from './saving.ts'

/** Milliseconds, of so many requests. */
export type Quantiles = { readonly p50: number; readonly p95: number; readonly of: number }

/** Mean score of feedback with a 95 % interval. */
export type RatedQuality = Interval & { readonly ratings: number }

/** How long at least one attempt was under way. Attempts that race, or that one stream has of two, count once. */
export function waitedMs(attempts: readonly Pick<Attempt, 'startedAfterMs' | 'endedAfterMs'>[]): number {
  let [waited, reached] = [0, Number.NEGATIVE_INFINITY]
  for (const { startedAfterMs, endedAfterMs } of attempts.toSorted(
    (a, b) => a.startedAfterMs - b.startedAfterMs,
  )) {
    waited += Math.max(0, endedAfterMs - Math.max(startedAfterMs, reached))
    reached = Math.max(reached, endedAfterMs)
  }
  return waited
}

/** Nearest rank: the smallest value that at least that share is not above. */
export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return { p50: rank(0.5), p95: rank(0.95), of: sorted.length }
}

/** The last word of each author on each thing, where it is a score of quality. */
export function lastWords(feedback: readonly Feedback[]): ReadonlyMap<string, number> {
  const words = new Map<string, number>()
  for (const { about, author, metric, score } of feedback.toSorted((a, b) => (a.at < b.at ? -1 : 1)))
    if (metric === 'quality' && score !== null) words.set(JSON.stringify([about, author]), score)
  return words
}

export function scoresByDecision(feedback: readonly Feedback[]): ReadonlyMap<DecisionId, readonly number[]> {
  const byDecision = new Map<DecisionId, Feedback[]>()
  for (const one of feedback) {
    if (one.about.kind !== 'decision') continue
    const list = byDecision.get(one.about.decision)
    if (list) list.push(one)
    else byDecision.set(one.about.decision, [one])
  }
  return new Map([...byDecision].map(([id, list]) => [id, [...lastWords(list).values()]]))
}

/**
 * Wilson's interval with the mean score in the place of the share of successes: scores lie in 0 to 1, where no variance is
 * above mean (1 - mean), so that it is rather too wide than too narrow.
 */
export function ratedQuality(scores: readonly number[]): RatedQuality | null {
  const n = scores.length
  if (n === 0) return null
  const z2 = 1.96 ** 2
  const mean = scores.reduce((sum, score) => sum + score, 0) / n
  const middle = (mean + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((mean * (1 - mean)) / n + z2 / (4 * n * n))
  return { mean, low: Math.max(0, middle - half), high: Math.min(1, middle + half), ratings: n }
}
