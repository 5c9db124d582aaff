/** BaRP on RouterBench: heads trained from what came of models that were tossed for, at several settings of the dial. */

import { seededDraw, shuffle } from '../../src/domain/random.ts'
import { encoderId } from '../../src/estimate/encoder-id.ts'
import { loadRouter } from '../../src/gateway/load-routers.ts'
import { fitPreferenceHead, type LoggedChoice } from '../../src/learning/bandit/fit-preference-head.ts'
import { type Contender, runStream, type StreamItem } from '../../src/learning/bandit/stream.ts'
import { barp } from '../../src/strategies/barp.ts'
import { featuresOf } from '../../src/strategies/bandit/features.ts'
import { lambdaOf, type PreferenceHead } from '../../src/strategies/bandit/head.ts'
import { noAids } from '../../src/strategies/strategy.ts'
import { msPerRequest } from './contenders.ts'
import { percent, spreadOf, tableOf } from './figures.ts'
import { objective } from './known-worlds.ts'
import { bestSingle, fitOffline, itemsOf, loadSet } from './recorded-set.ts'
import { routerBench, unknowing } from './router-bench.ts'

const orders = 10
/** Weights of thrift: the dial. */
const dial = [0.01, 0.05, 0.2, 0.5] as const

/**
 * Half of the train rows, drawn anew for each order, are the log: on each a model was tossed for, and its outcome alone is seen.
 * The other half is answered at each setting of the dial.
 */
export async function preferenceHeadTable(folder: string): Promise<string> {
  const set = await loadSet(folder, routerBench)
  const reader = await loadRouter(null)
  const encoder = encoderId(reader.artefact.encoder)
  const fitRows = set.table.rows.filter(({ split }) => split === 'dev')
  const offline = fitOffline(set, fitRows, '1')
  const items = itemsOf(set, ({ split }) => split === 'train', reader, offline)
  const best = bestSingle(items)
  const priors = [
    { knows: `${fitRows.length} prompts`, from: items },
    { knows: 'nothing', from: items.map(unknowing) },
  ]
  const rows = priors.flatMap(({ knows, from }) => {
    const runs = Array.from({ length: orders }, (_, order) => halves(from, order)).map(
      ({ rest, trained }) => {
        const untrained = { scaleUsd: trained.scaleUsd, sharpness: trained.sharpness, models: {} }
        return [untrained, trained].map((head) => dial.map((w) => answered(rest, head, w, encoder)))
      },
    )
    console.error(`  ${knows}`)
    return ['before training', 'trained'].map((name, which) => [
      name,
      knows,
      ...dial.flatMap((_, setting) => {
        const own = runs.map((run) => run[which]![setting]!)
        const quality = spreadOf(own.map((one) => one.quality / best.quality))
        return [
          `${percent(quality.mean)} ± ${(100 * quality.deviation).toFixed(1)} at ${percent(spreadOf(own.map((one) => one.usd / best.usd)).mean)}; ${(100 * spreadOf(own.map((one) => one.reward)).mean).toFixed(1)}`,
        ]
      }),
    ])
  })
  return tableOf(['', 'the prior knows', ...dial.map((w) => `w = ${w}: quality at cost; reward`)], rows)
}

function halves(items: readonly StreamItem[], order: number) {
  const draw = seededDraw(`barp ${order}`)
  const shuffled = shuffle(draw, items)
  const log = shuffled.slice(0, shuffled.length / 2).map((item) => tossedFor(item, draw))
  const trained = fitPreferenceHead(log, { seed: `${order}` })
  return { rest: shuffled.slice(log.length), trained }
}

function tossedFor(item: StreamItem, draw: () => number): LoggedChoice {
  const chosen = Math.floor(draw() * item.candidates.length)
  return {
    features: featuresOf(item),
    candidates: item.candidates.map(({ id, quality, cost }) => ({
      id,
      quality: quality.mean,
      usd: cost.kind === 'known' ? cost.usd.mean : Number.NaN,
    })),
    chosen,
    propensity: 1 / item.candidates.length,
    ...item.outcome(item.candidates[chosen]!.id),
  }
}

function answered(items: readonly StreamItem[], head: PreferenceHead, w: number, encoder: string) {
  const choices = runStream(items, contenderOf(head, encoder), {
    objective: objective(lambdaOf(w, head.scaleUsd)),
    seed: 'dial',
    budgetUsd: null,
    exploreUsd: null,
    feedbackAfter: 0,
    msPerRequest,
  })
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const quality = meanOf(choices.map((choice) => choice.quality))
  const usd = meanOf(choices.map((choice) => choice.usd))
  const share = meanOf(choices.map((choice) => Math.min(1, choice.usd / head.scaleUsd)))
  return { quality, usd, reward: (1 - w) * quality - w * share }
}

function contenderOf(head: PreferenceHead, encoder: string): Contender {
  const options = barp.options.parse({ head })
  const prepared = barp.prepare!(options, { id: encoder, vectorOf: () => null })
  return { choose: (turn) => barp.choose(turn, options, { ...noAids, prepared }), learner: null }
}
