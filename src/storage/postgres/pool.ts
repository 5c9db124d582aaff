import pg from 'pg'
import type { PostgresAddress } from './address.ts'

type PoolOptions = {
  readonly poolSize: number
  readonly statementTimeoutMs: number
}

/** How long a client may wait for its connection, and for one that is free. */
const connectionTimeoutMs = 5_000
/** The server ends a statement that takes too long; if even that word doesn't come, the connection is given up. */
const networkGraceMs = 5_000

/** Connections that never bring the process down: what is wrong with one shows in what is asked of it. */
export function createPool(
  { connection, schema }: PostgresAddress,
  { poolSize, statementTimeoutMs }: PoolOptions,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: connection,
    max: poolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + networkGraceMs,
    keepAlive: true,
    application_name: 'fairlead',
    ...(schema !== null && { options: `-c search_path=${schema}` }),
  })
  // Of an idle connection, and of one in use between two statements: either would end the process if nobody listened.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Uses one connection; one that may still be busy with a statement that was given up is closed, not used again. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let givenUp = false
  try {
    return await work(client)
  } catch (error) {
    givenUp = isGivenUp(error)
    throw error
  } finally {
    client.release(givenUp)
  }
}

const isGivenUp = (error: unknown): boolean => error instanceof Error && /read timeout/i.test(error.message)

/** All or nothing. */
export const inTransaction = <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
  withClient(pool, async (client) => {
    await client.query('begin')
    try {
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      // Where the connection is gone, so is the transaction, and the first error is the one that tells.
      if (!isGivenUp(error)) await client.query('rollback').catch(() => {})
      throw error
    }
  })

/** The pool as Kysely uses it, with the same care. */
export const kyselyPool = (pool: pg.Pool) => ({
  connect: async () => {
    const client = await pool.connect()
    let givenUp = false
    return {
      query: async (text: string, values: readonly unknown[]) => {
        try {
          return await client.query(text, [...values])
        } catch (error) {
          givenUp ||= isGivenUp(error)
          throw error
        }
      },
      release: () => client.release(givenUp),
    }
  },
  end: () => pool.end(),
})
