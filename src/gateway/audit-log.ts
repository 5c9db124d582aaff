/** What was done with tools, written down in batches beside the calls. */

import type { AuditRow, Store } from '../storage/store.ts'

export type AuditLog = {
  /** Never throws and never waits. */
  readonly add: (row: AuditRow) => void
  /** Writes what is queued. */
  readonly close: () => Promise<void>
}

const flushMs = 200
/** While the store fails so many wait; later ones are dropped, and somebody is told. */
const mostQueued = 10_000

export function createAuditLog(
  store: Pick<Store, 'addAudit'>,
  onProblem: (error: unknown) => void,
): AuditLog {
  let queue: AuditRow[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null
  let dropped = 0
  const write = async (): Promise<void> => {
    const rows = queue
    queue = []
    try {
      if (rows.length > 0) await store.addAudit(rows)
    } catch (error) {
      queue = [...rows, ...queue].slice(0, mostQueued)
      onProblem(error)
    }
    if (dropped > 0)
      onProblem(new Error(`${dropped} rows of the audit were dropped: the store does not keep up`))
    dropped = 0
  }
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      writing = write().finally(() => {
        writing = null
        if (queue.length > 0) schedule()
      })
    }, flushMs)
  }
  return {
    add: (row) => {
      if (queue.length >= mostQueued) dropped++
      else queue.push(row)
      if (writing === null) schedule()
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer)
      await writing
      await write()
    },
  }
}
