/** Decisions of the log with what was said of their answers. */

import type { Decision, Outcome } from '../../domain/decision.ts'
import { aboutName, type Feedback } from '../../domain/feedback.ts'
import type { ModelId } from '../../domain/model.ts'

export type GradedDecision = {
  readonly decision: Decision
  readonly outcome: Outcome | null
  /** How good the answer was that the client got, 0 to 1; `null`: nobody has said. */
  readonly quality: number | null
  /** Of answers that the strategy had asked for on the way, as far as they were graded too (by a judge). */
  readonly gradedModels?: ReadonlyMap<ModelId, number>
}

/** What is read of a log. `Store` has all of it. */
export type FeedbackReader = {
  readonly feedbackOn: (decisions: readonly Decision['id'][]) => Promise<readonly Feedback[]>
  readonly feedbackOnSessions: (names: readonly string[]) => Promise<readonly Feedback[]>
}

/** With the scores of one metric: a decision's own, else those of its session, else of its episode. */
export async function gradedFrom(
  log: FeedbackReader,
  decisions: readonly Pick<GradedDecision, 'decision' | 'outcome'>[],
  metric = 'quality',
): Promise<readonly GradedDecision[]> {
  const own = scores(await log.feedbackOn(decisions.map(({ decision }) => decision.id)), metric)
  const names = decisions.flatMap(({ decision: { caller } }) =>
    [caller?.session ?? null, caller?.episode ?? null].filter((name) => name !== null),
  )
  const shared = scores(await log.feedbackOnSessions([...new Set(names)]), metric)
  return decisions.map(({ decision, outcome }) => {
    const { session = null, episode = null } = decision.caller ?? {}
    const quality =
      own.get(`decision ${decision.id}`) ??
      shared.get(`session ${session}`) ??
      shared.get(`episode ${episode}`) ??
      null
    return { decision, outcome, quality }
  })
}

/** What feedback is about -> the mean of its authors' last scores. An author's later word replaces the earlier one. */
function scores(feedback: readonly Feedback[], metric: string): ReadonlyMap<string, number> {
  const last = new Map<string, Map<string, Feedback>>()
  for (const one of feedback) {
    if (one.metric !== metric) continue
    const about = aboutName(one.about)
    const authors = last.get(about) ?? new Map<string, Feedback>()
    const before = authors.get(one.author)
    if (before === undefined || before.at <= one.at) authors.set(one.author, one)
    last.set(about, authors)
  }
  const means = new Map<string, number>()
  for (const [about, authors] of last) {
    const given = [...authors.values()].flatMap(({ score }) => score ?? [])
    if (given.length > 0) means.set(about, given.reduce((sum, score) => sum + score, 0) / given.length)
  }
  return means
}
