import type { CompiledQuery, Kysely } from 'kysely'
import { storable } from './rows.ts'
import type { KeptReply } from './store.ts'
import type { KeptReplyRow, Tables } from './tables.ts'

export function keepReply(db: Kysely<Tables>, reply: KeptReply): CompiledQuery {
  const columns = {
    previous: reply.previous,
    kept_at: reply.keptAt,
    expires_at: reply.expiresAt,
    value: storable(reply.text),
  }
  return db
    .insertInto('kept_replies')
    .values({ id: storable(reply.id), ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .compile()
}

export async function findReply(db: Kysely<Tables>, id: string, now: string): Promise<KeptReply | null> {
  const row = await db
    .selectFrom('kept_replies')
    .selectAll()
    .where('id', '=', storable(id))
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

export const forgetReply = (db: Kysely<Tables>, id: string): CompiledQuery =>
  db.deleteFrom('kept_replies').where('id', '=', storable(id)).compile()

export const forgetExpired = (db: Kysely<Tables>, now: string): CompiledQuery =>
  db.deleteFrom('kept_replies').where('expires_at', '<=', now).compile()
