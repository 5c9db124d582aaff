import type { CostBasis, Costing } from '../outcomes/costing.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'

/** Rows x pool, dense and row-major: cell (row, model) stands at `row * pool.length + model`. */
export type OutcomeTable = {
  readonly rows: readonly OutcomeRow[]
  readonly pool: readonly string[]
  readonly quality: Float64Array
  /** Dollars; all NaN when the pool is compared on quality only. */
  readonly costUsd: Float64Array
  /** Rows left out: a model of the pool was not run on them, or its cost there is not known. */
  readonly dropped: { readonly missing: number; readonly uncosted: number }
  /** Number of cells by where their dollars come from. */
  readonly costBasis: Readonly<Record<CostBasis, number>>
}

/** `costing: null` compares on quality only: then no row is dropped for want of a cost. */
export function buildTable(
  rows: readonly OutcomeRow[],
  pool: readonly string[],
  costing: Costing | null,
): OutcomeTable {
  const kept: OutcomeRow[] = []
  const quality = new Float64Array(rows.length * pool.length)
  const costUsd = new Float64Array(rows.length * pool.length).fill(Number.NaN)
  const dropped = { missing: 0, uncosted: 0 }
  const costBasis = { billed: 0, 'reported tokens': 0, 'estimated tokens': 0 }
  for (const row of rows) {
    if (!pool.every((model) => row.outcomes.has(model))) {
      dropped.missing++
      continue
    }
    const costs = costing && pool.map((model) => costing.costOf(row, model))
    if (costs?.includes(null)) {
      dropped.uncosted++
      continue
    }
    const start = kept.length * pool.length
    pool.forEach((model, index) => {
      quality[start + index] = row.outcomes.get(model)!.score
      const cost = costs?.[index]
      if (!cost) return
      costUsd[start + index] = cost.usd
      costBasis[cost.basis]++
    })
    kept.push(row)
  }
  const cells = kept.length * pool.length
  return {
    rows: kept,
    pool,
    quality: quality.slice(0, cells),
    costUsd: costUsd.slice(0, cells),
    dropped,
    costBasis,
  }
}

/** Mean of each model's column. */
export function columnMeans(cells: Float64Array, models: number): Float64Array {
  const means = new Float64Array(models)
  const rows = cells.length / models
  for (let cell = 0; cell < cells.length; cell++) means[cell % models]! += cells[cell]! / rows
  return means
}
