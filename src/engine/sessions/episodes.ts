/** What the steps of agents' tasks have come to. Bounded in number and in age, as sessions are. */

import { LRUCache } from 'lru-cache'
import type { ModelId } from '../../domain/model.ts'
import type { EpisodeFacts } from '../../domain/strategy.ts'
import type { SessionRules } from './sessions.ts'

type Episode = EpisodeFacts & { readonly model: ModelId; readonly notedAt: number }

export type Episodes = {
  readonly find: (key: string) => EpisodeFacts | null
  /** One step has been answered, for so many dollars. */
  readonly note: (key: string, model: ModelId, usd: number) => void
  readonly size: () => number
  /** The rules have changed: those that are known stay known, up to the new number. */
  readonly followRules: () => void
}

export function createEpisodes(
  rules: () => Pick<SessionRules, 'ttlMs' | 'maxSessions'>,
  now: () => number,
): Episodes {
  let known = new LRUCache<string, Episode>({ max: rules().maxSessions })
  const at = (key: string): Episode | null => {
    const episode = known.get(key)
    return episode !== undefined && now() - episode.notedAt < rules().ttlMs ? episode : null
  }
  return {
    find: (key) => {
      const episode = at(key)
      if (episode === null) return null
      const { usd, steps, switches } = episode
      return { usd, steps, switches }
    },
    note: (key, model, usd) => {
      const before = at(key)
      known.set(key, {
        model,
        usd: (before?.usd ?? 0) + usd,
        steps: (before?.steps ?? 0) + 1,
        switches: (before?.switches ?? 0) + (before !== null && before.model !== model ? 1 : 0),
        notedAt: now(),
      })
    },
    size: () => known.size,
    followRules: () => {
      const { maxSessions } = rules()
      if (known.max === maxSessions) return
      const kept = new LRUCache<string, Episode>({ max: maxSessions })
      kept.load(known.dump().slice(-maxSessions))
      known = kept
    },
  }
}
