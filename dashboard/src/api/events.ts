/** What happens in the gateway, as it happens: one stream for the whole page, open while somebody listens. */

import { useEffect, useRef } from 'react'
import type { Feedback } from '../../../src/domain/feedback.ts'
import type { EventKind, TelemetryEvent } from '../../../src/telemetry/events.ts'
import { request } from './call.ts'
import { readFrames } from './frames.ts'
import { session } from './session.ts'
import { createStore, type Store, useStore } from './store.ts'
import type { DecisionLine } from './types.ts'

/** `at`: milliseconds since 1970. */
export type LiveEvent = { readonly at: number } & (
  | { readonly kind: 'decided' | 'finished'; readonly decision: DecisionLine }
  | { readonly kind: 'feedback'; readonly feedback: Feedback }
  | Exclude<TelemetryEvent, { readonly kind: 'decided' | 'finished' | 'feedback' }>
)

type Listener = (event: LiveEvent) => void

const listeners = new Set<Listener>()
export const streaming: Store<boolean> = createStore(false)
let running: AbortController | null = null

const [firstWaitMs, longestWaitMs] = [500, 15_000]

/** Calls `onEvent` for events of these kinds; gives back whether the stream is open. */
export function useEvents(kinds: readonly EventKind[], onEvent: Listener): boolean {
  const latest = useRef({ kinds, onEvent })
  latest.current = { kinds, onEvent }
  const { refusal } = useStore(session)
  const open = refusal === null
  useEffect(() => {
    if (!open) return
    const listener: Listener = (event) => {
      if (latest.current.kinds.includes(event.kind)) latest.current.onEvent(event)
    }
    listeners.add(listener)
    if (running === null) {
      running = new AbortController()
      void listen(running.signal)
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      running?.abort()
      running = null
      streaming.set(false)
    }
  }, [open])
  return useStore(streaming)
}

/** Opens the stream again, after ever longer waits, for as long as anybody listens. */
async function listen(signal: AbortSignal): Promise<void> {
  let waitMs = firstWaitMs
  while (!signal.aborted) {
    try {
      const reply = await request('GET', '/admin/events', undefined, { signal })
      streaming.set(true)
      waitMs = firstWaitMs
      for await (const { event, data } of readFrames(reply.body!)) {
        const told = JSON.parse(data) as LiveEvent
        for (const listener of [...listeners]) listener({ ...told, kind: event } as LiveEvent)
      }
    } catch {
      // Why it ended does not matter: it is tried again either way, and calls tell of a gateway that is gone.
    }
    if (signal.aborted) return
    streaming.set(false)
    await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)))
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
}
