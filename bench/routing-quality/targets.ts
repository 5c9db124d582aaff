/** What targets cost when lambda is set beforehand: found on four fifths of the questions, judged on the fifth left over. */
import { join } from 'node:path'
import { type CalibrateOptions, calibrateFiles } from '../../src/cli/calibrate.ts'
import { silent } from '../../src/cli/progress.ts'
import { percent } from '../../src/cli/table.ts'
import type { Interval } from '../../src/learning/evaluation/bootstrap.ts'
import { createLearnedPredictor } from '../../src/learning/training/learned-predictor.ts'
import { mmluProPool, withListPrices } from './mmlu-pro-pool.ts'
import { mmluProOverheadTokens, resamples, seed } from './options.ts'

const defaults: CalibrateOptions = {
  artefact: 'fitted',
  exclude: [],
  folds: 5,
  inputOverheadTokens: 0,
  json: true,
  resamples,
  seed,
  skipBad: false,
}

export async function targetsTable(folder: string): Promise<string> {
  const routerBench = (target: string) => row(join(folder, 'routerbench_subset'), { ...defaults, target })
  const mmluPro = (target: string) =>
    withListPrices(folder, (prices) =>
      row(join(folder, 'mmlu_pro'), {
        ...defaults,
        target,
        prices,
        pool: mmluProPool,
        inputOverheadTokens: mmluProOverheadTokens,
      }),
    )
  return [
    '| set | rows | target | kept | at this share of the best single model’s cost |',
    '|---|---|---|---|---|',
    await routerBench('quality=0.95'),
    await routerBench('quality=0.99'),
    await mmluPro('quality=1'),
  ].join('\n')
}

async function row(path: string, options: CalibrateOptions): Promise<string> {
  const { report } = await calibrateFiles([path], options, createLearnedPredictor, silent)
  const share = ({ value, low, high }: Interval) => `${percent(value)} [${percent(low)}, ${percent(high)}]`
  const cells = [
    path.split('/').at(-1),
    report.rows,
    options.target,
    share(report.qualityShare),
    share(report.costShare),
  ]
  return `| ${cells.join(' | ')} |`
}
