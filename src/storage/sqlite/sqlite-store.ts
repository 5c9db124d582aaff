import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { type AppendPlan, appendOrder, appendPlan, type AppendTable, insertText } from '../append.ts'
import { createSchemaVersion, pendingMigrations, readSchemaVersion } from '../migrations.ts'
import { commonStore, type Use } from '../sql-store.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { Tables } from '../tables.ts'
import { backstopPages, type Checkpoints, createCheckpoints } from './checkpoints.ts'
import { explainError } from './explain-error.ts'
import { createSearches } from './searches.ts'

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
  const append = appender(database, db)
  // A database in memory is only there for the connection that made it.
  const searches = path === ':memory:' ? null : createSearches(path)
  let closed = false
  const use: Use = async (work) => {
    if (closed) throw new StoreError('closed', `${path} was closed.`, 'Open the store again before using it.')
    return explained(path, work)
  }
  const write = async (statements: readonly CompiledQuery[]): Promise<readonly number[]> => {
    await checkpoints.writable()
    let changed: readonly number[] = []
    inTransaction(database, () => {
      changed = runAll(database, statements)
    })
    checkpoints.noteWritten(statements.reduce((total, statement) => total + pagesOf(statement), 0))
    return changed
  }
  return {
    ...commonStore({ db, searches: searches?.db ?? db, write }, use),
    append: (batch) =>
      use(async () => {
        const plan = appendPlan(batch)
        await checkpoints.writable()
        inTransaction(database, () => append(plan))
        checkpoints.noteWritten(plan.count * pagesPerRow)
      }),
    close: async () => {
      if (closed) return
      closed = true
      await searches?.close()
      await checkpoints.close()
      await db.destroy()
    },
  }
}

const pagesOf = ({ parameters }: CompiledQuery): number =>
  parameters.reduce<number>(
    (total, value) => total + (typeof value === 'string' ? value.length / pageBytes : 0),
    1,
  )

/** The statements are prepared once, each for one row, and run for every row of every batch. */
function appender(database: Database.Database, db: Kysely<Tables>): (plan: AppendPlan) => void {
  const inserts = Object.fromEntries(
    appendOrder.map((table) => [table, database.prepare(insertText(db, table))]),
  ) as Record<AppendTable, Database.Statement>
  const forget = (table: 'decision_tags' | 'attempts') =>
    database.prepare(`delete from ${table} where decision in (select value from json_each(?))`)
  const forgetTags = forget('decision_tags')
  const forgetAttempts = forget('attempts')
  return ({ rows, decisionIds, outcomeIds }) => {
    if (decisionIds.length > 0) forgetTags.run([JSON.stringify(decisionIds)])
    if (outcomeIds.length > 0) forgetAttempts.run([JSON.stringify(outcomeIds)])
    for (const table of appendOrder) for (const values of rows[table]) inserts[table].run(values)
  }
}

function bringUpToDate(database: Database.Database, db: Kysely<Tables>, path: string): void {
  runAll(database, [createSchemaVersion(db)])
  const row = database.prepare(readSchemaVersion(db).sql).get() as Tables['schema_version'] | undefined
  runAll(database, pendingMigrations(db, row?.version ?? 0, path))
}

const runAll = (database: Database.Database, statements: readonly CompiledQuery[]): number[] =>
  statements.map(({ sql, parameters }) => database.prepare(sql).run(parameters).changes)

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
