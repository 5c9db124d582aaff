/** Where conversations were last answered. A value that outlives a configuration; bounded in number and in age. */

import { LRUCache } from 'lru-cache'
import type { ModelId } from '../../domain/model.ts'
import type { Usage } from '../../domain/answer.ts'

export type Session = {
  readonly model: ModelId
  /** The target that answered last and the vendor's key that it did so with, by their identities. */
  readonly target: string
  readonly credential: string
  /** Tokens of prompt and answer together: what the next prompt begins with. */
  readonly prefixTokens: number
  readonly answeredAt: number
  /** The share of the expected cached tokens that vendors have reported of late, 0 to 1. */
  readonly cacheReliability: number
  /** How often the model has changed. */
  readonly switches: number
}

export type SessionRules = {
  readonly affinity: boolean
  readonly ttlMs: number
  readonly maxSessions: number
  readonly cacheMs: number
}

export type Answered = Pick<Session, 'model' | 'target' | 'credential'> & { readonly usage: Usage }

export type Sessions = {
  readonly rules: SessionRules
  readonly find: (key: string) => Session | null
  readonly note: (key: string, answered: Answered) => void
  /** Sessions that are known stay known, up to the new number. */
  readonly use: (rules: SessionRules) => void
}

/** What is believed of a vendor's cache before it has said anything. */
const assumedReliability = 0.9

/** No vendor caches a shorter prefix. */
export const shortestCachedTokens = 1024

export function createSessions(initial: SessionRules, now: () => number): Sessions {
  let rules = initial
  let known = new LRUCache<string, Session>({ max: rules.maxSessions })
  const find = (key: string): Session | null => {
    const session = known.get(key)
    return session !== undefined && now() - session.answeredAt < rules.ttlMs ? session : null
  }
  return {
    get rules() {
      return rules
    },
    find,
    note: (key, { usage, ...where }) => {
      const before = find(key)
      const same = before !== null && before.model === where.model
      known.set(key, {
        ...where,
        prefixTokens: usage.inputTokens + usage.outputTokens,
        answeredAt: now(),
        cacheReliability: same ? reliability(before, usage, now(), rules) : assumedReliability,
        switches: before === null ? 0 : before.switches + (same ? 0 : 1),
      })
    },
    use: (changed) => {
      if (changed.maxSessions !== rules.maxSessions) {
        const kept = new LRUCache<string, Session>({ max: changed.maxSessions })
        kept.load(known.dump().slice(0, changed.maxSessions))
        known = kept
      }
      rules = changed
    },
  }
}

/** Half of what was believed, half of what this answer showed; nothing new where nothing was to be expected. */
function reliability(before: Session, usage: Usage, now: number, rules: SessionRules): number {
  const expected = warmTokens(before, usage.inputTokens, now, rules)
  if (expected === 0 || usage.source === 'estimated') return before.cacheReliability
  return (before.cacheReliability + Math.min(1, usage.cachedReadTokens / expected)) / 2
}

/** Tokens of a prompt that the session's model may still have in its cache. */
export function warmTokens(
  { prefixTokens, answeredAt }: Session,
  promptTokens: number,
  now: number,
  { cacheMs }: SessionRules,
): number {
  const tokens = Math.min(prefixTokens, promptTokens)
  return tokens >= shortestCachedTokens && now - answeredAt < cacheMs ? tokens : 0
}
