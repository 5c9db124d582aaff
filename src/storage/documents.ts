import { type CompiledQuery, type Kysely, sql } from 'kysely'
import { storable } from './rows.ts'
import type { Document, SavedState } from './store.ts'
import type { DocumentRow, Tables } from './tables.ts'

export function saveState(db: Kysely<Tables>, kind: string, { savedAt, text }: SavedState): CompiledQuery {
  const columns = { saved_at: savedAt, value: storable(text) }
  return db
    .insertInto('state')
    .values({ kind, ...columns })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet(columns))
    .compile()
}

export async function findState(db: Kysely<Tables>, kind: string): Promise<SavedState | null> {
  const row = await db.selectFrom('state').selectAll().where('kind', '=', kind).executeTakeFirst()
  return row === undefined ? null : { savedAt: row.saved_at, text: row.value }
}

/** Versions of one document that are kept. */
export const keptVersions = 200

/**
 * The first statement changes a row if `after` is the version now, and none if it is not. Of two that go from one version at
 * once, one finds the row of the other: the key of the table decides.
 */
export function putDocument(db: Kysely<Tables>, document: Document, after: number): CompiledQuery[] {
  const { kind, id, version, changedAt, text } = document
  if (version !== after + 1)
    throw new RangeError(`The version after ${after} is ${after + 1}, not ${version}: ${kind} ${id}.`)
  const [storedKind, storedId] = [storable(kind), storable(id)]
  const put = sql`insert into documents (kind, id, version, changed_at, value)
    select cast(${storedKind} as text), cast(${storedId} as text), cast(${version} as integer),
      cast(${changedAt} as text), cast(${storable(text)} as text)
    where (select coalesce(max(version), 0) from documents where kind = ${storedKind} and id = ${storedId})
      = cast(${after} as integer)
    on conflict do nothing`
  const forget = db
    .deleteFrom('documents')
    .where('kind', '=', storedKind)
    .where('id', '=', storedId)
    .where(
      'version',
      '<=',
      // By what is there, not by what was to be put: that may have been refused.
      sql<number>`(select max(n.version) from documents as n where n.kind = ${storedKind} and n.id = ${storedId})
        - cast(${keptVersions} as integer)`,
    )
  return [put.compile(db), ...(version > keptVersions ? [forget.compile()] : [])]
}

export async function findDocument(db: Kysely<Tables>, kind: string, id: string): Promise<Document | null> {
  return (await documentHistory(db, kind, id, 1))[0] ?? null
}

/** The newest version of each, by id. */
export async function listDocuments(db: Kysely<Tables>, kind: string): Promise<readonly Document[]> {
  const rows = await db
    .selectFrom('documents as d')
    .selectAll('d')
    .where('d.kind', '=', storable(kind))
    .where(
      sql<boolean>`d.version = (select max(n.version) from documents as n where n.kind = d.kind and n.id = d.id)`,
    )
    .orderBy('d.id')
    .execute()
  return rows.map(documentOf)
}

/** Newest first. */
export async function documentHistory(
  db: Kysely<Tables>,
  kind: string,
  id: string,
  limit: number,
): Promise<readonly Document[]> {
  const rows = await db
    .selectFrom('documents')
    .selectAll()
    .where('kind', '=', storable(kind))
    .where('id', '=', storable(id))
    .orderBy('version', 'desc')
    .limit(limit)
    .execute()
  return rows.map(documentOf)
}

const documentOf = ({ kind, id, version, changed_at, value }: DocumentRow): Document => ({
  kind,
  id,
  version,
  changedAt: changed_at,
  text: value,
})
