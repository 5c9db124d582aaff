import type { Attempt } from '../domain/attempt.ts'
import type { AttemptEngine } from '../engine/attempts/attempt-engine.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import type { Sessions } from '../engine/sessions/sessions.ts'
import { dollarsOf } from './hand-on.ts'

/** Notes where a turn of a session was answered: the last attempt that was. */
export function rememberAnswer(
  sessions: Sessions,
  { targets }: AttemptEngine,
  view: SessionView | null,
  attempts: readonly Attempt[],
): void {
  if (view === null) return
  const answered = attempts.findLast(({ outcome }) => outcome.kind === 'answered')
  if (answered === undefined) return
  const { model, usage } = answered
  const known = targets(model).known.find(({ target }) => target.id === answered.target)
  if (known === undefined) return
  const { target, credential } = known.health.identity
  sessions.note(view.key, { model, target, credential, usage, usd: dollarsOf(attempts) ?? 0 }, view)
}
