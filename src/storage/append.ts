// What appends decisions and outcomes: the hot path of every store. Rows are made here, each store runs its own statements over them.
import { type Kysely, sql } from 'kysely'
import type { Decision, Outcome } from '../domain/decision.ts'
import { attemptRow, decisionRow, outcomeRow, tagRows } from './rows.ts'
import { attemptColumns, decisionColumns, outcomeColumns, type Tables, tagColumns } from './tables.ts'

type Batch = { readonly decisions: readonly Decision[]; readonly outcomes: readonly Outcome[] }

export type AppendTable = 'decisions' | 'decision_tags' | 'outcomes' | 'attempts'

/** Of one row, in the order of the table's columns. */
export type RowValues = readonly unknown[]

/** Of several rows with one id in a batch only the last is here. */
export type AppendPlan = {
  readonly rows: Readonly<Record<AppendTable, readonly RowValues[]>>
  /** Rows of `decision_tags` and of `attempts` that belong to these go first: they may be there from an earlier append. */
  readonly decisionIds: readonly string[]
  readonly outcomeIds: readonly string[]
  readonly count: number
}

/** Each after what it belongs to. */
export const appendOrder = ['decisions', 'decision_tags', 'outcomes', 'attempts'] as const

const columnsOf = {
  decisions: decisionColumns,
  decision_tags: tagColumns,
  outcomes: outcomeColumns,
  attempts: attemptColumns,
} as const satisfies Record<AppendTable, readonly string[]>

/** It is made before any of it is run: what can't be written as JSON fails here, with nothing changed. */
export function appendPlan({ decisions, outcomes }: Batch): AppendPlan {
  const decided = new Map<string, { row: RowValues; tags: readonly RowValues[] }>()
  for (const decision of decisions) {
    const row = decisionRow(decision)
    decided.delete(row.id)
    const tags = tagRows(decision).map((tag) => valuesOf(tag, tagColumns))
    decided.set(row.id, { row: valuesOf(row, decisionColumns), tags })
  }
  const finished = new Map<string, { row: RowValues; attempts: readonly RowValues[] }>()
  for (const outcome of outcomes) {
    const row = outcomeRow(outcome)
    finished.delete(row.decision)
    const attempts = outcome.attempts.map((attempt, position) =>
      valuesOf(attemptRow(outcome.decision, attempt, position), attemptColumns),
    )
    finished.set(row.decision, { row: valuesOf(row, outcomeColumns), attempts })
  }
  const rows = {
    decisions: Array.from(decided.values(), ({ row }) => row),
    decision_tags: Array.from(decided.values(), ({ tags }) => tags).flat(),
    outcomes: Array.from(finished.values(), ({ row }) => row),
    attempts: Array.from(finished.values(), ({ attempts }) => attempts).flat(),
  }
  return {
    rows,
    decisionIds: [...decided.keys()],
    outcomeIds: [...finished.keys()],
    count: appendOrder.reduce((total, table) => total + rows[table].length, 0),
  }
}

const valuesOf = <Row>(row: Row, columns: readonly (keyof Row)[]): RowValues =>
  columns.map((name) => row[name])

/** Inserts so many rows with one statement; of decisions and outcomes a new row replaces the old one whole. */
export function insertText(db: Kysely<Tables>, table: AppendTable, rowCount = 1): string {
  const columns = columnsOf[table]
  // Only the columns and their order are of use.
  const row = Object.fromEntries(columns.map((name) => [name, '']))
  const insert = db.insertInto(table).values(Array.from({ length: rowCount }, () => row) as never)
  const key = table === 'decisions' ? 'id' : table === 'outcomes' ? 'decision' : null
  if (key === null) return insert.compile().sql
  const others = columns.filter((name) => name !== key)
  const replacement = Object.fromEntries(others.map((name) => [name, sql.ref(`excluded.${name}`)]))
  return insert
    .onConflict((conflict) => conflict.column(key as never).doUpdateSet(replacement as never))
    .compile().sql
}
