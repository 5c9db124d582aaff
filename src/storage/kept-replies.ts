import type { Kysely } from 'kysely'
import type { KeptReply } from './store.ts'
import type { KeptReplyRow, Tables } from './tables.ts'

export async function keepReply(db: Kysely<Tables>, reply: KeptReply): Promise<void> {
  const columns = {
    previous: reply.previous,
    kept_at: reply.keptAt,
    expires_at: reply.expiresAt,
    value: reply.text,
  }
  await db
    .insertInto('kept_replies')
    .values({ id: reply.id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute()
}

export async function findReply(db: Kysely<Tables>, id: string, now: string): Promise<KeptReply | null> {
  const row = await db
    .selectFrom('kept_replies')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row === undefined ? null : replyOf(row)
}

const replyOf = ({ id, previous, kept_at, expires_at, value }: KeptReplyRow): KeptReply => ({
  id,
  previous,
  keptAt: kept_at,
  expiresAt: expires_at,
  text: value,
})

/** False: there was none. */
export async function forgetReply(db: Kysely<Tables>, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('kept_replies').where('id', '=', id).executeTakeFirst()
  return Number(numDeletedRows) > 0
}

export async function forgetExpired(db: Kysely<Tables>, now: string): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('kept_replies')
    .where('expires_at', '<=', now)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
