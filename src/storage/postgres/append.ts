import type { Kysely } from 'kysely'
import type pg from 'pg'
import { type AppendPlan, type AppendTable, appendOrder, insertText, type RowValues } from '../append.ts'
import type { Tables } from '../tables.ts'

/**
 * Statements for so many rows each: few enough that every connection keeps them all prepared, and a batch of any length is a
 * handful of them. The largest has 64 * 28 parameters; PostgreSQL takes 65,535.
 */
const rowsPerStatement = [64, 16, 4, 1]

type Statement = { readonly name: string; readonly text: string }

/** Runs a plan within a transaction of the client's. */
export function appender(db: Kysely<Tables>): (client: pg.ClientBase, plan: AppendPlan) => Promise<void> {
  const inserts = new Map<string, Statement>()
  for (const table of appendOrder)
    for (const rows of rowsPerStatement) {
      const name = nameOf(table, rows)
      inserts.set(name, { name, text: insertText(db, table, rows) })
    }
  return async (client, { rows, decisionIds, outcomeIds }) => {
    if (decisionIds.length > 0) await client.query({ ...forgetTags, values: [decisionIds] })
    if (outcomeIds.length > 0) await client.query({ ...forgetAttempts, values: [outcomeIds] })
    for (const table of appendOrder)
      for (const part of parts(rows[table])) {
        const statement = inserts.get(nameOf(table, part.length))!
        await client.query({ ...statement, values: part.flat() })
      }
  }
}

const nameOf = (table: AppendTable, rows: number): string => `fairlead-${table}-${rows}`

const forget = (table: AppendTable): Statement => ({
  name: `fairlead-forget-${table}`,
  text: `delete from ${table} where decision = any($1::text[])`,
})
const forgetTags = forget('decision_tags')
const forgetAttempts = forget('attempts')

/** Parts of lengths that there is a statement for, the longest first. */
function parts(rows: readonly RowValues[]): (readonly RowValues[])[] {
  const found: (readonly RowValues[])[] = []
  let start = 0
  for (const length of rowsPerStatement)
    for (; rows.length - start >= length; start += length) found.push(rows.slice(start, start + length))
  return found
}
