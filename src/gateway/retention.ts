/** Forgets decisions whose time is over, a few at a time, so that nobody waits for it. */

import type { Clock } from '../domain/transport.ts'
import type { Store } from '../storage/store.ts'

const dayMs = 24 * 3_600_000
const everyMs = 10 * 60_000
/** At one go, and the pause after it: a long delete would keep whoever writes waiting. */
const atOnce = 500
const pauseMs = 50

export type Retention = { readonly close: () => Promise<void> }

/** @param days asked for each time; `null`: nothing is forgotten */
export function keepRetention(
  store: Pick<Store, 'forgetBefore'>,
  clock: Clock,
  days: () => number | null,
  onProblem: (error: unknown) => void,
  intervalMs: number = everyMs,
): Retention {
  let closed = false
  let under: Promise<void> | null = null
  const sweep = async (): Promise<void> => {
    for (;;) {
      const kept = days()
      if (kept === null || closed) return
      const before = new Date(clock.wall().getTime() - kept * dayMs).toISOString()
      if ((await store.forgetBefore(before, atOnce)) < atOnce) return
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  const run = (): void => {
    under ??= sweep()
      .catch(onProblem)
      .finally(() => {
        under = null
      })
  }
  const timer = setInterval(run, intervalMs)
  timer.unref()
  run()
  return {
    close: async () => {
      closed = true
      clearInterval(timer)
      await under
    },
  }
}
