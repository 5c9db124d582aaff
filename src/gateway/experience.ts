import type { ResolvedConfig } from '../config/resolved.ts'
import type { Clock } from '../domain/transport.ts'
import { createHealth, defaultHealthRules, type Health } from '../engine/health/health.ts'
import { type HedgeBook, hedgeBook } from '../engine/health/hedge-spending.ts'
import { createObservedWindows, type ObservedWindows } from '../engine/health/observed-windows.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import { createSessions, type Sessions } from '../engine/sessions/sessions.ts'

/** What a gateway learns by serving. It outlives configurations: each finds again what it has in common with the last. */
export type Experience = {
  readonly health: Health
  readonly windows: ObservedWindows
  readonly sessions: Sessions
  readonly hedges: HedgeBook
  /** Money, rates and what else several processes agree on. */
  readonly state: SharedState
}

export const createExperience = (
  { reliability }: Pick<ResolvedConfig, 'reliability'>,
  clock: Clock,
  state: SharedState,
): Experience => ({
  health: createHealth({ ...defaultHealthRules, ...reliability.breakers }),
  windows: createObservedWindows(clock.now),
  sessions: createSessions(reliability.sessions, clock.now),
  hedges: hedgeBook(),
  state,
})

/** From now on the rules of this configuration hold. */
export function followRules({ health, sessions }: Experience, { reliability }: ResolvedConfig): void {
  health.use({ ...defaultHealthRules, ...reliability.breakers })
  sessions.use(reliability.sessions)
}
