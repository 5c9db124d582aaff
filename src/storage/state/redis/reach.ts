/**
 * Whether the others can be reached. While they can, questions go to Redis, each bounded in time. After the first that fails nobody asks any
 * more: everything is decided here, and a probe in the background catches up when Redis answers again.
 */

import type { StateProblem } from '../shared-state.ts'

/** In the place of an answer that did not come. */
export const lost = Symbol('lost')

export type Reach = {
  readonly mode: () => 'shared' | 'local'
  /** What `work` comes to; `lost` where it fails, and at once while the others can't be reached. */
  readonly ask: <T>(work: () => Promise<T>) => Promise<T | typeof lost>
  /** From now on everything is decided here, until the next probe. */
  readonly degrade: (reason: string) => void
  /** Tries to catch up now. Whether the others can be reached after it. */
  readonly probe: () => Promise<boolean>
  readonly close: () => void
}

export type ReachOptions = {
  readonly now: () => number
  readonly report: (problem: StateProblem) => void
  /** All that is to be told and asked before questions go to Redis again. Rejects where Redis still fails. */
  readonly catchUp: () => Promise<void>
  /** After a failure, the first probe; each that fails doubles it. */
  readonly probeAfterMs: number
  readonly probeAtMostMs: number
  /** After so many probes over one connection that fail, another is made. */
  readonly renew: () => void
}

const probesBeforeRenewal = 4
/** Failing again so soon after it has recovered counts as still failing. */
const steadyMs = 10_000

export function createReach(options: ReachOptions): Reach {
  const { now, report, catchUp, probeAfterMs, probeAtMostMs } = options
  // Nothing is known before the first probe.
  let mode: 'shared' | 'local' = 'local'
  let degradedAt: number | null = null
  let recoveredAt = Number.NEGATIVE_INFINITY
  let waitMs = probeAfterMs
  let failedProbes = 0
  let timer: NodeJS.Timeout | null = null
  let probing: Promise<boolean> | null = null
  let closed = false

  const schedule = (): void => {
    if (closed || timer) return
    timer = setTimeout(() => {
      timer = null
      void probe()
    }, waitMs).unref()
  }
  const degrade = (reason: string): void => {
    if (closed) return
    mode = 'local'
    if (degradedAt === null) {
      degradedAt = now()
      if (degradedAt - recoveredAt > steadyMs) waitMs = probeAfterMs
      report({ kind: 'degraded', reason })
    }
    schedule()
  }
  const probeOnce = async (): Promise<boolean> => {
    try {
      await catchUp()
    } catch (error) {
      failedProbes += 1
      if (failedProbes % probesBeforeRenewal === 0) options.renew()
      waitMs = Math.min(waitMs * 2, probeAtMostMs)
      degrade(reasonOf(error))
      return false
    }
    if (closed) return false
    mode = 'shared'
    failedProbes = 0
    if (degradedAt !== null) report({ kind: 'recovered', afterMs: Math.round(now() - degradedAt) })
    degradedAt = null
    recoveredAt = now()
    return true
  }
  const probe = (): Promise<boolean> => {
    probing ??= probeOnce().finally(() => {
      probing = null
    })
    return probing
  }

  return {
    mode: () => mode,
    ask: async (work) => {
      if (mode === 'local') return lost
      try {
        return await work()
      } catch (error) {
        degrade(reasonOf(error))
        return lost
      }
    },
    degrade,
    probe,
    close: () => {
      closed = true
      if (timer) clearTimeout(timer)
    },
  }
}

/** What ioredis says of a command has neither keys nor passwords in it. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
