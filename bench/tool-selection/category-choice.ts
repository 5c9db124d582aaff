/** Whether it pays to know how models fare by kind of tool call: the same choice with and without that knowledge, on the same rows. */

import { join } from 'node:path'
import { hash32 } from '../../src/domain/random.ts'
import type { ToolCategory } from '../../src/domain/signals.ts'
import { logOddsOf } from '../../src/estimate/log-odds.ts'
import { withToolCategories } from '../../src/estimate/quality/tool-categories.ts'
import { undescribed } from '../../src/estimate/quality/undescribed.ts'
import {
  type ComparedRouter,
  compareRouters,
  type RouterComparison,
} from '../../src/learning/evaluation/compare-routers.ts'
import { type Predictions, predictAll } from '../../src/learning/evaluation/policy-curve.ts'
import { choosePool } from '../../src/learning/evaluation/pool.ts'
import type { CreatePredictor, FitContext, Predictor } from '../../src/learning/evaluation/predictor.ts'
import { buildTable, type OutcomeTable } from '../../src/learning/evaluation/table.ts'
import { createCosting } from '../../src/learning/outcomes/costing.ts'
import { type OutcomeRow, promptOf, type PromptRow } from '../../src/learning/outcomes/outcome-row.ts'
import { findPrices, readPrices } from '../../src/learning/outcomes/prices.ts'
import { readOutcomes } from '../../src/learning/outcomes/read-outcomes.ts'
import { requestOf } from '../../src/learning/outcomes/row-request.ts'
import {
  fitToolCategories,
  type CategorisedOutcome,
} from '../../src/learning/training/fit-tool-categories.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { toolCategory } from '../../src/signals/tool-category.ts'
import { difference, figure } from '../routing-quality/options.ts'

/** Entries that score near 0 for reasons of format, as the notes on the data say. */
const broken = ['NousResearch_Hermes-2-Theta-Llama-3-70B', 'gpt-4o-2024-08-06', 'mistral-large-2407']
const folds = 3
const crossFolds = 5
const resamples = 1_000

export async function categoryTable(folder: string, seed: string): Promise<string> {
  const rows = await rowsOf(folder)
  const costing = await costingOf(folder)
  const chosen = choosePool(rows, costing, { models: null, exclude: broken })
  if (chosen.kind === 'impossible') throw new Error(`${chosen.problem}. ${chosen.remedy}`)
  const everyModel = [...new Set(rows.flatMap(({ outcomes }) => [...outcomes.keys()]))].filter(
    (name) => !broken.includes(name),
  )
  const pools = [
    {
      name: `${chosen.pool.models.length} with prices, quality at equal cost`,
      models: chosen.pool.models,
      priced: chosen.pool.priced,
    },
    { name: `all ${everyModel.length}, quality of the best predicted`, models: everyModel, priced: false },
  ]
  const bases = [
    { name: 'ability alone', create: ability },
    { name: 'the trained router', create: createLearnedPredictor },
  ]
  const lines = [
    '| models | estimates | rows scored | without | with categories | difference | log loss without | with |',
    '|---|---|---|---|---|---|---|---|',
  ]
  for (const { name: poolName, models, priced } of pools) {
    for (const { name, create } of bases) {
      const context = { pool: models, priced, costing, seed, onProgress: () => {} }
      for (const split of [devSplit(rows), crossSplits(rows)]) {
        console.error(`${poolName}: ${name}, ${split.name} …`)
        const measured = await measure(split.parts, create, context)
        const line = `| ${[poolName, name, `${measured.rows} ${split.name}`, ...cellsOf(measured)].join(' | ')} |`
        console.error(line)
        lines.push(line)
      }
    }
  }
  return lines.join('\n')
}

async function rowsOf(folder: string): Promise<readonly OutcomeRow[]> {
  const read = await readOutcomes([join(folder, 'bfcl')])
  if (read.kind === 'faulty') throw new Error(`The tool-call cases can't be read: ${read.faults[0]?.problem}`)
  return read.rows
}

async function costingOf(folder: string) {
  const path = await findPrices(folder)
  const prices = path === null ? null : await readPrices(path)
  return createCosting(prices?.kind === 'read' ? prices.book : null)
}

type Part = { readonly fit: readonly OutcomeRow[]; readonly score: readonly OutcomeRow[] }
type Split = { readonly name: string; readonly parts: readonly Part[] }

const devSplit = (rows: readonly OutcomeRow[]): Split => ({
  name: 'dev rows, fitted on train',
  parts: [
    {
      fit: rows.filter(({ split }) => split === 'train'),
      score: rows.filter(({ split }) => split === 'dev'),
    },
  ],
})

/** Every row is scored once, by what was fitted on other questions. */
function crossSplits(rows: readonly OutcomeRow[]): Split {
  const foldOf = ({ qhash }: OutcomeRow) => hash32(qhash, hash32('cross')) % crossFolds
  return {
    name: `rows, ${crossFolds}-fold`,
    parts: Array.from({ length: crossFolds }, (_, fold) => ({
      fit: rows.filter((row) => foldOf(row) !== fold),
      score: rows.filter((row) => foldOf(row) === fold),
    })),
  }
}

type Context = Omit<FitContext, 'fitRows'>

type Measured = {
  readonly rows: number
  readonly comparison: RouterComparison
  readonly losses: readonly [number, number]
}

