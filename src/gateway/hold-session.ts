/** What a session changes in what there is to choose from. */

import type { Candidate } from '../domain/candidate.ts'
import type { ModelId } from '../domain/model.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import type { SessionFacts } from '../domain/strategy.ts'
import { withCacheCost } from '../engine/sessions/cache-cost.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { type SessionRules, warmTokens } from '../engine/sessions/sessions.ts'

export function sessionFacts(
  view: SessionView | null,
  promptTokens: number,
  now: number,
  rules: SessionRules,
): SessionFacts | null {
  const session = view?.session
  if (!session) return null
  const { model, switches } = session
  return { model, switches, warmTokens: warmTokens(session, promptTokens, now, rules) }
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
 * keeps goes to the model that made it, and to nobody else: others have never seen it.
 */
export function heldBy(
  view: SessionView | null,
  choosable: Choosable,
  isHealthy: (model: ModelId) => boolean,
): Choosable {
  const session = view?.session
  if (!view || !session || !(view.inToolLoop || view.pinned || view.sealed)) return choosable
  const { candidates, fallbacks } = choosable
  const kept = candidates.find(({ id }) => id === session.model)
  if (kept === undefined) return choosable
  if (view.pinned) return { candidates: [kept], fallbacks: [] }
  if (!isHealthy(kept.id)) return choosable
  return { candidates: [kept], fallbacks: [...candidates.filter((other) => other !== kept), ...fallbacks] }
}
