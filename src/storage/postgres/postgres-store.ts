import { setTimeout as sleep } from 'node:timers/promises'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { Secret } from '../../domain/secret.ts'
import { appendPlan } from '../append.ts'
import { commonStore, type Use } from '../sql-store.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import type { Tables } from '../tables.ts'
import { type PostgresAddress, postgresAddress } from './address.ts'
import { appender } from './append.ts'
import { explainError } from './explain-error.ts'
import { bringUpToDate } from './migrate.ts'
import { createPool, inTransaction, kyselyPool } from './pool.ts'

export type PostgresStoreOptions = {
  /** `postgres://user:password@host:5432/database`, with `?schema=name` for a schema of its own. */
  readonly url: Secret | string
  /** Connections at one time. */
  readonly poolSize?: number
  /** How long one statement may take. */
  readonly statementTimeoutMs?: number
  /** How long opening waits for a server that can't be reached, or that is starting. */
  readonly openTimeoutMs?: number
}

/** A store in a PostgreSQL database, which must exist; its tables are made where they do not. Throws `StoreError`. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, poolSize = 10, statementTimeoutMs = 30_000, openTimeoutMs = 10_000 } = options
  const address = postgresAddress(url instanceof Secret ? url.reveal() : url)
  const pool = createPool(address, { poolSize, statementTimeoutMs })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: kyselyPool(pool) as never }) })
  try {
    await untilReachable(openTimeoutMs, () => explained(address, () => bringUpToDate(pool, db, address)))
    return storeOver(pool, db, address)
  } catch (error) {
    await pool.end()
    throw error
  }
}

function storeOver(pool: pg.Pool, db: Kysely<Tables>, address: PostgresAddress): Store {
  const append = appender(db)
  let closed = false
  const use: Use = async (work) => {
    if (closed)
      throw new StoreError('closed', `${address.place} was closed.`, 'Open the store again before using it.')
    return explained(address, work)
  }
  const write = (statements: readonly CompiledQuery[]): Promise<readonly number[]> =>
    inTransaction(pool, async (client) => {
      const changed: number[] = []
      for (const { sql, parameters } of statements)
        changed.push((await client.query(sql, [...parameters])).rowCount ?? 0)
      return changed
    })
  return {
    ...commonStore({ db, searches: db, write }, use),
    append: (batch) =>
      use(async () => {
        const plan = appendPlan(batch)
        if (plan.count > 0) await inTransaction(pool, (client) => append(client, plan))
      }),
    close: async () => {
      if (closed) return
      closed = true
      await pool.end()
    },
  }
}

async function untilReachable<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const passes = error instanceof StoreError && error.kind === 'unreachable'
      if (!passes || performance.now() > end) throw error
      await sleep(200)
    }
  }
}

async function explained<T>({ place }: PostgresAddress, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainError(error, place)
  }
}
