/** Bounded concurrency: so many calls at one time to one target, so many more waiting for a place, first come first served. */

import { hasRoom, type LoadLimits, type TargetLoad } from '../health/load.ts'

/** Takes a place if one is free and nobody waits for it. */
export function takePlace(load: TargetLoad, maxConcurrent: number): boolean {
  if (!hasRoom(load, maxConcurrent)) return false
  load.inFlight++
  return true
}

export function freePlace(load: TargetLoad, maxConcurrent: number): void {
  load.inFlight--
  while (load.inFlight < maxConcurrent) {
    const next = load.queue.shift()
    if (!next) return
    load.inFlight++
    next.admit()
  }
}

export type Waited = 'admitted' | 'full' | 'late' | 'gone'

/** Waits for a place. What is `admitted` has taken it. */
export function waitForPlace(
  load: TargetLoad,
  { maxQueued, queueMs }: LoadLimits,
  leftMs: number,
  client: AbortSignal,
): Promise<Waited> {
  if (load.queue.length >= maxQueued) return Promise.resolve('full')
  return new Promise((resolve) => {
    const leave = (how: Waited): void => {
      clearTimeout(timer)
      client.removeEventListener('abort', onAbort)
      const index = load.queue.indexOf(waiting)
      if (index >= 0) load.queue.splice(index, 1)
      resolve(how)
    }
    const onAbort = (): void => leave('gone')
    const waiting = { admit: () => leave('admitted') }
    const timer = setTimeout(leave, Math.max(0, Math.min(queueMs, leftMs)), 'late' as const)
    client.addEventListener('abort', onAbort, { once: true })
    load.queue.push(waiting)
    if (client.aborted) leave('gone')
  })
}
