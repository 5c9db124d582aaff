/**
 * The simulation of the cascade-routing paper (arXiv 2410.10347, section on RouterBench): what is known of an answer before and
 * after it is made is its true quality with normal noise, fitted linearly on a twentieth of the rows, so that a search can be
 * measured apart from estimates.
 */
import { join } from 'node:path'
import { normal, seededDraw } from '../../src/domain/random.ts'
import { byCost, meanHeight, type Point } from '../../src/learning/evaluation/cost-quality.ts'
import { buildTable, columnMeans, type OutcomeTable } from '../../src/learning/evaluation/table.ts'
import { createCosting } from '../../src/learning/outcomes/costing.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import type { AnswerModel, Observed } from '../../src/strategies/answers/answer-model.ts'
import { planSupersets } from '../../src/strategies/answers/superset-plan.ts'

type Noise = {
  readonly name: string
  readonly before: number
  readonly after: number
  readonly costBefore: number
  readonly costAfter: number
}

/** Deviations as published; at the highest noise costs tell nothing, and the mean of each model stands in for them. */
const noises: readonly Noise[] = [
  { name: 'low', before: 0.6, after: 0.3, costBefore: 0.0002, costAfter: 0.00005 },
  { name: 'medium', before: 1.6, after: 0.8, costBefore: 0.0004, costAfter: 0.0001 },
  { name: 'high', before: 2.4, after: 1.2, costBefore: Number.POSITIVE_INFINITY, costAfter: 0 },
]

const pools: Readonly<Record<string, readonly string[]>> = {
  3: ['mistralai/mistral-7b-chat', 'mistralai/mixtral-8x7b-chat', 'gpt-4-1106-preview'],
  5: [
    'mistralai/mistral-7b-chat',
    'mistralai/mixtral-8x7b-chat',
    'gpt-4-1106-preview',
    'gpt-3.5-turbo-1106',
    'zero-one-ai/Yi-34B-Chat',
  ],
  11: [
    'mistralai/mistral-7b-chat',
    'mistralai/mixtral-8x7b-chat',
    'gpt-4-1106-preview',
    'gpt-3.5-turbo-1106',
    'zero-one-ai/Yi-34B-Chat',
    'claude-v1',
    'claude-v2',
    'claude-instant-v1',
    'meta/llama-2-70b-chat',
    'meta/code-llama-instruct-34b-chat',
    'WizardLM/WizardLM-13B-V1.2',
  ],
}

/** Area x 100 as the paper has it for all of RouterBench without examples: 3, 5 and 11 models. */
const published: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  routing: { low: [79.73, 81.24, 83.25], medium: [74.97, 74.43, 74.63], high: [71.81, 71.33, 72.67] },
  'threshold cascade': {
    low: [80.86, 82.33, 84.48],
    medium: [74.64, 73.03, 73.64],
    high: [72.48, 69.53, 69.79],
  },
  'cascade routing': {
    low: [82.36, 84.33, 87.24],
    medium: [76.55, 76.31, 77.57],
    high: [73.22, 72.75, 74.4],
  },
}

const depth = 5
const rowsKept = 800
const lambdas = [1e7, ...Array.from({ length: 18 }, (_, step) => 10 ** (4 - step * 0.25)), 0]

export async function noiseTable(folder: string): Promise<string> {
  const read = await readOutcomes([join(folder, 'routerbench_subset')])
  if (read.kind === 'faulty') throw new Error(`The set can't be read: ${read.faults[0]?.problem}.`)
  const lines: string[] = []
  for (const noise of noises) {
    const byPool = Object.values(pools).map((pool) =>
      areas(buildTable(read.rows, pool, createCosting(null)), noise),
    )
    for (const [name, ownPublished] of Object.entries(published)) {
      const own = byPool.map((one) => (100 * one[name as keyof Areas]).toFixed(2)).join(' / ')
      const paper = ownPublished[noise.name]!.map((figure) => figure.toFixed(2)).join(' / ')
      lines.push(`| ${noise.name} | ${name} | ${own} | ${paper} |`)
    }
    const base = byPool.map(({ interpolation }) => (100 * interpolation).toFixed(2)).join(' / ')
    lines.push(`| ${noise.name} | linear interpolation | ${base} | 69.62 / 69.22 / 70.51 |`)
  }
  return [
    '| noise | way | this subset: 3 / 5 / 11 models | published, all of RouterBench |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n')
}

type Areas = {
  readonly routing: number
  readonly 'threshold cascade': number
  readonly 'cascade routing': number
  readonly interpolation: number
}

/** What is known of each cell, rows x models. */
type Known = {
  readonly before: Float64Array
  readonly after: Float64Array
  readonly costUsd: Float64Array
  /** How far an estimate of quality moves once the model has run, as a deviation at evens. */
  readonly unsettled: number
}

