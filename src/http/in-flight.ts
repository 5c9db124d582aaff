import type { ServerResponse } from 'node:http'
import { cutShort } from '../gateway/gateway.ts'

/** The requests that are being served, so that closing can wait for them and, in the end, cut them short. */
export type InFlight = {
  /** From the first byte of a request on. */
  readonly open: (raw: ServerResponse) => void
  /** Aborts when the client leaves before its answer is whole, and when `cut` is called. */
  readonly signal: (raw: ServerResponse) => AbortSignal
  /** Resolves when nothing is being served any more, after `waitMs`, or with `cut`. */
  readonly settled: (waitMs: number) => Promise<void>
  readonly cut: () => void
}

export function createInFlight(): InFlight {
  const open = new Map<ServerResponse, AbortController>()
  let onSettled = () => {}
  return {
    open: (raw) => {
      const controller = new AbortController()
      open.set(raw, controller)
      raw.once('close', () => {
        open.delete(raw)
        if (!raw.writableFinished) controller.abort()
        if (open.size === 0) onSettled()
      })
    },
    // Of a client that has left already nothing is open.
    signal: (raw) => open.get(raw)?.signal ?? AbortSignal.abort(),
    settled: (waitMs) =>
      new Promise((resolve) => {
        if (open.size === 0) return resolve()
        const timer = setTimeout(resolve, waitMs)
        onSettled = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    cut: () => {
      for (const controller of open.values()) cutShort(controller)
      onSettled()
    },
  }
}
