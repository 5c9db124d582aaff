/** What one process has learnt of a target that fails, the others need not learn again. */

import { z } from 'zod'
import type { Clock } from '../domain/transport.ts'
import type { Health, HealthSnapshot } from '../engine/health/health.ts'
import type { SharedState } from '../storage/state/shared-state.ts'

type OpenBreaker = HealthSnapshot['breakers'][number]

const channel = 'breakers'
const everyMs = 500
/** Clocks of the same breaker in two processes differ by the way of the message: less than that is no news. */
const newsMs = 250

const heard = z.array(z.object({ name: z.string(), openForMs: z.number(), openings: z.number() })).max(1_000)

/**
 * Spreads breakers that open. In each process its own experience goes first: one that closes after a probe is closed there, and
 * the others make probes of their own.
 */
export function shareBreakers(
  health: Pick<Health, 'snapshot' | 'restore'>,
  state: Pick<SharedState, 'mode' | 'publish' | 'subscribe'>,
  clock: Clock,
  intervalMs: number = everyMs,
): { readonly close: () => void } {
  /** Until when, by this process's clock, each is known to be open by all. */
  let told = new Map<string, number>()
  const unheard = state.subscribe(channel, (text) => {
    const { data } = heard.safeParse(parsed(text))
    if (!data) return
    const now = clock.now()
    health.restore({ breakers: data }, now, 0)
    for (const { name, openForMs } of data) told.set(name, now + openForMs)
  })
  const tell = (): void => {
    if (state.mode() !== 'shared') return
    const now = clock.now()
    const { breakers } = health.snapshot(now)
    const open = breakers.filter(({ name }) => !holdsSecret(name))
    const news = open.filter(({ name, openForMs }) => now + openForMs > (told.get(name) ?? 0) + newsMs)
    told = new Map(open.map((one) => [one.name, Math.max(told.get(one.name) ?? 0, untilOf(one, now))]))
    if (news.length > 0) state.publish(channel, JSON.stringify(news))
  }
  const timer = setInterval(tell, intervalMs)
  timer.unref()
  return {
    close: () => {
      clearInterval(timer)
      unheard()
    },
  }
}

const untilOf = ({ openForMs }: OpenBreaker, now: number): number => now + openForMs

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** An address may have a password in it. */
export const holdsSecret = (name: string): boolean => /:\/\/[^/\s]*@/.test(name)
