import type { Attempt } from '../domain/attempt.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { Sessions } from '../engine/sessions/sessions.ts'
import type { Considered } from './consider.ts'
import { dollarsOf } from './hand-on.ts'

/** Notes where a turn of a session was answered: the last attempt that was. */
export function rememberAnswer(
  sessions: Sessions,
  { targets }: AttemptEngine,
  { view, turn, policy }: Pick<Considered, 'view' | 'turn' | 'policy'>,
  attempts: readonly Attempt[],
): void {
  if (view === null) return
  const answered = attempts.findLast(({ outcome }) => outcome.kind === 'answered')
  if (answered === undefined) return
  const { model, usage } = answered
  const known = targets(model).known.find(({ target }) => target.id === answered.target)
  if (known === undefined) return
  const { target, credential } = known.health.identity
  const { key, thread, episode } = view
  const shown = {
    policy: policy.name,
    held: turn.session?.held ?? null,
    trouble: turn.signals.agent?.trouble ?? null,
  }
  const usd = dollarsOf(attempts) ?? 0
  sessions.note(key, { model, target, credential, usage, usd }, { thread, episode, shown })
}
