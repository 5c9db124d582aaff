import { Agent } from 'undici'
import type { Sink } from '../events.ts'
import { openLine } from './line.ts'
import type { WebhookSettings } from './settings.ts'

export { defaultWebhookEvents, type WebhookSettings } from './settings.ts'

export type Webhooks = {
  readonly sink: Sink
  readonly counts: () => { readonly queued: number; readonly sent: number; readonly dropped: number }
  /** Waits so long for what is under way, then drops and counts the rest. */
  readonly close: (withinMs: number) => Promise<void>
}

export type WebhooksOptions = {
  readonly webhooks: readonly WebhookSettings[]
  readonly onProblem: (message: string) => void
  /** Events that wait for one address. */
  readonly maxQueued?: number
  readonly backoffMs?: number
  readonly maxBackoffMs?: number
}

/** Each address has a line of its own: one that hangs holds up no other. */
export function openWebhooks(options: WebhooksOptions): Webhooks {
  const { webhooks, onProblem, maxQueued = 1000, backoffMs = 1000, maxBackoffMs = 60_000 } = options
  const dispatcher = new Agent({ connect: { timeout: 10_000 }, pipelining: 1, connections: 2 })
  const lineOptions = { maxQueued, backoffMs, maxBackoffMs, dispatcher, onProblem }
  const lines = webhooks.map((settings) => ({
    kinds: new Set(settings.events),
    line: openLine(settings, lineOptions),
  }))
  const counts = () => {
    let [queued, sent, dropped] = [0, 0, 0]
    for (const { line } of lines) {
      const one = line.counts()
      queued += one.queued
      sent += one.sent
      dropped += one.dropped
    }
    return { queued, sent, dropped }
  }
  return {
    sink: {
      name: 'webhooks',
      take: (event, at) => {
        for (const { kinds, line } of lines) if (kinds.has(event.kind)) line.offer(event, at)
      },
    },
    counts,
    close: async (withinMs) => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs)
      })
      await Promise.race([Promise.all(lines.map(({ line }) => line.settled())), late])
      clearTimeout(timer)
      for (const { line } of lines) line.cut()
      await dispatcher.destroy()
    },
  }
}
