/** A set of recorded answers under a router fitted on its train rows: what strategies are replayed on. */
import { join } from 'node:path'
import type { Candidate } from '../../src/domain/candidate.ts'
import type { NonEmpty } from '../../src/domain/non-empty.ts'
import { seededDraw } from '../../src/domain/random.ts'
import { plainRequest } from '../../src/domain/request.ts'
import { nothingAsked, type Strategy, type Turn } from '../../src/domain/strategy.ts'
import { replay } from '../../src/engine/replay.ts'
import { undescribed } from '../../src/estimate/quality/undescribed.ts'
import { crossValidated } from '../../src/learning/evaluation/cross-validate.ts'
import { type Predictions, predictAll } from '../../src/learning/evaluation/policy-curve.ts'
import { type Prepared, prepare } from '../../src/learning/evaluation/prepare.ts'
import { columnMeans, type OutcomeTable } from '../../src/learning/evaluation/table.ts'
import { promptOf } from '../../src/learning/outcomes/outcome-row.ts'
import { readPrices } from '../../src/learning/outcomes/prices.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { withListPrices } from '../routing-quality/mmlu-pro-pool.ts'
import { resamples, seed } from '../routing-quality/options.ts'

/** Rows with what a router that never saw them predicts, what came of them, and what was answered. */
export type ReplayRows = {
  readonly pool: readonly string[]
  readonly rows: number
  readonly predictions: Predictions
  readonly quality: Float64Array
  readonly costUsd: Float64Array
  /** rows x models. */
  readonly answers: readonly (string | null)[]
}

export type ReplayedSet = { readonly fit: ReplayRows; readonly score: ReplayRows }

export type SetChoice = {
  readonly name: string
  readonly pool: readonly string[]
  readonly inputOverheadTokens: number
}

/** Train rows are predicted by routers fitted on the other two thirds of them. */
const folds = 3

export async function loadReplayedSet(folder: string, choice: SetChoice): Promise<ReplayedSet> {
  const prepared = await withListPrices(folder, (prices) => preparedSet(folder, choice, prices))
  const { splits, costing, pool, fit, score } = prepared
  const context = {
    fitRows: splits.fitRows,
    pool: pool.models,
    priced: true,
    costing,
    seed,
    onProgress: (label: string, done: number, total: number) => {
      if (done === total) console.error(`  ${label}`)
    },
  }
  const whole = await createLearnedPredictor(context)
  const across = await crossValidated(context, createLearnedPredictor, folds)
  const rowsOf = (table: OutcomeTable, predictor: typeof whole): ReplayRows => ({
    pool: table.pool,
    rows: table.rows.length,
    predictions: predictAll(predictor, table.rows.map(promptOf), table.pool, true),
    quality: table.quality,
    costUsd: table.costUsd,
    answers: table.rows.flatMap((row) => table.pool.map((model) => row.outcomes.get(model)!.answer)),
  })
  return { fit: rowsOf(fit, across), score: rowsOf(score, whole) }
}

async function preparedSet(folder: string, choice: SetChoice, prices: string): Promise<Prepared> {
  const book = await readPrices(prices)
  if (book.kind === 'faulty') throw new Error(`The prices can't be read: ${book.faults[0]?.problem}.`)
  const read = await readOutcomes([join(folder, choice.name)])
  if (read.kind === 'faulty') throw new Error(`${choice.name} can't be read: ${read.faults[0]?.problem}.`)
  const result = prepare({
    rows: read.rows,
    prices: book.book,
    fitSplit: 'train',
    scoreSplit: 'dev',
    pool: choice.pool,
    exclude: [],
    inputOverheadTokens: choice.inputOverheadTokens,
    seed,
    resamples,
    notes: [],
    onProgress: () => {},
  })
  if (result.kind === 'impossible') throw new Error(`${result.problem}. ${result.remedy}`)
  if (!result.prepared.pool.priced) throw new Error(result.prepared.pool.notes.join(' '))
  return result.prepared
}