async function measure(parts: readonly Part[], create: CreatePredictor, context: Context): Promise<Measured> {
  const { pool, priced, costing, seed } = context
  const scored: OutcomeRow[] = []
  const predictions: [Predictions[], Predictions[]] = [[], []]
  for (const { fit, score } of parts) {
    const { rows } = buildTable(score, pool, priced ? costing : null)
    const base = await create({ ...context, fitRows: fit })
    const categorised = await withCategories(base, fit, create, context)
    scored.push(...rows)
    const prompts = rows.map(promptOf)
    predictions[0].push(predictAll(categorised, prompts, pool, priced))
    predictions[1].push(predictAll(base, prompts, pool, priced))
  }
  const table = buildTable(scored, pool, priced ? costing : null)
  const fitTable = parts.length === 1 ? buildTable(parts[0]!.fit, pool, priced ? costing : null) : table
  const routers = [
    { name: 'with categories', predictions: joined(predictions[0]) },
    { name: 'without', predictions: joined(predictions[1]) },
  ] as const satisfies readonly ComparedRouter[]
  return {
    rows: table.rows.length,
    comparison: compareRouters(fitTable, table, priced, routers, { seed, resamples }),
    losses: [logLoss(routers[0].predictions, table), logLoss(routers[1].predictions, table)],
  }
}

function joined(parts: readonly Predictions[]): Predictions {
  const concatenated = (of: (part: Predictions) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]))
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    models: parts[0]!.models,
    quality: concatenated(({ quality }) => quality),
    costUsd: concatenated(({ costUsd }) => costUsd),
  }
}

/** How good each model is over all prompts, drawn towards the mean of all by so many outcomes, and what it costs on average. */
const priorOutcomes = 10
const ability: CreatePredictor = ({ fitRows, pool, priced, costing }) => {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const scores = pool.map((model) => fitRows.flatMap(({ outcomes }) => outcomes.get(model)?.score ?? []))
  const overall = mean(scores.flat())
  const quality = scores.map(
    (own) => (mean(own) * own.length + priorOutcomes * overall) / (own.length + priorOutcomes),
  )
  const costUsd = priced
    ? pool.map((model) => mean(fitRows.flatMap((row) => costing.costOf(row, model)?.usd ?? [])))
    : []
  return { name: 'ability', predict: () => ({ quality, costUsd }) }
}

/** The table is fitted on what the same estimates say of rows of the fit side that they were not fitted on. */
async function withCategories(
  base: Predictor,
  fit: readonly OutcomeRow[],
  create: CreatePredictor,
  context: Context,
): Promise<Predictor> {
  const unseen: CategorisedOutcome[] = []
  const foldOf = ({ qhash }: OutcomeRow) => hash32(qhash, hash32('categories')) % folds
  for (let fold = 0; fold < folds; fold++) {
    const others = await create({ ...context, fitRows: fit.filter((row) => foldOf(row) !== fold) })
    for (const row of fit.filter((one) => foldOf(one) === fold))
      unseen.push(...outcomesOf(row, others, context.pool))
  }
  const table = fitToolCategories(unseen)
  if (table === null) return base
  console.error(
    `  spread of models ${table.spread}; curves ${table.categories.map(({ category, slope, intercept }) => `${category} ${slope.toFixed(2)} ${intercept.toFixed(2)}`).join(', ')}`,
  )
  return {
    name: `${base.name}, by category`,
    predict: (row) => {
      const prediction = base.predict(row)
      const said = new Map(context.pool.map((model, place) => [model, prediction.quality[place]!]))
      const inner = {
        name: base.name,
        read:
          () =>
          ({ id }: { id: string }) => ({ mean: said.get(id)!, deviation: 0 }),
      }
      const estimate = withToolCategories(inner, table).read({ ...unread, ...categoryOf(row) })
      return { ...prediction, quality: context.pool.map((model) => estimate(undescribed(model))!.mean) }
    },
  }
}

const unread = {
  encoding: new Float32Array(0),
  vector: new Float32Array(0),
  words: { ids: new Uint32Array(0), counts: new Float32Array(0) },
}

function categoryOf(row: PromptRow): { readonly toolCategory?: ToolCategory } {
  const category = toolCategory(requestOf(row), row.prompt, row.prompt.length)
  return category === null ? {} : { toolCategory: category }
}

function outcomesOf(
  row: OutcomeRow,
  predictor: Predictor,
  pool: readonly string[],
): readonly CategorisedOutcome[] {
  const { toolCategory: category } = categoryOf(row)
  if (category === undefined) return []
  const { quality } = predictor.predict(promptOf(row))
  return pool.flatMap((model, place) => {
    const outcome = row.outcomes.get(model)
    return outcome
      ? [{ category, model, prompt: row.qhash, logOdds: logOddsOf(quality[place]!), score: outcome.score }]
      : []
  })
}

function logLoss({ quality }: Predictions, table: OutcomeTable): number {
  return (
    table.quality.reduce((sum, score, cell) => {
      const said = Math.min(0.998, Math.max(0.002, quality[cell]!))
      return sum - score * Math.log(said) - (1 - score) * Math.log(1 - said)
    }, 0) / table.quality.length
  )
}

function cellsOf({ comparison, losses }: Measured): readonly string[] {
  const { first, second, difference: gained } = comparison.overall
  return [
    figure(second),
    figure(first),
    `${difference(gained)}: ${told(comparison)}`,
    losses[1].toFixed(4),
    losses[0].toFixed(4),
  ]
}

const told = ({ verdict }: RouterComparison): string =>
  ({ 'first ahead': 'ahead', 'second ahead': 'behind', 'not told apart': 'not told apart' })[verdict]
