import { randomUUID } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { TelemetryEvent } from '../events.ts'
import { callWebhook } from './call.ts'
import { payloadOf } from './payload.ts'
import type { WebhookSettings } from './settings.ts'
import { signedHeaders } from './signature.ts'

export type LineOptions = {
  readonly maxQueued: number
  /** The longest first wait before trying again; it doubles, up to `maxBackoffMs`, and each is drawn from its upper half. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  readonly dispatcher: Dispatcher
  /** Told when an event is given up. Holds no secret. */
  readonly onProblem: (message: string) => void
}

export type Line = {
  /** Never waits; where there is no room the event is dropped and counted. */
  readonly offer: (event: TelemetryEvent, at: number) => void
  readonly settled: () => Promise<void>
  /** Ends the call under way and drops what waits. */
  readonly cut: () => void
  readonly counts: () => { readonly queued: number; readonly sent: number; readonly dropped: number }
}

type Waiting = { readonly event: TelemetryEvent; readonly at: number }

/** What goes to one address: one call at a time, in order. */
export function openLine(settings: WebhookSettings, options: LineOptions): Line {
  const stop = new AbortController()
  const waiting: Waiting[] = []
  let working: Promise<void> | null = null
  let [sent, dropped] = [0, 0]
  let isGone = false

  const work = async () => {
    for (let next = waiting[0]; next !== undefined && !stop.signal.aborted; next = waiting[0]) {
      const arrived = !isGone && (await deliver(next))
      // `cut` may have emptied it meanwhile, and counted.
      if (waiting[0] === next) {
        waiting.shift()
        if (arrived) sent += 1
        else dropped += 1
      }
    }
  }

  const deliver = async ({ event, at }: Waiting): Promise<boolean> => {
    const id = `msg_${randomUUID()}`
    const body = payloadOf(event, at, id, settings)
    let why = ''
    for (let attempt = 1; attempt <= settings.attempts; attempt++) {
      const headers = signedHeaders(id, Math.floor(Date.now() / 1000), body, settings.secret)
      const { url, timeoutMs } = settings
      const result = await callWebhook(url, body, headers, timeoutMs, options.dispatcher, stop.signal)
      if (result.kind === 'taken') return true
      if (stop.signal.aborted) return false
      if (result.kind === 'gone') {
        isGone = true
        options.onProblem('a webhook says that it is gone (410), and gets nothing more')
        return false
      }
      why = result.why
      if (attempt < settings.attempts)
        await pause(waitBefore(attempt, result.retryAfterMs, options), stop.signal)
    }
    if (!stop.signal.aborted)
      options.onProblem(`a webhook did not take ${event.kind} in ${settings.attempts} attempts: ${why}`)
    return false
  }

  return {
    offer: (event, at) => {
      if (isGone || stop.signal.aborted || waiting.length >= options.maxQueued) {
        dropped += 1
        return
      }
      waiting.push({ event, at })
      working ??= work().finally(() => {
        working = null
      })
    },
    settled: async () => {
      while (working !== null) await working
    },
    cut: () => {
      stop.abort()
      dropped += waiting.splice(0).length
    },
    counts: () => ({ queued: waiting.length, sent, dropped }),
  }
}

function waitBefore(
  attempt: number,
  retryAfterMs: number | null,
  { backoffMs, maxBackoffMs }: LineOptions,
): number {
  const longest = Math.min(maxBackoffMs, backoffMs * 2 ** (attempt - 1))
  const drawn = longest * (0.5 + Math.random() / 2)
  return Math.min(maxBackoffMs, Math.max(drawn, retryAfterMs ?? 0))
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    timer.unref()
    stop.addEventListener('abort', end)
  })
}
