import type { CompiledQuery, Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** What the queries need of a database. */
export type SqlConnection = {
  /** Reads, and makes the statements that are written. */
  readonly db: Kysely<Tables>
  /** Reads what may take long: all that searches or adds up the log. */
  readonly searches: Kysely<Tables>
  /** Runs the statements in order in one transaction: all or nothing. How many rows each of them changed. */
  readonly write: (statements: readonly CompiledQuery[]) => Promise<readonly number[]>
}

/** How many rows one statement changed. */
export async function writeOne(
  { write }: Pick<SqlConnection, 'write'>,
  statement: CompiledQuery,
): Promise<number> {
  const [changed = 0] = await write([statement])
  return changed
}
