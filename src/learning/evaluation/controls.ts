import type { PromptRow } from '../outcomes/outcome-row.ts'
import { byCost, meanHeight, nonDecreasingHull, type Point } from './cost-quality.ts'
import { type Curve, constantChoice, curveMeans } from './curve.ts'
import { groupMeans } from './group-means.ts'
import { type Direction, lengthBandPredictor, lengthThresholdCurve } from './length-router.ts'
import { policyCurve, predictAll } from './policy-curve.ts'
import type { Predictor } from './predictor.ts'
import type { Corners } from './single-models.ts'
import { columnMeans, type OutcomeTable } from './table.ts'

/** What a router is measured against. Everything that is chosen or fitted is so on the fit rows only. */
export type Controls = {
  /** The line from the cheapest model to the best single one: each call drawn at random. */
  readonly randomMix: Curve
  /** The hull of all single models: random mixing of the best of them (RouterBench's zero router). */
  readonly modelMix: Curve
  /** The better, on the fit rows, of two prompt-length routers: a threshold between two models, bands over all. */
  readonly promptLength: Curve
  /** Each data set's (or category's) best value; its last setting is the best model per group. */
  readonly perGroup: readonly Curve[]
  /** The cheapest of the models that answered best: needs to know the outcome, and is flattered by lucky answers. */
  readonly oracle: Curve
}

export function pricedControls(fit: OutcomeTable, score: OutcomeTable, corners: Corners): Controls {
  const rows = score.rows.length
  const ends = [corners.cheapest, corners.bestSingle]
  return {
    randomMix: { name: 'random mix', choices: ends.map((model) => constantChoice(rows, model)) },
    modelMix: {
      name: 'best mix of single models',
      choices: hullModels(fit).map((model) => constantChoice(rows, model)),
    },
    promptLength: promptLength(fit, score, corners),
    perGroup: perGroupPredictors(fit).map((predictor) => valueCurve(predictor, score)),
    oracle: { name: 'oracle', choices: [oracleChoices(score)] },
  }
}

/** `argmax quality - lambda * cost` of a predictor over a table's rows. */
export function valueCurve(predictor: Predictor, table: OutcomeTable): Curve {
  return policyCurve(predictor.name, predictAll(predictor, table.rows, table.pool, true))
}

/** Per data set, and per category where rows have one. A grouping that sets no rows apart is left out. */
export function perGroupPredictors(fit: OutcomeTable): Predictor[] {
  const groupings: [string, (row: PromptRow) => string][] = [
    ['per data set', (row) => row.dataset],
    ['per category', (row) => `${row.dataset} ${row.category ?? ''}`],
  ]
  const predictors: Predictor[] = []
  let coarser = 1
  for (const [name, groupOf] of groupings) {
    const groups = new Set(fit.rows.map(groupOf)).size
    if (groups > coarser) predictors.push(groupMeans(name, fit, groupOf))
    coarser = Math.max(coarser, groups)
  }
  return predictors
}

function hullModels(fit: OutcomeTable): number[] {
  const quality = columnMeans(fit.quality, fit.pool.length)
  const costUsd = columnMeans(fit.costUsd, fit.pool.length)
  const points = fit.pool.map((_, model) => ({ model, quality: quality[model]!, costUsd: costUsd[model]! }))
  const hull = new Set<Point>(nonDecreasingHull(points))
  return points
    .filter((point) => hull.has(point))
    .sort((a, b) => a.costUsd - b.costUsd)
    .map(({ model }) => model)
}

/** Among the models with the row's best score the cheapest; without costs, the first. */
export function oracleChoices({ rows, pool, quality, costUsd }: OutcomeTable): Uint16Array {
  return Uint16Array.from(rows, (_, row) => {
    const start = row * pool.length
    let best = start
    for (let cell = start + 1; cell < start + pool.length; cell++) {
      const gain = quality[cell]! - quality[best]!
      if (gain > 0 || (gain === 0 && costUsd[cell]! < costUsd[best]!)) best = cell
    }
    return best - start
  })
}

function promptLength(fit: OutcomeTable, score: OutcomeTable, corners: Corners): Curve {
  const bands = lengthBandPredictor(fit)
  const makers: ((table: OutcomeTable) => Curve)[] = [(table) => valueCurve(bands, table)]
  for (const direction of ['longer to the stronger', 'shorter to the stronger'] satisfies Direction[]) {
    const models = { weak: corners.cheapest, strong: corners.bestSingle }
    const name = `prompt length, ${direction}`
    makers.push((table) => lengthThresholdCurve(name, fit.rows, table.rows, models, direction))
  }
  const heights = makers.map((make) => fitHeight(make(fit), fit, corners))
  return makers[heights.indexOf(Math.max(...heights))]!(score)
}

/** Mean quality on the fit rows from the cheapest model's cost to the best single one's, or the dearest's where these are one. */
function fitHeight(curve: Curve, fit: OutcomeTable, corners: Corners): number {
  const singles = singlePoints(fit, new Float64Array(fit.rows.length).fill(1))
  const { from, to } = usefulRange(singles, corners)
  const points = curveMeans(curve, fit)(new Float64Array(fit.rows.length).fill(1))
  const height = meanHeight(byCost(points, singles[corners.cheapest]!), from, to)
  return Number.isNaN(height) ? 0 : height
}

/** Mean cost and quality of each single model. */
export function singlePoints({ pool, quality, costUsd }: OutcomeTable, weights: Float64Array): Point[] {
  const models = pool.length
  const sums = pool.map(() => ({ quality: 0, costUsd: 0 }))
  let total = 0
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!
    if (weight === 0) continue
    total += weight
    for (let model = 0; model < models; model++) {
      const sum = sums[model]!
      sum.quality += weight * quality[row * models + model]!
      sum.costUsd += weight * costUsd[row * models + model]!
    }
  }
  return sums.map((sum) => ({ quality: sum.quality / total, costUsd: sum.costUsd / total }))
}

export type CostRange = { readonly from: number; readonly to: number }

/** Where routing can help: from the cheapest model's cost to the best single one's (the dearest's, where those are one). */
export function usefulRange(
  singles: readonly Point[],
  { cheapest, bestSingle, dearest }: Corners,
): CostRange {
  const from = singles[cheapest]!.costUsd
  return { from, to: singles[cheapest === bestSingle ? dearest : bestSingle]!.costUsd }
}

/** From the cheapest to the dearest single model: the range of cascade routing's AUC and of AIQ. */
export function poolRange(singles: readonly Point[], { cheapest, dearest }: Corners): CostRange {
  return { from: singles[cheapest]!.costUsd, to: singles[dearest]!.costUsd }
}
