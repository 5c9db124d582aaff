/** What processes share, as the configuration says: a Redis, or this process's own memory with a journal beside its SQLite file. */

import type { ResolvedConfig } from '../config/resolved.ts'
import type { Clock } from '../domain/transport.ts'
import { openMemoryState } from '../storage/state/memory-state.ts'
import type { SharedState, StateProblem } from '../storage/state/shared-state.ts'
import { StateError } from '../storage/state/state-error.ts'

export type StateReport = (problem: StateProblem) => void

/** @param path of the SQLite file, beside which accounts are written down; `null`: they are gone with the process */
export async function openState(
  { state }: Pick<ResolvedConfig, 'state'>,
  path: string | null,
  clock: Clock,
  report: StateReport,
): Promise<SharedState> {
  if (state.kind === 'memory') return openOwnState(path, clock, report)
  // Most have one process, and need not load its client.
  const { openRedisState } = await import('../storage/state/redis-state.ts')
  return openRedisState({ url: state.url.reveal(), clock, report })
}

function openOwnState(path: string | null, clock: Clock, report: StateReport): SharedState {
  if (path === null) return openMemoryState({ clock, report })
  try {
    return openMemoryState({ clock, report, journal: { path: `${path}-accounts` } })
  } catch (error) {
    // Another process on the same file serves as well as it can: what each has spent it knows alone, and somebody should be told.
    if (!(error instanceof StateError)) throw error
    report({ kind: 'journal-failed', reason: error.message })
    return openMemoryState({ clock, report })
  }
}
