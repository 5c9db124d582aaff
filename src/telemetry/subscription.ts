import type { EventKind, Seen, Subscription } from './events.ts'

/** One reader of the live stream, with a buffer of its own. `offer` never waits: what does not fit is dropped and counted. */
export function openSubscription(
  buffer: number,
  kinds: readonly EventKind[] | null,
  onClose: () => void,
): Subscription & { readonly offer: (seen: Seen) => void } {
  const waiting: Seen[] = []
  let wake: (() => void) | null = null
  let closed = false
  let dropped = 0
  const close = () => {
    if (closed) return
    closed = true
    onClose()
    wake?.()
  }
  return {
    offer: (seen) => {
      if (closed || (kinds !== null && !kinds.includes(seen.event.kind))) return
      if (waiting.length >= buffer) dropped += 1
      else waiting.push(seen)
      wake?.()
    },
    dropped: () => dropped,
    close,
    async *[Symbol.asyncIterator]() {
      try {
        while (true) {
          const next = waiting.shift()
          if (next !== undefined) yield next
          else if (closed) return
          else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      } finally {
        close()
      }
    },
  }
}