/** What came of each row: the score of the answer given, and the dollars of all calls. */
export type Realised = {
  readonly quality: Float64Array
  readonly costUsd: Float64Array
  /** Calls per row, on average. */
  readonly calls: number
}

/** `estimates: 'means'` shows a strategy the means of the columns in the place of predictions: what a fixed order knows. */
export function replayRows(
  rows: ReplayRows,
  choose: Strategy,
  lambda: number,
  estimates: 'predicted' | { readonly quality: Float64Array; readonly costUsd: Float64Array } = 'predicted',
): Realised {
  const quality = new Float64Array(rows.rows)
  const costUsd = new Float64Array(rows.rows)
  const models = rows.pool.map(undescribed)
  let calls = 0
  for (let row = 0; row < rows.rows; row++) {
    const start = row * models.length
    const candidates = models.map((model, place): Candidate => {
      const own = estimates === 'predicted' ? rows.predictions : estimates
      const at = estimates === 'predicted' ? start + place : place
      return {
        id: model.id,
        model,
        quality: { mean: own.quality[at]!, deviation: 0.1 },
        cost: { kind: 'known', usd: { mean: own.costUsd[at]!, deviation: 0 } },
        latencyMs: { mean: 0, deviation: 0 },
        outputTokens: { mean: 100, deviation: 0 },
      }
    })
    const outcome = replay(
      choose,
      turnOf(candidates as unknown as NonEmpty<Candidate>, lambda, row),
      (asked) => {
        const cell = start + models.findIndex(({ id }) => id === asked.id)
        return {
          score: rows.quality[cell]!,
          usd: rows.costUsd[cell]!,
          latencyMs: 0,
          text: rows.answers[cell] ?? '',
        }
      },
    )
    quality[row] = outcome.score ?? 0
    costUsd[row] = outcome.usd ?? Number.NaN
    for (const step of outcome.trace.steps) if (step.kind === 'ask') calls += step.calls.length
    if (outcome.verdict.kind === 'forward') calls++
  }
  return { quality, costUsd, calls: calls / rows.rows }
}

const request = plainRequest('')

/** The router has read the prompt already: nothing else of it is looked at. */
const turnOf = (candidates: NonEmpty<Candidate>, lambda: number, row: number): Turn => ({
  request,
  signals: {
    inputTokens: 0,
    taskType: 'knowledge',
    complexity: 0.5,
    subject: { name: 'general', probability: 1 },
    language: 'en',
    structure: {
      promptChars: 0,
      lastUserChars: 0,
      turns: 1,
      codeShare: 0,
      tools: 0,
      images: 0,
      jsonSchema: false,
    },
  },
  vector: new Float32Array(0),
  candidates,
  objective: { lambda, mu: 0, maxCostUsd: null, statedAs: `lambda ${lambda}` },
  session: null,
  wins: null,
  asked: nothingAsked,
  advisers: [],
  nested: {},
  budget: null,
  embedder: null,
  draw: seededDraw(String(row)),
})

/** The rows at the places that `isKept` names. */
export function someRows(rows: ReplayRows, isKept: (row: number) => boolean): ReplayRows {
  const models = rows.pool.length
  const kept = (_: unknown, cell: number) => isKept(Math.floor(cell / models))
  const quality = rows.quality.filter(kept)
  return {
    pool: rows.pool,
    rows: quality.length / models,
    predictions: {
      rows: quality.length / models,
      models,
      quality: rows.predictions.quality.filter(kept),
      costUsd: rows.predictions.costUsd.filter(kept),
    },
    quality,
    costUsd: rows.costUsd.filter(kept),
    answers: rows.answers.filter(kept),
  }
}

export const meansOf = ({ quality, costUsd, pool }: Pick<ReplayRows, 'quality' | 'costUsd' | 'pool'>) => ({
  quality: columnMeans(quality, pool.length),
  costUsd: columnMeans(costUsd, pool.length),
})
