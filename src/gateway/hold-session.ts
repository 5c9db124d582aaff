/** What a session changes in what there is to choose from. */

import type { Candidate } from '../domain/candidate.ts'
import type { ModelId } from '../domain/model.ts'
import { isNonEmpty, type NonEmpty } from '../domain/non-empty.ts'
import type { SessionFacts, SessionHold, Turn } from '../domain/strategy.ts'
import { withCacheCost } from '../engine/sessions/cache-cost.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { type SessionRules, warmTokens } from '../engine/sessions/sessions.ts'

/** `betweenRounds`: the policy may change the model once all that it called for has come. */
export function sessionFacts(
  view: SessionView | null,
  promptTokens: number,
  now: number,
  rules: SessionRules,
  betweenRounds = false,
): SessionFacts | null {
  if (view === null) return null
  const { session, spent } = view
  const episode = spent === null ? null : { episode: spent }
  if (session === null) return episode && { model: null, warmTokens: 0, switches: 0, ...episode }
  const { model, switches, sinceSwitch, answeredAt } = session
  const held = holdOf(view, betweenRounds)
  return {
    model,
    switches,
    sinceSwitch,
    idleMs: now - answeredAt,
    warmTokens: warmTokens(session, promptTokens, now, rules),
    ...(held !== null && { held }),
    ...episode,
  }
}

function holdOf(view: SessionView, betweenRounds: boolean): SessionHold | null {
  if (view.pinned) return 'vendor-state'
  if (view.sealed) return 'seals'
  return view.inToolLoop && (view.awaitsResults || !betweenRounds) ? 'tool-loop' : null
}

/** Costs that know of the session's cache. */
export function cacheAware(
  view: SessionView | null,
  facts: SessionFacts | null,
  promptTokens: number,
): (candidate: Candidate) => Candidate {
  const session = view?.session
  if (!session || !facts || facts.warmTokens === 0) return (candidate) => candidate
  const warm = { tokens: facts.warmTokens, reliability: session.cacheReliability }
  return (candidate) => withCacheCost(candidate, promptTokens, warm, candidate.id === session.model)
}

export type Choosable = {
  readonly candidates: NonEmpty<Candidate>
  /** Lawful models to try after those that the strategy names. */
  readonly fallbacks: readonly Candidate[]
}

/**
 * In the middle of a tool loop the model that called the tools goes on, if it is healthy, and so does the one whose sealed
 * reasoning the request holds; the others stand by, and get it without the seals. What goes on from an answer that a vendor
 * keeps goes to the model that made it, and to nobody else: others have never seen it. `betweenRounds` as for the facts.
 */
export function heldBy(
  view: SessionView | null,
  choosable: Choosable,
  isHealthy: (model: ModelId) => boolean,
  betweenRounds = false,
): Choosable {
  const session = view?.session
  if (!view || !session || holdOf(view, betweenRounds) === null) return choosable
  const { candidates, fallbacks } = choosable
  const kept = candidates.find(({ id }) => id === session.model)
  if (kept === undefined) return choosable
  if (view.pinned) return { candidates: [kept], fallbacks: [] }
  if (!isHealthy(kept.id)) return choosable
  return { candidates: [kept], fallbacks: [...candidates.filter((other) => other !== kept), ...fallbacks] }
}

/** The same for the policies within a policy, where the model that is to go on is one of theirs. */
export function heldWithin(
  view: SessionView | null,
  nested: Turn['nested'],
  isHealthy: (model: ModelId) => boolean,
  betweenRounds = false,
): Turn['nested'] {
  if (!view?.session || holdOf(view, betweenRounds) === null) return nested
  return Object.fromEntries(
    Object.entries(nested).map(([name, turn]) => {
      const { candidates } = turn
      if (!isNonEmpty(candidates)) return [name, turn]
      const held = heldBy(view, { candidates, fallbacks: turn.fallbacks }, isHealthy, betweenRounds)
      return [name, { ...turn, ...held }]
    }),
  )
}
