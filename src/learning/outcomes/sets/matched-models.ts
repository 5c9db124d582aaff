/** Which models of an outcome set can be set beside each other as a policy would choose among them, and why others can't. */

import type { SetModel } from '../../../domain/measured-frontier.ts'
import type { Model } from '../../../domain/model.ts'
import type { Costing } from '../costing.ts'
import type { OutcomeRow } from '../outcome-row.ts'

/** A model that takes part, by its name in the set. */
export type Member = { readonly name: string; readonly model: Model }

export type Matched = {
  readonly members: readonly Member[]
  /** Names of the set, those that take part first. */
  readonly set: readonly SetModel[]
}

/** A model must have been run on this share of the rows that any of the pool was run on; each row must have all that take part. */
const leastCoverage = 0.9
/** Names of a set, whatever stands in its file. */
const mostListed = 500

type Column = { readonly name: string; rows: number; costed: number }

export type Matching = {
  readonly pool: readonly Model[]
  /** By names in small letters. */
  readonly known: ReadonlyMap<string, Model>
}

/** As the catalogue does: by id, by the vendor's own name or by alias; capitals don't matter. */
export const identifyBy =
  (known: Matching['known']) =>
  (name: string): Model | null =>
    known.get(name.trim().toLowerCase()) ?? null

export function matchModels(
  rows: readonly OutcomeRow[],
  costing: Costing,
  { pool, known }: Matching,
): Matched {
  const identify = identifyBy(known)
  const inPool = new Set(pool.map(({ id }) => id))
  const idOf = (name: string) => identify(name)?.id ?? null
  const isMeant = (name: string): boolean => {
    const id = idOf(name)
    return id !== null && inPool.has(id)
  }
  const total = rows.filter(({ outcomes }) => [...outcomes.keys()].some(isMeant)).length
  // Of several names of one model the one that was run most often is meant.
  const columns = columnsOf(rows, costing).sort((a, b) => b.costed - a.costed || (a.name < b.name ? -1 : 1))
  const taken = new Map<string, string>()
  const leftOut = ({ name, rows: run, costed }: Column): string | null => {
    const id = idOf(name)
    if (id === null) return 'the catalogue has no model of this name'
    if (!inPool.has(id)) return 'the policy does not choose among it'
    if (run < leastCoverage * total) return `was run on ${percent(run / total)} of the rows only`
    if (costed < leastCoverage * total)
      return 'has no cost: neither dollars nor a length of answers and a price'
    const other = taken.get(id)
    if (other !== undefined) return `is ${id}, as is ${other}`
    taken.set(id, name)
    return null
  }
  const set = columns.map((column) => ({
    name: column.name,
    id: idOf(column.name),
    leftOut: leftOut(column),
  }))
  const members = set.flatMap(({ name, leftOut: why }) => {
    const model = why === null ? identify(name) : null
    return model === null ? [] : [{ name, model }]
  })
  return { members, set: [...set].sort((a, b) => rank(a) - rank(b)).slice(0, mostListed) }
}

/** Those that take part, those that might have, those that mean nothing here. */
const rank = ({ id, leftOut }: SetModel): number => (leftOut === null ? 0 : id === null ? 2 : 1)

function columnsOf(rows: readonly OutcomeRow[], costing: Costing): Column[] {
  const columns = new Map<string, Column>()
  for (const row of rows)
    for (const name of row.outcomes.keys()) {
      const column = columns.get(name) ?? { name, rows: 0, costed: 0 }
      columns.set(name, column)
      column.rows++
      if (costing.costOf(row, name) !== null) column.costed++
    }
  return [...columns.values()]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
