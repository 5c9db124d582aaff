import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CompiledQuery, type Kysely, sql } from 'kysely'
import { chunks } from './chunks.ts'
import { type SqlConnection, writeOne } from './sql-connection.ts'
import type { Tables } from './tables.ts'

/** Short, so that SQLite, which writes on the thread of the event loop, holds it up for some milliseconds only. */
const decisionsPerTransaction = 100

/**
 * The oldest decisions go first, each with all that hangs on it in one transaction. Once none of them is left, feedback on
 * sessions and audit rows of before that time go as well, so many at a time.
 */
export async function forgetBefore(connection: SqlConnection, time: string, most: number): Promise<number> {
  if (most < 1) return 0
  const { db } = connection
  const old = db.selectFrom('decisions').select('id').where('time', '<', time)
  const rows = await old.orderBy('time').orderBy('id').limit(most).execute()
  let forgotten = 0
  for (const ids of chunks(
    rows.map(({ id }) => id),
    decisionsPerTransaction,
  )) {
    const changed = await connection.write(forgetDecisions(db, ids))
    forgotten += changed.at(-1)!
    await nextTurn()
  }
  if (rows.length < most) {
    await untilNoneIsLeft(connection, most, forgetFeedback(db, time, most))
    await untilNoneIsLeft(connection, most, forgetAudit(db, time, most))
  }
  return forgotten
}

const forgetDecisions = (db: Kysely<Tables>, ids: readonly string[]): CompiledQuery[] => [
  db.deleteFrom('attempts').where('decision', 'in', ids).compile(),
  db.deleteFrom('outcomes').where('decision', 'in', ids).compile(),
  db.deleteFrom('decision_tags').where('decision', 'in', ids).compile(),
  db.deleteFrom('feedback').where('about', 'in', ids).where('about_kind', '=', 'decision').compile(),
  db.deleteFrom('decisions').where('id', 'in', ids).compile(),
]

/** On sessions, episodes, and decisions that are gone. */
const forgetFeedback = (db: Kysely<Tables>, time: string, most: number): CompiledQuery =>
  sql`delete from feedback where id in (
    select f.id from feedback as f
    where f.at < ${time} and (f.about_kind <> 'decision'
      or not exists (select 1 from decisions as d where d.id = f.about))
    order by f.at limit ${most})`.compile(db)

const forgetAudit = (db: Kysely<Tables>, time: string, most: number): CompiledQuery =>
  sql`delete from audit where id in (
    select a.id from audit as a where a.time < ${time} order by a.time limit ${most})`.compile(db)

async function untilNoneIsLeft(
  connection: SqlConnection,
  most: number,
  statement: CompiledQuery,
): Promise<void> {
  while ((await writeOne(connection, statement)) === most) await nextTurn()
}
