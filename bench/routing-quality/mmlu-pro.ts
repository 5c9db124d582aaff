/** MMLU-Pro with five models that are close to each other in quality and far apart in price. */
import { join } from 'node:path'
import { evaluateFiles } from '../../src/cli/eval.ts'
import { silent } from '../../src/cli/progress.ts'
import type { EvaluationReport, PricedComparison } from '../../src/learning/evaluation/report.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { mmluProPool, withListPrices } from './mmlu-pro-pool.ts'
import { costShare, difference, evalDefaults, figure, mmluProOverheadTokens } from './options.ts'

export async function mmluProTable(folder: string): Promise<string> {
  return withListPrices(folder, async (prices) => {
    const options = { ...evalDefaults, inputOverheadTokens: mmluProOverheadTokens, pool: mmluProPool, prices }
    return describe(await evaluateFiles([join(folder, 'mmlu_pro')], options, createLearnedPredictor, silent))
  })
}

function describe({ score, comparison }: EvaluationReport): string {
  if (comparison.kind !== 'priced') throw new Error(comparison.why)
  const best = comparison.models.find(({ model }) => model === comparison.bestSingle)!
  const curves = [comparison.router, ...comparison.controls]
  return [
    `${score.rows} rows; best single on the fit rows: ${best.model}, ${figure(best.quality)}. Prices in dollars per million tokens that the data's list lacks: DeepSeek-Coder-V2 0.14 and 0.28, Llama-3.1-70B 0.72.`,
    '',
    "| router | quality at equal cost | utility ahead by | 95 % of best single's quality at | 99 % at | 100 % at | 2 points more at |",
    '|---|---|---|---|---|---|---|',
    ...curves.map((curve) => {
      const cells = [
        curve.name,
        figure(curve.usefulQuality),
        curve === comparison.router ? '' : difference(curve.usefulDifference),
        ...comparison.targets.map(({ byCurve }) =>
          costShare(byCurve.find(({ name }) => name === curve.name)!.costShare.value),
        ),
        costShare(costOfGaining(0.02, curve.points, best)),
      ]
      return `| ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

/** The cheapest setting that is so much better than the best single model, as a share of that model's cost. */
function costOfGaining(
  gain: number,
  points: PricedComparison['router']['points'],
  best: PricedComparison['models'][number],
): number {
  const reaching = points.filter(({ quality }) => quality >= best.quality.value + gain)
  return Math.min(...reaching.map(({ costUsd }) => costUsd)) / best.costUsd
}
