import { describe, expect, test } from 'vitest'
import { modelId } from '../domain/model.ts'
import { noUsage } from '../domain/answer.ts'
import type { Clock } from '../domain/transport.ts'
import type { SessionView } from '../engine/sessions/session-view.ts'
import { createSessions } from '../engine/sessions/sessions.ts'
import type { SharedState } from '../storage/state/shared-state.ts'
import { shareSessions } from './share-sessions.ts'

const rules = { affinity: true, ttlMs: 60_000, maxSessions: 100, cacheMs: 60_000 }
const clock: Clock = { now: () => 5_000, wall: () => new Date(0) }
const answered = {
  model: modelId('acme/small'),
  target: 'acme/small@default',
  credential: 'acme key',
  usage: { ...noUsage, inputTokens: 2_000 },
}

/** Processes over one memory; those that listen hear each other at once. */
function aWorld() {
  const texts = new Map<string, string>()
  const listeners: ((text: string) => void)[] = []
  return (mode: SharedState['mode'] extends () => infer Mode ? Mode : never = 'shared') => {
    const own = listeners.length
    const sessions = createSessions(rules, clock.now)
    const shared = shareSessions(
      sessions,
      {
        mode: () => mode,
        publish: (_channel, text) => {
          for (const [index, listen] of listeners.entries()) if (index !== own) listen(text)
        },
        subscribe: (_channel, listener) => {
          listeners.push(listener)
          return () => {}
        },
        read: (key) => texts.get(key) ?? null,
        write: (key, text) => void texts.set(key, text),
      },
      clock,
    )
    return { sessions, shared, texts }
  }
}

const view = (key: string, thread: string | null = null) => ({ key, thread }) as SessionView

describe('a session that one process has answered', () => {
  test('is known to those that listen', () => {
    const process = aWorld()
    const [one, other] = [process(), process()]
    one.sessions.note('named s', answered, { thread: 't', episode: 'e' })
    one.shared.tell(view('named s', 't'))
    expect(other.sessions.find('named s')).toMatchObject({ model: 'acme/small', credential: 'acme key' })
    expect(other.sessions.find('named s', 't')).toMatchObject({ target: 'acme/small@default' })
  })

  test('is found by one that started later, and its name is nobody’s to read', async () => {
    const process = aWorld()
    const one = process()
    one.sessions.note('named secret', answered)
    one.shared.tell(view('named secret'))
    expect([...one.texts.keys()].join()).not.toContain('secret')
    const later = process()
    expect(later.sessions.find('named secret')).toBeNull()
    expect(await later.shared.recall?.('named secret')).toBe(true)
    expect(later.sessions.find('named secret')).not.toBeNull()
    expect(await later.shared.recall?.('named other')).toBe(false)
  })

  test('does not take the place of what is newer here', () => {
    const sessions = createSessions(rules, clock.now)
    sessions.note('k', answered)
    const newer = sessions.find('k')!
    sessions.adopt('k', { ...newer, model: modelId('acme/old'), answeredAt: newer.answeredAt - 1 }, null)
    expect(sessions.find('k')?.model).toBe('acme/small')
  })

  test('costs a process that is alone nothing', () => {
    const alone = aWorld()('alone')
    alone.sessions.note('k', answered)
    alone.shared.tell(view('k'))
    expect(alone.shared.recall).toBeNull()
    expect(alone.texts.size).toBe(0)
  })
})
