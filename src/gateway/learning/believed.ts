/** How good an answer is believed to be, by all that was said of it, of its session and of its episode. Pure. */

import type { Decision } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { scoreOf } from '../../domain/feedback-score.ts'
import { creditSteps } from '../../strategies/agent/credit.ts'

/** `weight`: how much it counts for, beside an answer that was judged by itself. */
export type Believed = { readonly score: number; readonly weight: number }

/**
 * What was said of the answer itself, else of its session, else of its episode; of these two only what was said after it,
 * and by whoever asked for it: others may use the same name.
 */
export function believedOf(decision: Decision, said: readonly Feedback[]): Believed | null {
  const own = scoreOf(said.filter(({ about }) => about.kind === 'decision' && about.decision === decision.id))
  if (own !== null) return { score: own, weight: 1 }
  for (const name of ['session', 'episode'] as const) {
    const score = scoreOf(said.filter((one) => one.about.kind === name && speaksOf(one, decision)))
    if (score !== null) return credited(decision, score)
  }
  return null
}

function credited({ id, signals }: Decision, score: number): Believed | null {
  const [credit] = creditSteps([{ id, step: signals.agent?.step ?? null }], score)
  return credit ? { score: credit.score, weight: credit.weight } : null
}

/** Whether something that was said of a session or an episode is about this decision of it. */
export function speaksOf({ about, at, author, source }: Feedback, decision: Decision): boolean {
  const { caller, time } = decision
  if (about.kind === 'decision') return about.decision === decision.id
  const named = about.kind === 'session' ? about.session : about.episode
  const own = about.kind === 'session' ? caller?.session : caller?.episode
  if (named !== own || at < time) return false
  // What Fairlead itself makes of a session is about that session.
  if (source === 'judge' || source === 'implicit') return true
  const [who] = author.split(' ')
  return who === 'program' || who === (caller?.key ?? 'anonymous')
}

/**
 * What had been said before this, in the order in which it came. `earlier`: what stood under an id before something else took its
 * place, as far as it is remembered.
 */
export function saidBefore(
  said: readonly Feedback[],
  latest: Feedback,
  earlier: (id: Feedback['id']) => Feedback | null,
): readonly Feedback[] {
  const stood = said.flatMap((one) => {
    if (one.id !== latest.id && comesBefore(one, latest)) return [one]
    const replaced = earlier(one.id)
    return replaced !== null && comesBefore(replaced, latest) ? [replaced] : []
  })
  return stood.sort((a, b) => (comesBefore(a, b) ? -1 : 1))
}

export const comesBefore = (one: Feedback, other: Feedback): boolean =>
  one.at < other.at || (one.at === other.at && one.id < other.id)
