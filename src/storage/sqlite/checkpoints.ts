import Database from 'libsql/promise'

/**
 * Moves what has been written from the write-ahead log into the database file. SQLite would do so on the thread that commits
 * the thousandth page, and that thread, the event loop's, would wait for the disk: for 15 to 90 ms, every second under load.
 * Here a second connection does it on a thread of libsql's.
 */
export type Checkpoints = {
  /** Call it after a transaction that changed about so many pages of 4 KB; returns at once. */
  readonly noteWritten: (pages: number) => void
  /** Resolves when the file may be written to: the log is begun anew in a moment in which nobody writes. */
  readonly writable: () => Promise<void> | null
  /** Waits for a checkpoint that is under way. */
  readonly close: () => Promise<void>
}

/** As SQLite's own checkpoints have it. */
const pagesPerCheckpoint = 1_000

/**
 * Where checkpoints fail or don't keep up, the writer makes its own beyond so many pages (64 MB), so that the log stays bounded.
 */
export const backstopPages = 16_384

/** How long the log's new beginning waits for readers; else it is tried again with the next checkpoint. */
const busyTimeoutMs = 100

export function createCheckpoints(path: string): Checkpoints {
  const database = new Database(path, { timeout: busyTimeoutMs })
  let written = 0
  let running: Promise<void> | null = null
  let restarting: Promise<void> | null = null
  const run = async (): Promise<void> => {
    // Most of the work, beside the writer. What it writes meanwhile is left over.
    await database.exec('pragma wal_checkpoint(passive)')
    // What is left, with the writer kept out: else it would always be ahead, and the log would grow for as long as it writes.
    restarting = database.exec('pragma wal_checkpoint(restart)')
    await restarting
  }
  const start = (): void => {
    written = 0
    running = run()
      // The writer's own checkpoints are there for this; a fault of the file shows when it is written to.
      .catch(() => {})
      .then(() => {
        restarting = null
        running = null
      })
  }
  return {
    noteWritten: (pages) => {
      written += pages
      if (written >= pagesPerCheckpoint && running === null) start()
    },
    writable: () => restarting?.catch(() => {}) ?? null,
    close: async () => {
      await running
      database.close()
    },
  }
}
