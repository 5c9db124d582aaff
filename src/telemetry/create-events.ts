import type { Events, EventsOptions, Seen, Sink, Subscription, TelemetryEvent } from './events.ts'
import { openSubscription } from './subscription.ts'

/** @throws RangeError from `subscribe`, where there are too many readers already */
export function createEvents(options: EventsOptions): Events {
  const { onProblem, now = Date.now, ring: size = 200, maxSubscribers = 100 } = options
  const ring: Seen[] = []
  const failures = new Map<string, number>()
  const readers = new Set<ReturnType<typeof openSubscription>>()
  // Replaced, never changed: a sink that takes itself off while it is told something harms no other.
  let sinks: readonly Sink[] = []
  let emitted = 0

  const failed = (sink: Sink, error: unknown) => {
    const count = (failures.get(sink.name) ?? 0) + 1
    failures.set(sink.name, count)
    // A sink that always throws must not flood the log: powers of two are told.
    if ((count & (count - 1)) !== 0) return
    try {
      onProblem({ sink: sink.name, error, failures: count })
    } catch {
      // There is nobody left to tell; the count says that it happened.
    }
  }

  const emit = (event: TelemetryEvent) => {
    const at = now()
    const seen = { sequence: emitted, at, event: retained(event) }
    if (size > 0) ring[emitted % size] = seen
    emitted += 1
    for (const sink of sinks) {
      try {
        sink.take(event, at)
      } catch (error) {
        failed(sink, error)
      }
    }
    for (const reader of readers) reader.offer(seen)
  }

  return {
    emit,
    add: (sink) => {
      sinks = [...sinks, sink]
      return () => {
        sinks = sinks.filter((other) => other !== sink)
      }
    },
    recent: () => {
      const start = emitted % Math.max(1, size)
      return emitted <= size ? [...ring] : [...ring.slice(start), ...ring.slice(0, start)]
    },
    subscribe: ({ buffer = 100, kinds } = {}): Subscription => {
      if (readers.size >= maxSubscribers)
        throw new RangeError(`${maxSubscribers} readers follow the events already. Close one of them.`)
      const reader = openSubscription(buffer, kinds ?? null, () => readers.delete(reader))
      readers.add(reader)
      return reader
    },
    counts: () => ({ emitted, failures: Object.fromEntries(failures) }),
  }
}

/** Without what was said: bodies may be large, and those who follow the stream need not read them. */
function retained(event: TelemetryEvent): TelemetryEvent {
  if (event.kind !== 'finished') return event
  const { kind, decision, outcome } = event
  return { kind, decision, outcome }
}
