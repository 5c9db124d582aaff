/** Keeps one connection to an MCP server alive: opens it when it is wanted, waits longer and longer where that fails. */

import type { ConnectionOptions, ConnectionState } from './connection.ts'
import { dial, type Fall, type Live } from './dial.ts'

export type Lifeline = {
  /** The connection; `null`: it can't be had now. */
  readonly connected: () => Promise<Live | null>
  readonly live: () => Live | null
  readonly state: () => ConnectionState
  /** Why it is down; `null`: it is not. */
  readonly trouble: () => string | null
  /** How long until it may be tried again. */
  readonly waitMs: () => number
  /** This one is of no use any more. */
  readonly drop: (lost: Live, fall: Fall) => void
  readonly close: () => Promise<void>
}

/** Who stays up for so long before going down is tried again at once. */
const steadyMs = 10_000
const firstWaitMs = 250
const maxWaitMs = 30_000

export function createLifeline(options: ConnectionOptions, onOpen: (live: Live) => void): Lifeline {
  let live: Live | null = null
  let opening: Promise<Live | null> | null = null
  let trouble: string | null = null
  /** Times in a row that it could not be opened or did not stay up. */
  let fallen = 0
  let nextTryAt = 0
  let retry: NodeJS.Timeout | null = null
  const leaving = new AbortController()
  const { signal } = leaving

  /** Clients see the reason; the details are for the person who runs the gateway. */
  const fell = ({ reason, details }: Fall, wasUpMs: number) => {
    if (signal.aborted) return
    trouble = reason
    fallen = wasUpMs >= steadyMs ? 1 : fallen + 1
    const waitMs = fallen === 1 ? 0 : Math.min(firstWaitMs * 2 ** (fallen - 2), maxWaitMs)
    nextTryAt = performance.now() + waitMs
    options.events.onDown(details === '' ? reason : `${reason}; ${details}`)
    if (!options.standing) return
    if (retry !== null) clearTimeout(retry)
    retry = setTimeout(() => void connected(), waitMs)
    retry.unref()
  }

  const drop = (lost: Live, fall: Fall) => {
    if (live !== lost) return
    live = null
    // A program that is alive has had its chance: whatever became of it, it is not to stay beside the next.
    lost.wire.cut()
    void lost.client.close().catch(() => {})
    fell(fall, performance.now() - lost.since)
  }

  const open = async (): Promise<Live | null> => {
    const dialled = await dial(options, drop, signal)
    opening = null
    if (dialled.kind === 'failed') {
      fell(dialled.fall, 0)
      return null
    }
    if (signal.aborted) {
      await dialled.live.client.close().catch(() => {})
      return null
    }
    live = dialled.live
    trouble = null
    onOpen(live)
    return live
  }

  const connected = (): Promise<Live | null> => {
    if (signal.aborted) return Promise.resolve(null)
    if (live !== null) return Promise.resolve(live)
    if (opening === null && performance.now() < nextTryAt) return Promise.resolve(null)
    opening ??= open()
    return opening
  }

  return {
    connected,
    drop,
    live: () => live,
    trouble: () => trouble,
    waitMs: () => Math.max(0, nextTryAt - performance.now()),
    state: () => {
      if (signal.aborted) return 'closed'
      if (live !== null) return 'open'
      if (opening !== null) return 'opening'
      return trouble === null ? 'new' : 'down'
    },
    close: async () => {
      leaving.abort()
      if (retry !== null) clearTimeout(retry)
      const last = live ?? (await opening)
      live = null
      await last?.wire.leave()
      await last?.client.close().catch(() => {})
    },
  }
}
