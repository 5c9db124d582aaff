/** Where a conversation was last answered, for the processes that did not answer it. */

import { hash } from 'node:crypto'
import { z } from 'zod'
import { modelId } from '../domain/model.ts'
import type { Clock } from '../domain/transport.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import type { Session, Sessions } from '../engine/sessions/sessions.ts'
import type { SharedState } from '../storage/state/shared-state.ts'

export type SharedSessions = {
  /** A turn of it has been answered here. */
  readonly tell: (view: SessionView) => void
  /** Asks for one that is not known here; `null`: nobody else is there to ask. True: it is known now. */
  readonly recall: ((key: string) => Promise<boolean>) | null
  readonly close: () => void
}

const channel = 'sessions'

const saved = z.object({
  key: z.string(),
  thread: z.string().nullable(),
  ageMs: z.number(),
  session: z.object({
    model: z.string().transform(modelId),
    target: z.string(),
    credential: z.string(),
    prefixTokens: z.number(),
    cacheReliability: z.number(),
    switches: z.number(),
    sinceSwitch: z.number(),
  }),
})

export function shareSessions(
  sessions: Sessions,
  state: Pick<SharedState, 'mode' | 'publish' | 'subscribe' | 'read' | 'write'>,
  clock: Clock,
): SharedSessions {
  const adopt = (text: string): boolean => {
    const { data } = saved.safeParse(parsed(text))
    if (!data) return false
    const session: Session = { ...data.session, answeredAt: clock.now() - Math.max(0, data.ageMs) }
    sessions.adopt(data.key, session, data.thread)
    return true
  }
  const unheard = state.subscribe(channel, adopt)
  return {
    tell: ({ key, thread }) => {
      if (state.mode() === 'alone') return
      const found = sessions.find(key, thread)
      if (found === null) return
      const { answeredAt, ...session } = found
      const text = JSON.stringify({ key, thread, ageMs: clock.now() - answeredAt, session })
      state.publish(channel, text)
      // For those who were not listening: what can't be written is but a cache that is not found again.
      void Promise.resolve(state.write(nameOf(key), text, sessions.rules.ttlMs)).catch(() => {})
    },
    recall:
      state.mode() === 'alone'
        ? null
        : async (key) => {
            const text = await state.read(nameOf(key))
            return text !== null && adopt(text)
          },
    close: unheard,
  }
}

/** Clients choose some of these keys. */
const nameOf = (key: string): string => `session ${hash('sha256', key, 'hex').slice(0, 32)}`

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
