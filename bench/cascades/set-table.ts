/** One set: a router fitted, ways compared, the table. */

import { mmluProPool } from '../routing-quality/mmlu-pro-pool.ts'
import { mmluProOverheadTokens, resamples } from '../routing-quality/options.ts'
import {
  answerModelOf,
  bestFixedCascade,
  cascadeRouting,
  mean,
  naive,
  type NaiveRule,
  routing,
  single,
} from './methods.ts'
import { loadReplayedSet, type ReplayedSet, type SetChoice } from './replayed-set.ts'
import { bar, tableOf } from './report.ts'

type Chosen = SetChoice & { readonly rule: NaiveRule }

export const chosenSets: readonly Chosen[] = [
  {
    name: 'mmlu_pro',
    pool: mmluProPool,
    inputOverheadTokens: mmluProOverheadTokens,
    rule: {
      first: 'gemini-1.5-flash-002',
      second: 'Meta-Llama-3_1-70B-Instruct',
      otherwise: 'gpt-4o-2024-05',
    },
  },
  {
    name: 'zeroeval',
    pool: [
      'gpt-4o-2024-05-13',
      'gpt-4o-mini-2024-07-18',
      'gemini-1.5-pro',
      'gemini-1.5-flash',
      'Meta-Llama-3.1-70B-Instruct',
    ],
    // A template of about 320 characters that stands before each prompt.
    inputOverheadTokens: 80,
    rule: {
      first: 'gemini-1.5-flash',
      second: 'Meta-Llama-3.1-70B-Instruct',
      otherwise: 'gpt-4o-2024-05-13',
    },
  },
]

export const setTable = async (folder: string, choice: Chosen): Promise<string> =>
  describeSet(await loadReplayedSet(folder, choice), choice.rule)

/** How far predictions of quality still move once a model has answered, at evens: tried, and chosen on train rows. */
const unsettled = 0.25

export function describeSet(set: ReplayedSet, rule: NaiveRule): string {
  const { fit, score } = set
  const onTrain = fit.pool.map((model) => ({ model, ...single(fit, model) }))
  const best = onTrain.reduce((most, one) => (mean(one.quality) > mean(most.quality) ? one : most))
  const money = { allowedUsd: bar.costShare * mean(best.costUsd) }
  const fitted = answerModelOf(set)
  const methods = [
    routing(set, money),
    bestFixedCascade(set, fitted, money),
    naive(set, rule),
    cascadeRouting('cascade routing', set, { depth: 3, ...fitted }, money),
    cascadeRouting('cascade routing, depth 4', set, { depth: 4, ...fitted }, money),
    cascadeRouting(
      'search over supersets',
      set,
      { depth: 3, search: 'supersets', unsettled, ...fitted },
      money,
    ),
  ]
  const singles = new Map(score.pool.map((model) => [model, single(score, model)]))
  const assumed = `sharedDifficulty ${fitted.sharedDifficulty}, wrongAgreement ${fitted.wrongAgreement.toFixed(2)}, both fitted on the train rows; ${resamples} resamples.`
  return `${tableOf({ methods, singles, bestSingle: best.model })}\n\n${assumed}`
}