function areas(table: OutcomeTable, noise: Noise): Areas {
  const known = knownOf(table, noise)
  const models = table.pool.length
  // The first rows fitted the estimates.
  const first = Math.floor(table.rows.length / 20)
  const rows = Array.from({ length: Math.min(rowsKept, table.rows.length - first) }, (_, row) => first + row)
  const singles = singlePoints(table, rows)
  const cheapest = singles.reduce((low, one) => (one.costUsd < low.costUsd ? one : low))
  const dearest = singles.reduce((high, one) => (one.costUsd > high.costUsd ? one : high))
  const area = (points: readonly Point[]) =>
    meanHeight(byCost(points, cheapest), cheapest.costUsd, dearest.costUsd)
  const curve = (outcome: (row: number, setting: number) => Point, settingsOf: readonly number[]) =>
    area(settingsOf.map((setting) => meanPoint(rows.map((row) => outcome(row, setting)))))
  const order = Array.from({ length: models }, (_, model) => model).sort(
    (a, b) => columnMeans(table.costUsd, models)[a]! - columnMeans(table.costUsd, models)[b]!,
  )
  const thresholds = Array.from({ length: 21 }, (_, step) => step / 20)
  return {
    routing: curve((row, lambda) => routed(table, known, row, lambda), lambdas),
    'threshold cascade': curve((row, accept) => thresholded(table, known, row, accept, order), thresholds),
    'cascade routing': curve((row, lambda) => searched(table, known, row, lambda), lambdas),
    interpolation: area([cheapest, dearest]),
  }
}

function knownOf(table: OutcomeTable, noise: Noise): Known {
  const draw = seededDraw(`noise ${noise.name} ${table.pool.length}`)
  const noisy = (cells: Float64Array, deviation: number) =>
    cells.map((cell) => cell + deviation * normal(draw))
  const fitted = (cells: Float64Array) => shrunk(cells, table.quality, table.pool.length)
  const before = fitted(noisy(table.quality, noise.before))
  const after = fitted(noisy(table.quality, noise.after))
  const means = columnMeans(table.costUsd, table.pool.length)
  const costUsd = Number.isFinite(noise.costBefore)
    ? noisy(table.costUsd, noise.costBefore).map((usd) => Math.max(0, usd))
    : table.costUsd.map((_, cell) => means[cell % table.pool.length]!)
  let squares = 0
  for (let cell = 0; cell < before.length; cell++) squares += (after[cell]! - before[cell]!) ** 2
  return { before, after, costUsd, unsettled: Math.min(0.5, Math.sqrt(squares / before.length)) }
}

/** Least squares of each model's true quality on what is seen of it, on the first rows. */
function shrunk(seen: Float64Array, truth: Float64Array, models: number): Float64Array {
  const cells = Math.floor(seen.length / models / 20) * models
  const fitted = new Float64Array(seen.length)
  for (let model = 0; model < models; model++) {
    const own = Array.from({ length: cells / models }, (_, row) => row * models + model)
    const mean = (all: Float64Array) => own.reduce((sum, cell) => sum + all[cell]!, 0) / own.length
    const [seenMean, trueMean] = [mean(seen), mean(truth)]
    let [both, square] = [0, 0]
    for (const cell of own) {
      both += (seen[cell]! - seenMean) * (truth[cell]! - trueMean)
      square += (seen[cell]! - seenMean) ** 2
    }
    for (let cell = model; cell < seen.length; cell += models)
      fitted[cell] = trueMean + (both / square) * (seen[cell]! - seenMean)
  }
  return fitted
}

function routed(table: OutcomeTable, known: Known, row: number, lambda: number): Point {
  const models = table.pool.length
  const value = (cell: number) => known.before[cell]! - lambda * known.costUsd[cell]!
  let best = row * models
  for (let cell = best + 1; cell < (row + 1) * models; cell++) if (value(cell) > value(best)) best = cell
  return { quality: table.quality[best]!, costUsd: table.costUsd[best]! }
}

function thresholded(
  table: OutcomeTable,
  known: Known,
  row: number,
  accept: number,
  order: readonly number[],
): Point {
  let costUsd = 0
  let cell = 0
  for (const model of order) {
    cell = row * table.pool.length + model
    costUsd += table.costUsd[cell]!
    if (known.after[cell]! >= accept) break
  }
  return { quality: table.quality[cell]!, costUsd }
}

/** The search that `cascade` makes with `search: supersets`; models that have run are believed by what is known after. */
function searched(table: OutcomeTable, known: Known, row: number, lambda: number): Point {
  const models = table.pool.length
  const start = row * models
  const prices = Array.from({ length: models }, (_, model) => lambda * known.costUsd[start + model]!)
  const model: AnswerModel = {
    candidates: models,
    after: (observed) => {
      const right = known.before.slice(start, start + models)
      for (const { candidate } of observed) right[candidate] = known.after[start + candidate]!
      return { right: right.map((one) => Math.min(0.999, Math.max(0.001, one))), likelihood: 1 }
    },
  }
  const observed: Observed[] = []
  let costUsd = 0
  for (;;) {
    const plan = planSupersets(model, observed, [], { prices, depth, unsettled: known.unsettled })
    if (plan.kind === 'stop') return { quality: table.quality[start + plan.best]!, costUsd }
    observed.push({ candidate: plan.candidate, cluster: null, evidence: 0 })
    costUsd += table.costUsd[start + plan.candidate]!
  }
}

function singlePoints(table: OutcomeTable, rows: readonly number[]): readonly Point[] {
  const models = table.pool.length
  return table.pool.map((_, model) =>
    meanPoint(
      rows.map((row) => ({
        quality: table.quality[row * models + model]!,
        costUsd: table.costUsd[row * models + model]!,
      })),
    ),
  )
}

function meanPoint(points: readonly Point[]): Point {
  const sum = points.reduce((total, one) => ({
    quality: total.quality + one.quality,
    costUsd: total.costUsd + one.costUsd,
  }))
  return { quality: sum.quality / points.length, costUsd: sum.costUsd / points.length }
}
