import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { createSchemaVersion, pendingMigrations, readSchemaVersion } from '../migrations.ts'
import {
  type Append,
  appends,
  appendTexts,
  findDecision,
  findState,
  listDecisions,
  reportRows,
  saveState,
} from '../queries.ts'
import { findReply, forgetExpired, forgetReply, keepReply } from '../kept-replies.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { Tables } from '../tables.ts'
import { backstopPages, type Checkpoints, createCheckpoints } from './checkpoints.ts'
import { explainError } from './explain-error.ts'

export type SqliteStoreOptions = {
  readonly path: string
  /** How long one statement waits for another process to let go of the file. The event loop waits with it. */
  readonly busyTimeoutMs?: number
  /** How long opening waits for another process that opens or migrates the same file. */
  readonly openTimeoutMs?: number
}

/** A store in one SQLite file, which is made with its folder where it does not exist. Throws `StoreError`. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, busyTimeoutMs = 1000, openTimeoutMs = 10_000 } = options
  return explained(path, async () => {
    await makeFolder(dirname(path))
    const database = new Database(path, { timeout: busyTimeoutMs })
    try {
      const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
      await untilFree(openTimeoutMs, () => configure(database))
      await untilFree(openTimeoutMs, () => inTransaction(database, () => bringUpToDate(database, db, path)))
      return storeOver(database, db, path, createCheckpoints(path))
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Not `recursive`: where the file system refuses a folder with ENOENT, as /proc does, Node 20 then tries for ever. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    // Another process may have been quicker.
    if (error.code !== 'EEXIST') throw error
  })
}

/** Of a decision, its outcome and its attempts, taken together, with their indexes. */
const pagesPerRow = 0.4
const pageBytes = 4096

function storeOver(
  database: Database.Database,
  db: Kysely<Tables>,
  path: string,
  checkpoints: Checkpoints,
): Store {
  const run = appender(database, db)
  let closed = false
  const use = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (closed) throw new StoreError('closed', `${path} was closed.`, 'Open the store again before using it.')
    return explained(path, work)
  }
  return {
    append: (batch) =>
      use(async () => {
        const list = appends(batch)
        await checkpoints.writable()
        inTransaction(database, () => list.forEach(run))
        checkpoints.noteWritten(list.length * pagesPerRow)
      }),
    decision: (id) => use(() => findDecision(db, id)),
    decisions: (filter) => use(() => listDecisions(db, filter)),
    report: (filter) => use(() => reportRows(db, filter)),
    saveState: (kind, state) =>
      use(async () => {
        await checkpoints.writable()
        await saveState(db, kind, state)
      }),
    savedState: (kind) => use(() => findState(db, kind)),
    keepReply: (reply) =>
      use(async () => {
        await checkpoints.writable()
        await keepReply(db, reply)
        checkpoints.noteWritten(1 + reply.text.length / pageBytes)
      }),
    keptReply: (id, now) => use(() => findReply(db, id, now.toISOString())),
    forgetReply: (id) =>
      use(async () => {
        await checkpoints.writable()
        return forgetReply(db, id)
      }),
    forgetExpired: (now) =>
      use(async () => {
        await checkpoints.writable()
        return forgetExpired(db, now.toISOString())
      }),
    close: async () => {
      if (closed) return
      closed = true
      await checkpoints.close()
      await db.destroy()
    },
  }
}

function appender(database: Database.Database, db: Kysely<Tables>): (append: Append) => void {
  const texts = Object.entries(appendTexts(db))
  const prepared = new Map(texts.map(([statement, text]) => [statement, database.prepare(text)]))
  return ({ statement, values }) => {
    prepared.get(statement)!.run(values)
  }
}

function bringUpToDate(database: Database.Database, db: Kysely<Tables>, path: string): void {
  runAll(database, [createSchemaVersion(db)])
  const row = database.prepare(readSchemaVersion(db).sql).get() as Tables['schema_version'] | undefined
  runAll(database, pendingMigrations(db, row?.version ?? 0, path))
}

function runAll(database: Database.Database, statements: readonly CompiledQuery[]): void {
  for (const { sql, parameters } of statements) database.prepare(sql).run(parameters)
}

/**
 * Synchronous from begin to commit: were the lock held over a turn of the event loop, a second store on the same file in
 * this process would block the thread that has to release it. `begin immediate` takes the lock before any other
 * statement: libsql leaves a statement that found the file busy open, and then no later transaction can commit.
 */
function inTransaction(database: Database.Database, work: () => void): void {
  database.exec('begin immediate')
  try {
    work()
    database.exec('commit')
  } catch (error) {
    if (database.inTransaction) database.exec('rollback')
    throw error
  }
}

/** WAL with `synchronous = NORMAL`: a crash of the process loses nothing, a power cut at most the last transactions. */
function configure(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma(`wal_autocheckpoint = ${backstopPages}`)
}

/** Switching to WAL does not honour the busy timeout, so a file that another process is opening is tried again. */
async function untilFree<T>(timeoutMs: number, work: () => T | Promise<T>): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY'
      if (!busy || performance.now() > end) throw error
      await sleep(20)
    }
  }
}

async function explained<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainError(error, path)
  }
}
