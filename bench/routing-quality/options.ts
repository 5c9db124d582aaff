import type { EvalOptions } from '../../src/cli/eval.ts'
import { percent } from '../../src/cli/table.ts'
import type { Interval } from '../../src/learning/evaluation/bootstrap.ts'

export const seed = '1'
export const resamples = 1000

export const evalDefaults: EvalOptions = {
  fitSplit: 'train',
  scoreSplit: 'dev',
  exclude: [],
  inputOverheadTokens: 0,
  seed,
  resamples,
  skipBad: false,
  json: true,
}

/** Worked examples that stand before each MMLU-Pro prompt and are not in the file. */
export const mmluProOverheadTokens = 1200

export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
export const difference = ({ value, low, high }: Interval): string =>
  `${signed(value)} [${signed(low)}, ${signed(high)}]`
export const figure = ({ value, low, high }: Interval): string =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
export const costShare = (value: number): string => (Number.isFinite(value) ? percent(value) : 'not reached')
