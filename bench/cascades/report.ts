/** A set's table: every method at the setting that train rows chose, its curve's area, and paired intervals. */
import { percent } from '../../src/cli/table.ts'
import { bootstrap, type Interval } from '../../src/learning/evaluation/bootstrap.ts'
import { byCost, costOfReaching, meanHeight, type Point } from '../../src/learning/evaluation/cost-quality.ts'
import { difference, figure, resamples, seed } from '../routing-quality/options.ts'
import type { Method } from './methods.ts'
import type { Realised } from './replayed-set.ts'

export type Compared = {
  readonly methods: readonly Method[]
  /** The single models, by name. */
  readonly singles: ReadonlyMap<string, Realised>
  readonly bestSingle: string
}

/** The bar: so much more quality than the best single model, at no more than this share of its cost. */
export const bar = { points: 0.03, costShare: 0.45 }

export function tableOf(compared: Compared): string {
  const figures = figuresOf(compared)
  const best = compared.singles.get(compared.bestSingle)!
  const costShare = (one: Realised) => percent(mean(one.costUsd) / mean(best.costUsd))
  const lines = compared.methods.map(({ name, chosen, chosenAs, curve }) => {
    const cells = [
      name,
      figure(figures[`quality ${name}`]!),
      costShare(chosen),
      difference(figures[`gain ${name}`]!),
      curve.length > 1 ? areaOf(figures[`area ${name}`]!) : '',
      barOf(curve, best),
      chosenAs,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    `Best single model on the train rows: ${compared.bestSingle}, ${figure(figures['quality best single']!)} on ${best.quality.length} dev rows.`,
    '',
    '| way | accuracy | at this share of its cost | more than the best single | area under the curve × 100 | 3 points more on the scored curve at | setting chosen on train rows |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    pairsOf(compared, figures),
  ].join('\n')
}

const areaOf = ({ value, low, high }: Interval): string =>
  `${(100 * value).toFixed(1)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`

/** Read off the scored rows, and so a little flattering. */
function barOf(curve: readonly Realised[], best: Realised): string {
  const points = pointsOf(curve, null)
  const usd = costOfReaching(byCost(points, points[0]!), mean(best.quality) + bar.points)
  return Number.isFinite(usd) ? percent(usd / mean(best.costUsd)) : 'not reached'
}

function pairsOf({ methods }: Compared, figures: Readonly<Record<string, Interval>>): string {
  const last = methods.find(({ name }) => name === 'cascade routing') ?? methods.at(-1)!
  const lines = methods
    .filter((one) => one !== last)
    .map(({ name, curve }) => {
      const area = curve.length > 1 ? `, area ${difference(hundredfold(figures[`area over ${name}`]!))}` : ''
      return `- ${last.name} against ${name}: accuracy ${difference(figures[`over ${name}`]!)}${area}`
    })
  return lines.join('\n')
}

const hundredfold = ({ value, low, high }: Interval): Interval => ({
  value: 100 * value,
  low: 100 * low,
  high: 100 * high,
})

/** All on the same draws, so that differences are paired. */
function figuresOf({ methods, singles, bestSingle }: Compared): Readonly<Record<string, Interval>> {
  const best = singles.get(bestSingle)!
  const main = methods.find(({ name }) => name === 'cascade routing') ?? methods.at(-1)!
  const statistic = (weights: Float64Array) => {
    const points = [...singles.values()].map((one) => pointOf(one, weights))
    const cheapest = points.reduce((low, one) => (one.costUsd < low.costUsd ? one : low))
    const dearest = points.reduce((high, one) => (one.costUsd > high.costUsd ? one : high))
    const area = (curve: readonly Realised[]) =>
      meanHeight(byCost(pointsOf(curve, weights), cheapest), cheapest.costUsd, dearest.costUsd)
    const base = pointOf(best, weights).quality
    const found: Record<string, number> = { 'quality best single': base }
    for (const { name, chosen, curve } of methods) {
      const { quality } = pointOf(chosen, weights)
      found[`quality ${name}`] = quality
      found[`gain ${name}`] = quality - base
      if (curve.length > 1) found[`area ${name}`] = area(curve)
    }
    for (const { name, curve } of methods) {
      found[`over ${name}`] = found[`quality ${main.name}`]! - found[`quality ${name}`]!
      if (curve.length > 1) found[`area over ${name}`] = found[`area ${main.name}`]! - found[`area ${name}`]!
    }
    return found
  }
  return bootstrap<string>(best.quality.length, statistic, { seed, resamples })
}

const mean = (cells: Float64Array): number => cells.reduce((sum, cell) => sum + cell, 0) / cells.length

/** `weights: null`: each row once. */
function pointOf({ quality, costUsd }: Realised, weights: Float64Array | null): Point {
  if (weights === null) return { quality: mean(quality), costUsd: mean(costUsd) }
  let [total, good, usd] = [0, 0, 0]
  for (let row = 0; row < weights.length; row++) {
    total += weights[row]!
    good += weights[row]! * quality[row]!
    usd += weights[row]! * costUsd[row]!
  }
  return { quality: good / total, costUsd: usd / total }
}

const pointsOf = (curve: readonly Realised[], weights: Float64Array | null): Point[] =>
  curve.map((one) => pointOf(one, weights))
