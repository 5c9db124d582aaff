import type { CompiledQuery, Kysely } from 'kysely'
import type pg from 'pg'
import { createSchemaVersion, pendingMigrations, readSchemaVersion } from '../migrations.ts'
import type { Tables } from '../tables.ts'
import type { PostgresAddress } from './address.ts'
import { bytewiseText } from './bytewise-text.ts'
import { inTransaction } from './pool.ts'

/** A number of Fairlead's own among the advisory locks of the server. */
const lock = 0x0fa1

/** Another process may be migrating a large log. */
const longestMigrationMs = 30 * 60_000

/** Several processes may start at once: the first brings the schema up to date, the others wait and find it so. */
export async function bringUpToDate(
  pool: pg.Pool,
  db: Kysely<Tables>,
  { place, schema }: PostgresAddress,
): Promise<void> {
  const writing = db.withPlugin(bytewiseText)
  await inTransaction(pool, async (client) => {
    const run = ({ sql, parameters }: CompiledQuery) =>
      client.query({
        text: sql,
        values: [...parameters],
        query_timeout: longestMigrationMs,
      } as pg.QueryConfig)
    await client.query(`set local statement_timeout = ${longestMigrationMs}`)
    await run({
      sql: 'select pg_advisory_xact_lock($1, hashtext($2))',
      parameters: [lock, schema ?? ''],
    } as never)
    if (schema !== null) await client.query(`create schema if not exists "${schema}"`)
    await run(createSchemaVersion(writing))
    const { rows } = await client.query<Tables['schema_version']>(readSchemaVersion(db).sql)
    for (const statement of pendingMigrations(writing, rows[0]?.version ?? 0, place)) await run(statement)
  })
}
