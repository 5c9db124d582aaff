/** MMLU-Pro with five models that are close to each other in quality and far apart in price. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { evaluateFiles } from '../../src/cli/eval.ts'
import { silent } from '../../src/cli/progress.ts'
import type { EvaluationReport, PricedComparison } from '../../src/learning/evaluation/report.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { costShare, difference, evalDefaults, figure, mmluProOverheadTokens } from './options.ts'

const pool = [
  'gpt-4o-2024-05',
  'gemini-1.5-pro-002',
  'gemini-1.5-flash-002',
  'DeepSeek-Coder-V2',
  'Meta-Llama-3_1-70B-Instruct',
]

/** Two of the five have no entry in the data's price list: list prices of their vendors in 2024 stand in, named in the table. */
const listPrices = {
  'DeepSeek-Coder-V2': [{ input_per_m: 0.14, output_per_m: 0.28, source: 'vendor, July 2024' }],
  'Meta-Llama-3_1-70B-Instruct': [{ input_per_m: 0.72, output_per_m: 0.72, source: 'hosted, 2024' }],
}

export async function mmluProTable(folder: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'fairlead-prices-'))
  try {
    const prices = join(scratch, 'prices.json')
    const known = JSON.parse(await readFile(join(folder, 'prices.json'), 'utf8')) as object
    await writeFile(prices, JSON.stringify({ ...known, ...listPrices }))
    const options = { ...evalDefaults, inputOverheadTokens: mmluProOverheadTokens, pool, prices }
    return describe(await evaluateFiles([join(folder, 'mmlu_pro')], options, createLearnedPredictor, silent))
  } finally {
    await rm(scratch, { recursive: true })
  }
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
