import { type CompiledQuery, type Kysely, sql } from 'kysely'
import { chunks } from './chunks.ts'
import { lastOfEach } from './last-of-each.ts'
import { numberOrNull, storable, storableOrNull } from './rows.ts'
import type { AuditRow } from './store.ts'
import type { AuditTableRow, Tables } from './tables.ts'

/** A repeated id replaces the earlier row, so that a batch may be tried again. */
export function addAudit(db: Kysely<Tables>, rows: readonly AuditRow[]): CompiledQuery[] {
  const last = lastOfEach(rows.map(tableRow), ({ id }) => id)
  return chunks(last).map((part) =>
    db
      .insertInto('audit')
      .values(part)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(replacement as never))
      .compile(),
  )
}

const columns = [
  'time',
  'kind',
  'actor',
  'action',
  'subject',
  'ok',
  'latency_ms',
  'details',
] as const satisfies readonly (keyof AuditTableRow)[]

const replacement = Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)]))

type AuditFilter = {
  readonly since: string | null
  readonly kind: AuditRow['kind'] | null
  readonly actor: string | null
  readonly limit: number
}

/** Newest first. */
export async function auditRows(
  db: Kysely<Tables>,
  { since, kind, actor, limit }: AuditFilter,
): Promise<readonly AuditRow[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('time', 'desc').orderBy('id', 'desc').limit(limit)
  if (since !== null) query = query.where('time', '>=', since)
  if (kind !== null) query = query.where('kind', '=', kind)
  if (actor !== null) query = query.where('actor', '=', storable(actor))
  return (await query.execute()).map(auditOf)
}

const tableRow = (row: AuditRow): AuditTableRow => ({
  id: storable(row.id),
  time: row.time,
  kind: row.kind,
  actor: storableOrNull(row.actor),
  action: storable(row.action),
  subject: storableOrNull(row.subject),
  ok: row.ok ? 1 : 0,
  latency_ms: row.latencyMs,
  details: storable(row.details),
})

const auditOf = (row: AuditTableRow): AuditRow => ({
  id: row.id,
  time: row.time,
  kind: row.kind as AuditRow['kind'],
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  ok: row.ok === 1,
  latencyMs: numberOrNull(row.latency_ms),
  details: row.details,
})
