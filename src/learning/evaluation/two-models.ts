import { type BootstrapOptions, bootstrap } from './bootstrap.ts'
import { lengths } from './length-router.ts'
import { apgr, cpt, type Ranking, rankByScore, shareCurve } from './metrics.ts'
import type { Predictions } from './policy-curve.ts'
import type { TwoModelReport } from './report.ts'
import { columnMeans, type OutcomeTable } from './table.ts'

/** APGR and CPT of a pool of two: rows are ranked by predicted gain of the strong model, and prompt length beside it. */
export function compareTwoModels(
  router: string,
  fit: OutcomeTable,
  score: OutcomeTable,
  predictions: Predictions,
  options: BootstrapOptions,
): TwoModelReport {
  const strong = strongPlace(fit)
  const weak = 1 - strong
  const gain = Float64Array.from(score.rows, (_, row) => {
    const start = row * predictions.models
    return predictions.quality[start + strong]! - predictions.quality[start + weak]!
  })
  const direction = lengthDirection(fit, strong)
  const rankings: [string, Ranking][] = [
    [router, rankByScore(gain)],
    ['prompt length', rankByScore(lengths(score.rows).map((length) => direction * length))],
    ['random', rankByScore(new Float64Array(score.rows.length))],
    ['oracle', rankByScore(gains(score, strong))],
  ]
  const columns = { weak: column(score, weak), strong: column(score, strong) }
  const figures = bootstrap(
    score.rows.length,
    (weights) => {
      const result: Record<string, number> = {}
      for (const [name, ranking] of rankings) {
        const curve = shareCurve(ranking, columns.weak, columns.strong, weights)
        result[`apgr ${name}`] = apgr(curve)
        for (const gained of [20, 50, 80]) result[`cpt${gained} ${name}`] = cpt(curve, gained / 100)
        result[`difference ${name}`] = result[`apgr ${router}`]! - result[`apgr ${name}`]!
      }
      return result
    },
    options,
  )
  const means = columnMeans(score.quality, 2)
  return {
    weak: score.pool[weak]!,
    strong: score.pool[strong]!,
    weakQuality: means[weak]!,
    strongQuality: means[strong]!,
    routers: rankings.map(([name], index) => ({
      name,
      apgr: figures[`apgr ${name}`]!,
      cpt20: figures[`cpt20 ${name}`]!,
      cpt50: figures[`cpt50 ${name}`]!,
      cpt80: figures[`cpt80 ${name}`]!,
      difference: index === 0 ? null : figures[`difference ${name}`]!,
    })),
  }
}

function strongPlace(fit: OutcomeTable): number {
  const means = columnMeans(fit.quality, 2)
  return means[1]! > means[0]! ? 1 : 0
}

const column = ({ quality }: OutcomeTable, place: number): Float64Array =>
  quality.filter((_, cell) => cell % 2 === place)

const gains = (table: OutcomeTable, strong: number): Float64Array => {
  const weak = column(table, 1 - strong)
  return column(table, strong).map((quality, row) => quality - weak[row]!)
}

/** 1 when longer prompts go to the strong model first, -1 when shorter ones do: what serves the fit rows better. */
function lengthDirection(fit: OutcomeTable, strong: number): 1 | -1 {
  const equal = new Float64Array(fit.rows.length).fill(1)
  const areaOf = (sign: 1 | -1) => {
    const ranking = rankByScore(lengths(fit.rows).map((length) => sign * length))
    return apgr(shareCurve(ranking, column(fit, 1 - strong), column(fit, strong), equal))
  }
  return areaOf(-1) > areaOf(1) ? -1 : 1
}
