import type { Span } from './span.ts'

/** Sends spans; false: they did not get there, and trying again is not worth it. Never throws, and ends within its own time. */
export type SendSpans = (spans: readonly Span[]) => Promise<boolean>

export type SpanQueueOptions = {
  readonly send: SendSpans
  /** Spans that wait; more are dropped, a trace as a whole. */
  readonly maxQueued: number
  readonly maxBatch: number
  readonly intervalMs: number
}

export type SpanQueue = {
  /** Never waits: a trace for which there is no room is dropped and counted. */
  readonly add: (trace: readonly Span[]) => void
  /** Sends what waits now, or gives up after so long: what is left then counts as dropped. */
  readonly close: (withinMs: number) => Promise<void>
  readonly counts: () => { readonly queued: number; readonly sent: number; readonly dropped: number }
}

/** One batch at a time is on its way: a receiver that hangs holds up the queue, which is bounded, and nothing else. */
export function createSpanQueue({ send, maxQueued, maxBatch, intervalMs }: SpanQueueOptions): SpanQueue {
  let waiting: Span[] = []
  let [sent, dropped, inFlight] = [0, 0, 0]
  let timer: NodeJS.Timeout | null = null
  let sending: Promise<void> | null = null
  let closed = false

  const sendBatch = async () => {
    const batch = waiting.splice(0, maxBatch)
    inFlight = batch.length
    const arrived = await send(batch)
    inFlight = 0
    if (arrived) sent += batch.length
    else dropped += batch.length
  }

  const work = (): Promise<void> => {
    sending ??= (async () => {
      while (waiting.length >= maxBatch) await sendBatch()
      if (waiting.length > 0) await sendBatch()
    })().finally(() => {
      sending = null
      if (waiting.length > 0) start()
    })
    return sending
  }

  const start = () => {
    if (timer !== null || closed) return
    timer = setTimeout(() => {
      timer = null
      void work()
    }, intervalMs)
    // Nobody has to wait for a trace before a process ends: `close` sends what is left.
    timer.unref()
  }

  return {
    add: (trace) => {
      if (closed || waiting.length + inFlight + trace.length > maxQueued) {
        dropped += trace.length
        return
      }
      waiting.push(...trace)
      if (waiting.length >= maxBatch) void work()
      else start()
    },
    close: async (withinMs) => {
      closed = true
      if (timer !== null) clearTimeout(timer)
      const all = async () => {
        while (sending !== null || waiting.length > 0) await (sending ?? work())
      }
      await within(all(), withinMs)
      dropped += waiting.length
      waiting = []
    },
    counts: () => ({ queued: waiting.length + inFlight, sent, dropped }),
  }
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
