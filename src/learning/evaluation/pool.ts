import type { Costing } from '../outcomes/costing.ts'
import type { OutcomeRow } from '../outcomes/outcome-row.ts'

/** The models that are compared, and why those. */
export type Pool = {
  readonly models: readonly string[]
  /** False: some model cannot be costed, so that only quality is compared. */
  readonly priced: boolean
  readonly notes: readonly string[]
}

export type PoolResult =
  | { readonly kind: 'pool'; readonly pool: Pool }
  | { readonly kind: 'impossible'; readonly problem: string; readonly remedy: string }

export type PoolRequest = { readonly models: readonly string[] | null; readonly exclude: readonly string[] }

/** A model must have been run (and costed) on this share of the rows to be chosen unasked. */
const leastCoverage = 0.9
const largestPool = 12
const bestKept = 8

type Column = {
  readonly model: string
  readonly coverage: number
  readonly costedCoverage: number
  readonly quality: number
  readonly costUsd: number
}

export function choosePool(rows: readonly OutcomeRow[], costing: Costing, request: PoolRequest): PoolResult {
  const columns = columnsOf(rows, costing)
  const known = new Set(columns.map(({ model }) => model))
  const unknown = [...(request.models ?? []), ...request.exclude].filter((model) => !known.has(model))
  if (unknown.length > 0) {
    return {
      kind: 'impossible',
      problem: `No row has an outcome of ${unknown.join(', ')}`,
      remedy: `The models are: ${[...known].sort().join(', ')}.`,
    }
  }
  const allowed = columns.filter(({ model }) => !request.exclude.includes(model))
  const pool = request.models ? givenPool(allowed, request.models) : defaultPool(allowed)
  if (pool.models.length >= 2) return { kind: 'pool', pool }
  return {
    kind: 'impossible',
    problem: `Only ${pool.models.length} model can be compared, and routing needs two`,
    remedy: `Name models with --pool; run on most rows: ${bestCovered(allowed).join(', ')}.`,
  }
}

const bestCovered = (columns: readonly Column[]): string[] =>
  [...columns]
    .sort((a, b) => b.coverage - a.coverage)
    .slice(0, 8)
    .map(({ model }) => model)

function columnsOf(rows: readonly OutcomeRow[], costing: Costing): Column[] {
  const sums = new Map<string, { rows: number; score: number; costed: number; costUsd: number }>()
  for (const row of rows) {
    for (const [model, { score }] of row.outcomes) {
      let sum = sums.get(model)
      if (!sum) {
        sum = { rows: 0, score: 0, costed: 0, costUsd: 0 }
        sums.set(model, sum)
      }
      const cost = costing.costOf(row, model)
      sum.rows++
      sum.score += score
      if (!cost) continue
      sum.costed++
      sum.costUsd += cost.usd
    }
  }
  return [...sums].map(([model, sum]) => ({
    model,
    coverage: sum.rows / rows.length,
    costedCoverage: sum.costed / rows.length,
    quality: sum.score / sum.rows,
    costUsd: sum.costed === 0 ? Number.NaN : sum.costUsd / sum.costed,
  }))
}

function givenPool(allowed: readonly Column[], models: readonly string[]): Pool {
  const chosen = allowed.filter(({ model }) => models.includes(model))
  const uncosted = chosen.filter(({ costedCoverage }) => costedCoverage === 0).map(({ model }) => model)
  const notes =
    uncosted.length > 0
      ? [`No cost is known for ${uncosted.join(', ')}: the pool is compared on quality only.`]
      : []
  return { models: chosen.map(({ model }) => model), priced: uncosted.length === 0, notes }
}

function defaultPool(allowed: readonly Column[]): Pool {
  const covered = allowed.filter(({ coverage }) => coverage >= leastCoverage)
  const costed = covered.filter(({ costedCoverage }) => costedCoverage >= leastCoverage)
  const percent = `${leastCoverage * 100} %`
  if (costed.length >= 2) {
    const models = frontAndBest(costed)
    return { models, priced: true, notes: defaultNotes(allowed, covered, costed, models) }
  }
  const models = byQuality(covered)
    .slice(0, largestPool)
    .map(({ model }) => model)
  const note =
    `Fewer than two models have a known cost on ${percent} of the rows ` +
    `(no recorded dollars, or no price, or no output length): quality only is compared, ` +
    `over ${models.length} of the ${covered.length} models run on ${percent} of the rows.`
  return { models, priced: false, notes: [note] }
}

function defaultNotes(
  allowed: readonly Column[],
  covered: readonly Column[],
  costed: readonly Column[],
  models: readonly string[],
): string[] {
  const notes = [
    `The pool was chosen: of ${allowed.length} models, ${costed.length} have outcomes and known costs on at least ` +
      `${leastCoverage * 100} % of the fit rows; of these the ${models.length} on the front of cost and quality or ` +
      `among the best ${bestKept}. Choose others with --pool.`,
  ]
  const unpriced = covered.filter((column) => !costed.includes(column)).map(({ model }) => model)
  if (unpriced.length > 0) notes.push(`Left out, cost not known: ${unpriced.sort().join(', ')}.`)
  const sparse = allowed.filter((column) => !covered.includes(column)).map(({ model }) => model)
  if (sparse.length > 0) notes.push(`Left out, run on too few rows: ${sparse.sort().join(', ')}.`)
  return notes
}

const byQuality = (columns: readonly Column[]): Column[] =>
  [...columns].sort((a, b) => b.quality - a.quality || (a.model < b.model ? -1 : 1))

/** The Pareto front of (cost, quality), best first, then the best of the rest. */
function frontAndBest(columns: readonly Column[]): string[] {
  const ranked = byQuality(columns)
  const front = ranked.filter(
    (column) =>
      !ranked.some(
        (other) =>
          other.quality >= column.quality &&
          other.costUsd <= column.costUsd &&
          (other.quality > column.quality || other.costUsd < column.costUsd),
      ),
  )
  // Of a long front both ends are kept: the cheapest model is a control.
  const kept =
    front.length > largestPool ? [...front.slice(0, largestPool - 1), front[front.length - 1]!] : front
  const rest = ranked.slice(0, bestKept).filter((column) => !kept.includes(column))
  return [...kept, ...rest].slice(0, largestPool).map(({ model }) => model)
}
