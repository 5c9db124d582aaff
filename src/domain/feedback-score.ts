import type { Feedback } from './feedback.ts'

/**
 * What all that was said of one thing comes to, by one metric: the latest word of each author, weighed by what it comes from, as a mean.
 * A judge's opinion gives way to that of people; what is only inferred gives way to both. `null`: nothing that can be counted was said.
 */
export function scoreOf(said: readonly Feedback[], metric = 'quality'): number | null {
  const latest = new Map<string, Feedback>()
  for (const one of said) {
    if (one.metric !== metric) continue
    const author = `${one.source} ${one.author}`
    const before = latest.get(author)
    if (before === undefined || before.at <= one.at) latest.set(author, one)
  }
  for (const sources of byWeight) {
    const scores = [...latest.values()].flatMap(({ source, score }) =>
      score !== null && sources.includes(source) ? [score] : [],
    )
    if (scores.length > 0) return scores.reduce((sum, score) => sum + score, 0) / scores.length
  }
  return null
}

const byWeight: readonly (readonly Feedback['source'][])[] = [['client', 'webhook'], ['judge'], ['implicit']]
