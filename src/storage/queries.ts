// The queries of every SQL store: Kysely, in the part of SQL that SQLite and PostgreSQL share.
import { type CompiledQuery, type Insertable, type Kysely, sql } from 'kysely'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import { attemptRow, decisionOf, decisionRow, outcomeOf, outcomeRow } from './rows.ts'
import type { DecisionFilter, ReportRow, StoredDecision } from './store.ts'
import type { AttemptRow, DecisionRow, OutcomeRow, Tables } from './tables.ts'

// 18 columns at most: well under the 32,766 parameters that one SQLite statement may have.
const rowsPerStatement = 500

type Batch = { readonly decisions: readonly Decision[]; readonly outcomes: readonly Outcome[] }

/**
 * The statements that append a batch, to be run in order in one transaction. They are made before any is run: what can't
 * be written as JSON fails here, with nothing changed.
 */
export function appendStatements(db: Kysely<Tables>, batch: Batch): CompiledQuery[] {
  const decisions = lastOfEach(batch.decisions, ({ id }) => id)
  const outcomes = lastOfEach(batch.outcomes, ({ decision }) => decision)
  return [
    ...chunks(decisions.map(decisionRow)).map((rows) => upsert(db, 'decisions', 'id', rows)),
    ...chunks(outcomes.map(outcomeRow)).map((rows) => upsert(db, 'outcomes', 'decision', rows)),
    ...replaceAttempts(db, outcomes),
  ]
}

/** `set x = excluded.x` for every column but the key: the new row replaces the old one whole. */
function upsert<Table extends 'decisions' | 'outcomes'>(
  db: Kysely<Tables>,
  table: Table,
  key: string,
  rows: readonly Insertable<Tables[Table]>[],
): CompiledQuery {
  const columns = Object.keys(rows[0]!).filter((name) => name !== key)
  const replacement = Object.fromEntries(columns.map((name) => [name, sql.ref(`excluded.${name}`)]))
  return db
    .insertInto(table)
    .values(rows)
    .onConflict((conflict) => conflict.column(key as never).doUpdateSet(replacement as never))
    .compile()
}

function replaceAttempts(db: Kysely<Tables>, outcomes: readonly Outcome[]): CompiledQuery[] {
  const ids = outcomes.map(({ decision }) => decision)
  const rows = outcomes.flatMap(({ decision, attempts }) =>
    attempts.map((attempt, position) => attemptRow(decision, attempt, position)),
  )
  return [
    ...chunks(ids).map((part) => db.deleteFrom('attempts').where('decision', 'in', part).compile()),
    ...chunks(rows).map((part) => db.insertInto('attempts').values(part).compile()),
  ]
}

export async function findDecision(db: Kysely<Tables>, id: DecisionId): Promise<StoredDecision | null> {
  const row = await db.selectFrom('decisions').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  return (await withOutcomes(db, [row]))[0] ?? null
}

export async function listDecisions(
  db: Kysely<Tables>,
  { since, policy, limit }: DecisionFilter,
): Promise<readonly StoredDecision[]> {
  let query = db
    .selectFrom('decisions')
    .selectAll()
    .orderBy('time', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (since !== null) query = query.where('time', '>=', since)
  if (policy !== null) query = query.where('policy', '=', policy)
  return withOutcomes(db, await query.execute())
}

async function withOutcomes(db: Kysely<Tables>, rows: readonly DecisionRow[]): Promise<StoredDecision[]> {
  const outcomes = new Map<string, OutcomeRow>()
  const attempts = new Map<string, AttemptRow[]>()
  for (const ids of chunks(rows.map(({ id }) => id))) {
    const found = await db.selectFrom('outcomes').selectAll().where('decision', 'in', ids).execute()
    for (const row of found) outcomes.set(row.decision, row)
    const calls = db.selectFrom('attempts').selectAll().where('decision', 'in', ids).orderBy('position')
    for (const row of await calls.execute())
      attempts.set(row.decision, [...(attempts.get(row.decision) ?? []), row])
  }
  return rows.map((row) => {
    const outcome = outcomes.get(row.id)
    return {
      decision: decisionOf(row),
      outcome: outcome ? outcomeOf(outcome, attempts.get(row.id) ?? []) : null,
    }
  })
}

/**
 * A decision counts for the model that answered, else for the chosen one; `none` where there was neither.
 * A decision without an outcome is under way or was never served: it has no cost, known or not.
 * Latency is that of answered decisions: a fast failure is not speed.
 */
export async function reportRows(
  db: Kysely<Tables>,
  { since }: { readonly since: string | null },
): Promise<readonly ReportRow[]> {
  let query = db
    .selectFrom('decisions as d')
    .leftJoin('outcomes as o', 'o.decision', 'd.id')
    .select((e) => [
      'd.policy as policy',
      e.fn.coalesce('o.model', 'd.chosen').as('model'),
      e.fn.countAll().as('decisions'),
      sql<number>`sum(case when o.status = 'answered' then 1 else 0 end)`.as('answered'),
      sql<number>`sum(case when o.status = 'failed' then 1 else 0 end)`.as('failed'),
      sql<number>`sum(case when o.model <> d.chosen then 1 else 0 end)`.as('fallbacks'),
      sql<number>`sum(coalesce(o.input_tokens, 0))`.as('input_tokens'),
      sql<number>`sum(coalesce(o.output_tokens, 0))`.as('output_tokens'),
      sql<number>`sum(coalesce(o.micro_usd, 0))`.as('micro_usd'),
      sql<number>`sum(case when o.decision is not null and o.micro_usd is null then 1 else 0 end)`.as(
        'unpriced',
      ),
      sql<number | null>`avg(case when o.status = 'answered' then o.latency_ms end)`.as('mean_latency_ms'),
    ])
    .groupBy((e) => ['d.policy', e.fn.coalesce('o.model', 'd.chosen')])
    .orderBy('d.policy')
    .orderBy((e) => e.fn.coalesce('o.model', 'd.chosen'))
  if (since !== null) query = query.where('d.time', '>=', since)
  const rows = await query.execute()
  return rows.map((row) => ({
    policy: row.policy,
    model: row.model ?? 'none',
    decisions: Number(row.decisions),
    answered: Number(row.answered),
    failed: Number(row.failed),
    fallbacks: Number(row.fallbacks),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    microUsd: Number(row.micro_usd),
    unpriced: Number(row.unpriced),
    meanLatencyMs: Number(row.mean_latency_ms ?? 0),
  }))
}

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < list.length; start += rowsPerStatement)
    parts.push(list.slice(start, start + rowsPerStatement))
  return parts
}

// One statement may not touch a row twice in PostgreSQL; the later of two rows with one key is the one that counts.
const lastOfEach = <T>(list: readonly T[], key: (member: T) => string): T[] => [
  ...new Map(list.map((member) => [key(member), member])).values(),
]
