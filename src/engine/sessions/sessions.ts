/** Where conversations were last answered. A value that outlives a configuration; bounded in number and in age. */

import { LRUCache } from 'lru-cache'
import type { ModelId } from '../../domain/model.ts'
import type { Usage } from '../../domain/answer.ts'
import type { EpisodeFacts } from '../../domain/strategy.ts'
import { createEpisodes } from './episodes.ts'

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
  /** Answers since it last did. */
  readonly sinceSwitch: number
}

export type SessionRules = {
  readonly affinity: boolean
  readonly ttlMs: number
  readonly maxSessions: number
  readonly cacheMs: number
}

export type Answered = Pick<Session, 'model' | 'target' | 'credential'> & {
  readonly usage: Usage
  /** Dollars of the request with all its attempts, as far as they are known. */
  readonly usd?: number
}

/** Which conversation of a session an answer belongs to, and which episode. */
export type Belonging = { readonly thread: string | null; readonly episode: string }

export type Sessions = {
  readonly rules: SessionRules
  /** Where the conversation was last answered; of a named session's that is not known, where that session was. */
  readonly find: (key: string, thread?: string | null) => Session | null
  readonly note: (key: string, answered: Answered, to?: Belonging) => void
  /** `null`: nothing of that name has been answered, or it was long ago. */
  readonly episode: (key: string) => EpisodeFacts | null
  /** What another process has seen of it, unless more is known here already. */
  readonly adopt: (key: string, session: Session, thread: string | null) => void
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
  const episodes = createEpisodes(() => rules, now)
  const at = (key: string): Session | null => {
    const session = known.get(key)
    return session !== undefined && now() - session.answeredAt < rules.ttlMs ? session : null
  }
  const noteAt = (key: string, { usage, model, target, credential }: Answered): void => {
    const before = at(key)
    const same = before !== null && before.model === model
    known.set(key, {
      model,
      target,
      credential,
      prefixTokens: usage.inputTokens + usage.outputTokens,
      answeredAt: now(),
      cacheReliability: same ? reliability(before, usage, now(), rules) : assumedReliability,
      switches: before === null ? 0 : before.switches + (same ? 0 : 1),
      sinceSwitch: same ? before.sinceSwitch + 1 : 1,
    })
  }
  return {
    get rules() {
      return rules
    },
    find: (key, thread = null) => (thread === null ? null : at(threadIn(key, thread))) ?? at(key),
    note: (key, answered, to) => {
      noteAt(key, answered)
      if (to === undefined) return
      if (to.thread !== null) noteAt(threadIn(key, to.thread), answered)
      episodes.note(to.episode, answered.model, answered.usd ?? 0)
    },
    episode: episodes.find,
    adopt: (key, session, thread) => {
      for (const name of thread === null ? [key] : [key, threadIn(key, thread)])
        if ((at(name)?.answeredAt ?? Number.NEGATIVE_INFINITY) < session.answeredAt) known.set(name, session)
    },
    use: (changed) => {
      if (changed.maxSessions !== rules.maxSessions) {
        const kept = new LRUCache<string, Session>({ max: changed.maxSessions })
        kept.load(known.dump().slice(-changed.maxSessions))
        known = kept
      }
      rules = changed
      episodes.followRules()
    },
  }
}

const threadIn = (key: string, thread: string): string => `${key} / ${thread}`

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
