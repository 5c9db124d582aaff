// What is read of decisions, for every SQL store: Kysely, in the part of SQL that SQLite and PostgreSQL share.
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { DecisionId } from '../domain/decision.ts'
import { chunks } from './chunks.ts'
import { decisionOf, indexable, outcomeOf, storable } from './rows.ts'
import type { DecisionFilter, StoredDecision } from './store.ts'
import type { AttemptRow, DecisionRow, OutcomeRow, Tables } from './tables.ts'

export async function findDecision(db: Kysely<Tables>, id: DecisionId): Promise<StoredDecision | null> {
  const row = await db.selectFrom('decisions').selectAll().where('id', '=', storable(id)).executeTakeFirst()
  if (row === undefined) return null
  return (await withOutcomes(db, [row]))[0] ?? null
}

export async function listDecisions(
  db: Kysely<Tables>,
  filter: DecisionFilter,
): Promise<readonly StoredDecision[]> {
  const rows = await page(db, filter).selectAll('d').execute()
  return withOutcomes(db, rows)
}

export async function countDecisions(db: Kysely<Tables>, filter: MatchingFilter): Promise<number> {
  const row = await matching(db, filter)
    .select((e) => e.fn.countAll().as('decisions'))
    .executeTakeFirstOrThrow()
  return Number(row.decisions)
}

/** A filter without its page. */
export type MatchingFilter = Omit<DecisionFilter, 'limit' | 'after'>

/** Decisions as `d` with their outcomes, where there are any, as `o`. */
export const matching = (db: Kysely<Tables>, filter: MatchingFilter) =>
  db
    .selectFrom('decisions as d')
    .leftJoin('outcomes as o', 'o.decision', 'd.id')
    .where((e) => e.and(conditions(filter)))

/** A page of them, newest first. */
export const page = (db: Kysely<Tables>, filter: DecisionFilter) =>
  matching(db, filter)
    .where(after(filter))
    .orderBy('d.time', 'desc')
    .orderBy('d.id', 'desc')
    .limit(filter.limit)

/** The model that a decision counts for. */
export const countedModel = sql<string | null>`coalesce(o.model, d.chosen)`

/** Columns of a decision that hold for one value of a filter. */
const columnOf = {
  policy: 'd.policy',
  status: 'o.status',
  key: 'd.caller_key',
  team: 'd.caller_team',
  project: 'd.caller_project',
  user: 'd.caller_user',
  session: 'd.session',
  episode: 'd.episode',
  queryHash: 'd.query_hash',
  experiment: 'd.experiment',
} as const satisfies Partial<Record<keyof MatchingFilter, string>>

function conditions(filter: MatchingFilter): RawBuilder<SqlBool>[] {
  const { since, until, model, tag, text } = filter
  const list: RawBuilder<SqlBool>[] = []
  if (since !== null) list.push(sql`d.time >= ${since}`)
  if (until != null) list.push(sql`d.time < ${until}`)
  for (const [name, column] of Object.entries(columnOf)) {
    const value = filter[name as keyof typeof columnOf]
    if (value != null) list.push(sql`${sql.ref(column)} = ${storableAs(name, value)}`)
  }
  if (model != null) list.push(sql`${countedModel} = ${storable(model)}`)
  if (tag != null)
    list.push(
      sql`exists (select 1 from decision_tags as t where t.decision = d.id and t.tag = ${indexable(tag)})`,
    )
  if (text != null && text !== '') list.push(contains(text))
  return list
}

const storableAs = (name: string, value: string): string =>
  name === 'session' || name === 'episode' ? indexable(value) : storable(value)

const searched = ['d.id', 'd.policy', 'd.chosen', 'o.model', 'd.because'] as const

/** Databases agree on the lower case of ASCII only; other letters are compared as they are. */
function contains(text: string): RawBuilder<SqlBool> {
  const lowered = storable(text).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const pattern = `%${lowered.replace(/[\\%_]/g, '\\$&')}%`
  const either = searched.map((column) => sql`lower(${sql.ref(column)}) like ${pattern} escape '\\'`)
  return sql`(${sql.join(either, sql` or `)})`
}

/** What comes after the last row of the page before, newest first. */
export const after = ({ after: last }: Pick<DecisionFilter, 'after'>): RawBuilder<SqlBool> =>
  last == null ? sql`1 = 1` : sql`(d.time, d.id) < (${last.time}, ${storable(last.id)})`

async function withOutcomes(db: Kysely<Tables>, rows: readonly DecisionRow[]): Promise<StoredDecision[]> {
  const ids = rows.map(({ id }) => id)
  const attempts = await attemptsOf(db, ids)
  const outcomes = new Map<string, OutcomeRow>()
  for (const part of chunks(ids)) {
    const found = await db.selectFrom('outcomes').selectAll().where('decision', 'in', part).execute()
    for (const row of found) outcomes.set(row.decision, row)
  }
  return rows.map((row) => {
    const outcome = outcomes.get(row.id)
    return {
      decision: decisionOf(row),
      outcome: outcome ? outcomeOf(outcome, attempts.get(row.id) ?? []) : null,
    }
  })
}

/** Those of each decision in order. */
export async function attemptsOf(
  db: Kysely<Tables>,
  decisions: readonly string[],
): Promise<ReadonlyMap<string, readonly AttemptRow[]>> {
  const attempts = new Map<string, AttemptRow[]>()
  for (const ids of chunks(decisions)) {
    const rows = db.selectFrom('attempts').selectAll().where('decision', 'in', ids).orderBy('position')
    for (const row of await rows.execute()) {
      const list = attempts.get(row.decision)
      if (list) list.push(row)
      else attempts.set(row.decision, [row])
    }
  }
  return attempts
}
