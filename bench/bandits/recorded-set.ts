/** A set of recorded outcomes, with what a router fitted on some of its rows predicts of the others: items of a stream. */

import { join } from 'node:path'
import type { Candidate } from '../../src/domain/candidate.ts'
import { modelId } from '../../src/domain/model.ts'
import type { NonEmpty } from '../../src/domain/non-empty.ts'
import { undescribed } from '../../src/estimate/quality/undescribed.ts'
import { createRouter, type Router } from '../../src/estimate/router.ts'
import { readSignals } from '../../src/signals/index.ts'
import type { StreamItem } from '../../src/learning/bandit/stream.ts'
import { buildTable, type OutcomeTable } from '../../src/learning/evaluation/table.ts'
import { type Costing, createCosting } from '../../src/learning/outcomes/costing.ts'
import type { OutcomeRow } from '../../src/learning/outcomes/outcome-row.ts'
import { readPrices } from '../../src/learning/outcomes/prices.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { requestOf, textOfRow } from '../../src/learning/outcomes/row-request.ts'
import { fitCosts } from '../../src/learning/training/fit-costs.ts'
import { trainRouter } from '../../src/learning/training/train-router.ts'
import { withListPrices } from '../routing-quality/mmlu-pro-pool.ts'

export type SetChoice = {
  readonly name: string
  readonly pool: readonly string[]
  readonly inputOverheadTokens: number
}

export type RecordedSet = {
  readonly table: OutcomeTable
  readonly costing: Costing
}

/** Rows with an outcome and a cost of every model of the pool. */
export async function loadSet(folder: string, choice: SetChoice): Promise<RecordedSet> {
  const book = await withListPrices(folder, readPrices)
  if (book.kind === 'faulty') throw new Error(`The prices can't be read: ${book.faults[0]?.problem}.`)
  const read = await readOutcomes([join(folder, choice.name)])
  if (read.kind === 'faulty') throw new Error(`${choice.name} can't be read: ${read.faults[0]?.problem}.`)
  const costing = createCosting(book.book, choice.inputOverheadTokens)
  return { table: buildTable(read.rows, choice.pool, costing), costing }
}

/** What is known before the stream begins: a router fitted on rows with the outcomes of all models. */
export function fitOffline(
  { table, costing }: RecordedSet,
  fitRows: readonly OutcomeRow[],
  seed: string,
): { readonly router: Router; readonly costs: (encoding: Float32Array) => number[] } {
  const artefact = trainRouter({
    rows: fitRows,
    texts: {},
    identify: () => null,
    catalogue: [],
    name: 'fitted here',
    command: 'bench:bandits',
    network: { seed },
    enoughOutcomes: 1,
    onProgress: () => {},
  })
  const router = createRouter(artefact)
  return { router, costs: fitCosts({ fitRows, pool: table.pool, costing }, router.signals.encode) }
}

export type RecordedItem = StreamItem & { readonly row: OutcomeRow }

/**
 * `reader` reads the signals and vectors that a bandit tells requests apart by, as the gateway's router does: it has seen nothing
 * of the set. `offline` predicts quality and cost.
 */
export function itemsOf(
  { table: { pool, rows, quality, costUsd } }: RecordedSet,
  isWanted: (row: OutcomeRow) => boolean,
  reader: Router,
  offline: ReturnType<typeof fitOffline>,
): readonly RecordedItem[] {
  const models = pool.map(undescribed)
  return rows.flatMap((row, place) => {
    if (!isWanted(row)) return []
    const { signals, vector } = readSignals(requestOf(row), reader.signals)
    const prompt = offline.router.readText(textOfRow(row))
    const estimate = offline.router.quality(prompt)
    const usd = offline.costs(prompt.encoding)
    const candidates = models.map(
      (model, column): Candidate => ({
        id: model.id,
        model,
        quality: estimate(model),
        cost: { kind: 'known', usd: { mean: usd[column]!, deviation: 0 } },
        latencyMs: { mean: 0, deviation: 0 },
        outputTokens: { mean: 0, deviation: 0 },
      }),
    )
    const columns = new Map(pool.map((name, column) => [modelId(name), place * pool.length + column]))
    return [
      {
        row,
        signals,
        vector,
        candidates: candidates as unknown as NonEmpty<Candidate>,
        outcome: (model) => {
          const cell = columns.get(model)!
          return { quality: quality[cell]!, usd: costUsd[cell]! }
        },
      },
    ]
  })
}

/** The model of the highest mean quality over the items, with its means: what shares are shares of. */
export function bestSingle(items: readonly StreamItem[]): {
  readonly model: string
  readonly quality: number
  readonly usd: number
} {
  const means = items[0]!.candidates.map(({ id }) => {
    const outcomes = items.map((item) => item.outcome(id))
    const meanOf = (of: (outcome: { quality: number; usd: number }) => number) =>
      outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
    return { model: id as string, quality: meanOf(({ quality }) => quality), usd: meanOf(({ usd }) => usd) }
  })
  return means.reduce((best, one) => (one.quality > best.quality ? one : best))
}

/** The lambda at which the offline model's own choices are predicted to cost this much on average. */
export function lambdaFor(items: readonly StreamItem[], meanUsd: number): number {
  let [low, high] = [Math.log(0.01), Math.log(1e6)]
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (predictedUsd(items, Math.exp(middle)) > meanUsd) low = middle
    else high = middle
  }
  return Math.exp(high)
}

function predictedUsd(items: readonly StreamItem[], lambda: number): number {
  let total = 0
  for (const { candidates } of items) {
    let best = -Infinity
    let paid = 0
    for (const { quality, cost } of candidates) {
      const usd = cost.kind === 'known' ? cost.usd.mean : Infinity
      if (quality.mean - lambda * usd <= best) continue
      best = quality.mean - lambda * usd
      paid = usd
    }
    total += paid
  }
  return total / items.length
}
