import type { ServerResponse } from 'node:http'

/** The requests that are being served, so that closing can wait for them and, in the end, cut them short. */
export type InFlight = {
  /** Aborts when the client leaves before its answer is whole, and when `cut` is called. */
  readonly open: (raw: ServerResponse) => AbortSignal
  readonly count: () => number
  readonly cut: () => void
}

export function createInFlight(): InFlight {
  const open = new Set<AbortController>()
  return {
    open: (raw) => {
      const controller = new AbortController()
      open.add(controller)
      raw.once('close', () => {
        open.delete(controller)
        if (!raw.writableFinished) controller.abort()
      })
      return controller.signal
    },
    count: () => open.size,
    cut: () => {
      for (const controller of open) controller.abort()
    },
  }
}
