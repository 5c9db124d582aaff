/**
 * Progress of requests, told the moment it comes. The SDK tells it a little later, and a last word that arrives together
 * with the answer is lost by then.
 */

import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'

type Progress = Readonly<Record<string, unknown>>

export type ProgressReader = {
  /** Runs `request`, which sends one message, and hears the progress of that message until it is settled. */
  readonly during: <T>(request: () => Promise<T>, onProgress: (progress: Progress) => void) => Promise<T>
}

/** Set up before anything is sent. */
export function readProgress(transport: Transport): ProgressReader {
  const heard = new Map<unknown, (progress: Progress) => void>()
  let sent: unknown
  const send = transport.send.bind(transport)
  transport.send = (message, options) => {
    sent = 'id' in message ? message.id : undefined
    return send(message, options)
  }
  const { onmessage } = transport
  transport.onmessage = (message, extra) => {
    onmessage?.(message, extra)
    if (!('method' in message) || message.method !== 'notifications/progress') return
    const { progressToken, ...progress } = (message.params ?? {}) as Progress
    heard.get(progressToken)?.(progress)
  }
  return {
    during: async (request, onProgress) => {
      // The message is sent, and numbered, before `request` returns; its number is the token of its progress.
      const settled = request()
      const token = sent
      heard.set(token, onProgress)
      try {
        return await settled
      } finally {
        heard.delete(token)
      }
    },
  }
}
