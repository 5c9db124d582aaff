import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts'
import { singlePoints, usefulRange } from './controls.ts'
import { byCost, costOfReaching, meanHeight } from './cost-quality.ts'
import { type CurveMeans, curveMeans } from './curve.ts'
import { chooseAt, type Predictions, policyCurve } from './policy-curve.ts'
import { bestOnQuality, type Corners, cornersOf } from './single-models.ts'
import type { OutcomeTable } from './table.ts'

/** Two routers on the same rows; every difference is the first's less the second's, on the same resamples. */
export type RouterComparison = {
  readonly names: readonly [string, string]
  readonly rows: number
  /** `equal-cost`: mean quality over costs from the cheapest model's to the best single one's; else of the best predictions. */
  readonly measure: 'equal-cost' | 'best-predicted'
  readonly overall: PairedFigures
  readonly bySet: readonly (PairedFigures & { readonly set: string; readonly rows: number })[]
  /** Cost of a share of the best single model's quality, as a share of its cost; empty without prices. */
  readonly targets: readonly (PairedFigures & { readonly qualityShare: number })[]
  readonly verdict: Verdict
}

export type PairedFigures = {
  readonly first: Interval
  readonly second: Interval
  readonly difference: Interval
}

export type Verdict = 'first ahead' | 'second ahead' | 'not told apart'

const targetShares = [0.95, 0.99, 1]

export type ComparedRouter = { readonly name: string; readonly predictions: Predictions }

export function compareRouters(
  fit: OutcomeTable,
  score: OutcomeTable,
  priced: boolean,
  [first, second]: readonly [ComparedRouter, ComparedRouter],
  options: BootstrapOptions,
): RouterComparison {
  const measured = [first, second].map(({ predictions }) => measureOf(fit, score, priced, predictions))
  const sets = setsOf(score)
  const figures = bootstrap(
    score.rows.length,
    (weights) => {
      const found: Record<string, number> = {}
      measured.forEach((measure, router) => {
        const masked = [null, ...sets.map(({ mask }) => mask)].map((mask) =>
          mask === null ? weights : weights.map((weight, row) => weight * mask[row]!),
        )
        masked.forEach((own, index) => {
          found[`${index} ${router}`] = measure.quality(own)
        })
        for (const share of measure.targets)
          found[`target ${share} ${router}`] = measure.costOf(weights, share)
      })
      for (const key of pairedKeys(sets.length, measured[0]!.targets))
        found[`${key} -`] = found[`${key} 0`]! - found[`${key} 1`]!
      return found
    },
    options,
  )
  const paired = (key: string): PairedFigures => ({
    first: figures[`${key} 0`]!,
    second: figures[`${key} 1`]!,
    difference: figures[`${key} -`]!,
  })
  return {
    names: [first.name, second.name],
    rows: score.rows.length,
    measure: priced ? 'equal-cost' : 'best-predicted',
    overall: paired('0'),
    bySet:
      sets.length < 2 ? [] : sets.map(({ set, rows }, index) => ({ set, rows, ...paired(`${index + 1}`) })),
    targets: measured[0]!.targets.map((qualityShare) => ({
      qualityShare,
      ...paired(`target ${qualityShare}`),
    })),
    verdict: verdictOf(figures['0 -']!),
  }
}

const pairedKeys = (sets: number, targets: readonly number[]): string[] => [
  ...Array.from({ length: sets + 1 }, (_, index) => `${index}`),
  ...targets.map((share) => `target ${share}`),
]

function verdictOf({ low, high }: Interval): Verdict {
  if (low > 0) return 'first ahead'
  return high < 0 ? 'second ahead' : 'not told apart'
}

function setsOf({ rows }: OutcomeTable) {
  const names = [...new Set(rows.map(({ dataset }) => dataset))].sort()
  return names.map((set) => {
    const mask = Float64Array.from(rows, ({ dataset }) => (dataset === set ? 1 : 0))
    return { set, mask, rows: mask.reduce((sum, member) => sum + member, 0) }
  })
}

/** One router's figures for rows counted `weights` times each. */
type RouterMeasure = {
  readonly quality: (weights: Float64Array) => number
  readonly targets: readonly number[]
  readonly costOf: (weights: Float64Array, qualityShare: number) => number
}

function measureOf(
  fit: OutcomeTable,
  score: OutcomeTable,
  priced: boolean,
  predictions: Predictions,
): RouterMeasure {
  if (!priced) {
    const means = curveMeans({ name: '', choices: [chooseAt(predictions, 0)] }, score)
    return { quality: (weights) => means(weights)[0]!.quality, targets: [], costOf: () => Number.NaN }
  }
  const corners = cornersOf(fit)
  const means = curveMeans(policyCurve('', predictions), score)
  return {
    quality: (weights) => equalCostQuality(means, score, corners, weights),
    targets: targetShares,
    costOf: (weights, share) => {
      const singles = singlePoints(score, weights)
      const best = singles[corners.bestSingle]!
      const sorted = byCost(means(weights), singles[corners.cheapest]!)
      return costOfReaching(sorted, share * best.quality) / best.costUsd
    },
  }
}

/** Mean quality over the useful range of costs (see controls.ts). */
export function equalCostQuality(
  means: CurveMeans,
  score: OutcomeTable,
  corners: Corners,
  weights: Float64Array,
): number {
  const singles = singlePoints(score, weights)
  const { from, to } = usefulRange(singles, corners)
  return meanHeight(byCost(means(weights), singles[corners.cheapest]!), from, to)
}

/** What a router has to beat without knowing the prompt: the mix of cheapest and best single model, or the best single one. */
export function uninformedQuality(
  fit: OutcomeTable,
  score: OutcomeTable,
  priced: boolean,
): (weights: Float64Array) => number {
  if (!priced) {
    const best = bestOnQuality(fit)
    return (weights) => singlePoints(score, weights)[best]!.quality
  }
  const { cheapest, bestSingle, dearest } = cornersOf(fit)
  return (weights) => {
    const singles = singlePoints(score, weights)
    const ends = [singles[cheapest]!, singles[bestSingle]!]
    const { from, to } = usefulRange(singles, { cheapest, bestSingle, dearest })
    return meanHeight(byCost(ends, singles[cheapest]!), from, to)
  }
}

export const routerQuality = (
  fit: OutcomeTable,
  score: OutcomeTable,
  priced: boolean,
  predictions: Predictions,
): ((weights: Float64Array) => number) => measureOf(fit, score, priced, predictions).quality
