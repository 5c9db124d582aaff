import type { Point } from './cost-quality.ts'
import type { OutcomeTable } from './table.ts'

/** A router or a control: one choice of model (its place in the pool) per row, at each of its settings. */
export type Curve = {
  readonly name: string
  /** In the order of growing spending; a single setting is a point. */
  readonly choices: readonly Uint16Array[]
}

/** A curve's outcomes: the first setting's cells, and what each further setting changes. */
type Realised = {
  readonly quality: Float64Array
  readonly costUsd: Float64Array
  readonly steps: readonly Changes[]
}
type Changes = {
  readonly rows: Int32Array
  readonly quality: Float64Array
  readonly costUsd: Float64Array
}

/** Mean cost and quality at each setting, for rows counted `weights` times each. */
export type CurveMeans = (weights: Float64Array) => Point[]

/**
 * Neighbouring settings choose alike on most rows, so only the differences are summed: a resample costs about
 * rows x switches instead of rows x settings.
 */
export function curveMeans({ choices }: Curve, table: OutcomeTable): CurveMeans {
  const realised = realise(choices, table)
  return (weights) => {
    let total = 0
    let quality = 0
    let costUsd = 0
    for (let row = 0; row < weights.length; row++) {
      const weight = weights[row]!
      total += weight
      quality += weight * realised.quality[row]!
      costUsd += weight * realised.costUsd[row]!
    }
    const points: Point[] = [{ costUsd: costUsd / total, quality: quality / total }]
    for (const step of realised.steps) {
      for (let change = 0; change < step.rows.length; change++) {
        const weight = weights[step.rows[change]!]!
        quality += weight * step.quality[change]!
        costUsd += weight * step.costUsd[change]!
      }
      points.push({ costUsd: costUsd / total, quality: quality / total })
    }
    return points
  }
}

function realise(choices: readonly Uint16Array[], table: OutcomeTable): Realised {
  const models = table.pool.length
  const first = choices[0]!
  const cellsOf = (cells: Float64Array) =>
    Float64Array.from(first, (model, row) => cells[row * models + model]!)
  const steps = choices.slice(1).map((next, index) => changes(choices[index]!, next, table))
  return { quality: cellsOf(table.quality), costUsd: cellsOf(table.costUsd), steps }
}

function changes(before: Uint16Array, after: Uint16Array, table: OutcomeTable): Changes {
  const models = table.pool.length
  const rows: number[] = []
  for (let row = 0; row < after.length; row++) if (before[row] !== after[row]) rows.push(row)
  const difference = (cells: Float64Array) =>
    Float64Array.from(rows, (row) => cells[row * models + after[row]!]! - cells[row * models + before[row]!]!)
  return {
    rows: Int32Array.from(rows),
    quality: difference(table.quality),
    costUsd: difference(table.costUsd),
  }
}

/** All rows to one model. */
export const constantChoice = (rows: number, model: number): Uint16Array => new Uint16Array(rows).fill(model)

/** Share of calls that each model gets at one setting. */
export function sharesOf(choices: Uint16Array, models: number): number[] {
  const calls = new Array<number>(models).fill(0)
  for (const model of choices) calls[model]! += 1
  return calls.map((count) => count / choices.length)
}
