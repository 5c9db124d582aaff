/** Where conversations were last answered. A value that outlives a configuration; bounded in number and in age. */

import { LRUCache } from 'lru-cache'
import type { ModelId } from '../../domain/model.ts'
import type { Usage } from '../../domain/answer.ts'
import type { AgentTrouble } from '../../domain/signals.ts'
import type { EpisodeFacts, SessionHold } from '../../domain/strategy.ts'
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
export type Belonging = {
  readonly thread: string | null
  readonly episode: string
  readonly shown?: TurnShown
}

/** What the turn that was answered last showed: for those who look, nothing is decided by it. */
export type TurnShown = {
  readonly policy: string
  /** Why nobody else could have gone on; `null`: others could. */
  readonly held: SessionHold | null
  /** `null`: no agent asks. */
  readonly trouble: AgentTrouble | null
}

/** A session as those see it who look at what is remembered. Times by the monotonic clock. */
export type KnownSession = {
  readonly key: string
  readonly session: Session
  /** The session that it is one of the conversations of; `null`: it is the session. */
  readonly of: string | null
  /** When its model came to answer it, as far as this process knows. */
  readonly since: number
  /** `null`: another process has answered it. */
  readonly shown: TurnShown | null
}

export type Sessions = {
  readonly rules: SessionRules
  /** Where the conversation was last answered; of a named session's that is not known, where that session was. */
  readonly find: (key: string, thread?: string | null) => Session | null
  readonly note: (key: string, answered: Answered, to?: Belonging) => void
  /** `null`: nothing of that name has been answered, or it was long ago. */
  readonly episode: (key: string) => EpisodeFacts | null
  /** What another process has seen of it, unless more is known here already. */
  readonly adopt: (key: string, session: Session, thread: string | null) => void
  /** Those that were asked for last come first, forgotten ones left out; `most` are looked at, whatever is remembered. */
  readonly recent: (most: number) => readonly KnownSession[]
  /** What is kept in memory, conversations of named sessions and what has grown too old included. */
  readonly size: () => { readonly sessions: number; readonly episodes: number }
  /** Sessions that are known stay known, up to the new number. */
  readonly use: (rules: SessionRules) => void
}

/** What is believed of a vendor's cache before it has said anything. */
const assumedReliability = 0.9

/** No vendor caches a shorter prefix. */
export const shortestCachedTokens = 1024

export function createSessions(initial: SessionRules, now: () => number): Sessions {
  let rules = initial
  let known = new LRUCache<string, Omit<KnownSession, 'key'>>({ max: rules.maxSessions })
  const episodes = createEpisodes(() => rules, now)
  const isFresh = ({ answeredAt }: Session, at = now()): boolean => at - answeredAt < rules.ttlMs
  const at = (key: string): Omit<KnownSession, 'key'> | null => {
    const found = known.get(key)
    return found !== undefined && isFresh(found.session) ? found : null
  }
  const noteAt = (key: string, of: string | null, answered: Answered, shown: TurnShown | null): void => {
    const { usage, model, target, credential } = answered
    const found = at(key)
    const before = found?.session
    const same = before?.model === model
    const session: Session = {
      model,
      target,
      credential,
      prefixTokens: usage.inputTokens + usage.outputTokens,
      answeredAt: now(),
      cacheReliability: same ? reliability(before, usage, now(), rules) : assumedReliability,
      switches: before === undefined ? 0 : before.switches + (same ? 0 : 1),
      sinceSwitch: same ? before.sinceSwitch + 1 : 1,
    }
    known.set(key, { session, of, since: same && found ? found.since : now(), shown })
  }
  return {
    get rules() {
      return rules
    },
    find: (key, thread = null) =>
      ((thread === null ? null : at(threadIn(key, thread))) ?? at(key))?.session ?? null,
    note: (key, answered, to) => {
      const shown = to?.shown ?? null
      noteAt(key, null, answered, shown)
      if (to === undefined) return
      if (to.thread !== null) noteAt(threadIn(key, to.thread), key, answered, shown)
      episodes.note(to.episode, answered.model, answered.usd ?? 0)
    },
    episode: episodes.find,
    adopt: (key, session, thread) => {
      const adoptAt = (name: string, of: string | null): void => {
        const before = at(name)
        if ((before?.session.answeredAt ?? Number.NEGATIVE_INFINITY) >= session.answeredAt) return
        const same = before?.session.model === session.model
        known.set(name, { session, of, since: same ? before.since : session.answeredAt, shown: null })
      }
      adoptAt(key, null)
      if (thread !== null) adoptAt(threadIn(key, thread), key)
    },
    recent: (most) => {
      const found: KnownSession[] = []
      const at = now()
      let looked = 0
      for (const [key, one] of known.entries()) {
        if (looked === most) break
        looked += 1
        if (isFresh(one.session, at)) found.push({ ...one, key })
      }
      return found
    },
    size: () => ({ sessions: known.size, episodes: episodes.size() }),
    use: (changed) => {
      if (changed.maxSessions !== rules.maxSessions) {
        const kept = new LRUCache<string, Omit<KnownSession, 'key'>>({ max: changed.maxSessions })
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
