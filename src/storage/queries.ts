// The queries of every SQL store: Kysely, in the part of SQL that SQLite and PostgreSQL share.
import { type Kysely, sql } from 'kysely'
import type { Decision, DecisionId, Outcome } from '../domain/decision.ts'
import { attemptRow, decisionOf, decisionRow, outcomeOf, outcomeRow } from './rows.ts'
import type { DecisionFilter, ReportRow, SavedState, StoredDecision } from './store.ts'
import {
  type AttemptRow,
  attemptColumns,
  type DecisionRow,
  decisionColumns,
  type OutcomeRow,
  outcomeColumns,
  type Tables,
} from './tables.ts'

// One statement may have 32,766 parameters in SQLite.
const idsPerStatement = 500

type Batch = { readonly decisions: readonly Decision[]; readonly outcomes: readonly Outcome[] }

/** The texts of the statements that append, each for one row: prepared once, they are run for every row of every batch. */
export type AppendTexts = Readonly<Record<AppendStatement, string>>
type AppendStatement = 'decision' | 'outcome' | 'forget-attempts' | 'attempt'

/** A statement to run, with its parameters. */
export type Append = { readonly statement: AppendStatement; readonly values: readonly unknown[] }

export const appendTexts = (db: Kysely<Tables>): AppendTexts => ({
  decision: upsertText(db, 'decisions', 'id', decisionColumns),
  outcome: upsertText(db, 'outcomes', 'decision', outcomeColumns),
  'forget-attempts': db.deleteFrom('attempts').where('decision', '=', '').compile().sql,
  attempt: db.insertInto('attempts').values(namesOnly(attemptColumns)).compile().sql,
})

/** `set x = excluded.x` for every column but the key: the new row replaces the old one whole. */
function upsertText(
  db: Kysely<Tables>,
  table: 'decisions' | 'outcomes',
  key: string,
  columns: readonly string[],
): string {
  const others = columns.filter((name) => name !== key)
  const replacement = Object.fromEntries(others.map((name) => [name, sql.ref(`excluded.${name}`)]))
  return db
    .insertInto(table)
    .values(namesOnly(columns))
    .onConflict((conflict) => conflict.column(key as never).doUpdateSet(replacement as never))
    .compile().sql
}

/** A row of which only the columns and their order are of use. */
const namesOnly = (columns: readonly string[]): never =>
  Object.fromEntries(columns.map((name) => [name, ''])) as never

/**
 * What appends a batch, to be run in order in one transaction. It is made before any of it is run: what can't be written
 * as JSON fails here, with nothing changed.
 */
export function appends({ decisions, outcomes }: Batch): readonly Append[] {
  const list: Append[] = []
  for (const decision of decisions)
    list.push({ statement: 'decision', values: valuesOf(decisionRow(decision), decisionColumns) })
  for (const outcome of outcomes) {
    const { decision, attempts } = outcome
    list.push({ statement: 'outcome', values: valuesOf(outcomeRow(outcome), outcomeColumns) })
    list.push({ statement: 'forget-attempts', values: [decision] })
    for (const [position, attempt] of attempts.entries()) {
      const row = attemptRow(decision, attempt, position)
      list.push({ statement: 'attempt', values: valuesOf(row, attemptColumns) })
    }
  }
  return list
}

const valuesOf = <Row>(row: Row, columns: readonly (keyof Row)[]): readonly unknown[] =>
  columns.map((name) => row[name])

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

export async function saveState(
  db: Kysely<Tables>,
  kind: string,
  { savedAt, text }: SavedState,
): Promise<void> {
  const columns = { saved_at: savedAt, value: text }
  await db
    .insertInto('state')
    .values({ kind, ...columns })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet(columns))
    .execute()
}

export async function findState(db: Kysely<Tables>, kind: string): Promise<SavedState | null> {
  const row = await db.selectFrom('state').selectAll().where('kind', '=', kind).executeTakeFirst()
  return row === undefined ? null : { savedAt: row.saved_at, text: row.value }
}

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < list.length; start += idsPerStatement)
    parts.push(list.slice(start, start + idsPerStatement))
  return parts
}
