/** RouterBench (ARC-Challenge, Winogrande, MBPP; 11 models, dollars on record) as a stream in which only the chosen outcome is shown. */

import { seededDraw, shuffle } from '../../src/domain/random.ts'
import { loadRouter } from '../../src/gateway/load-routers.ts'
import { type Contender, runStream, type StreamItem } from '../../src/learning/bandit/stream.ts'
import { linUcbWith, msPerRequest, pacedUtility, thompsonWith } from './contenders.ts'
import { percent, plusMinus, points, type Spread, spreadOf, tableOf } from './figures.ts'
import { objective } from './known-worlds.ts'
import {
  bestSingle,
  fitOffline,
  itemsOf,
  lambdaFor,
  loadSet,
  type RecordedItem,
  type RecordedSet,
} from './recorded-set.ts'

export const routerBench = {
  name: 'routerbench_subset',
  pool: [
    'mistralai/mistral-7b-chat',
    'mistralai/mixtral-8x7b-chat',
    'gpt-4-1106-preview',
    'gpt-3.5-turbo-1106',
    'zero-one-ai/Yi-34B-Chat',
    'claude-v1',
    'claude-v2',
    'claude-instant-v1',
    'meta/llama-2-70b-chat',
    'meta/code-llama-instruct-34b-chat',
    'WizardLM/WizardLM-13B-V1.2',
  ],
  inputOverheadTokens: 0,
}

const orders = 10
/** Of what the best single model would cost on the stream: the budget, which the strategies spread over it. */
const costShare = 0.25
/** Of the budget: for trying models. */
const exploreShare = 0.1

type Named = { readonly name: string; readonly contender: () => Contender }

const contenders: readonly Named[] = [
  { name: '`budget`: the offline router, paced', contender: pacedUtility },
  { name: '`linucb`, tries nothing', contender: () => linUcbWith({ halfLife: null, tries: false }) },
  { name: '`linucb`', contender: () => linUcbWith({ halfLife: null, tries: true }) },
  { name: '`thompson`', contender: () => thompsonWith({ halfLife: null, tries: true }) },
]

type Stream = {
  readonly items: readonly StreamItem[]
  readonly lambda: number
  readonly budgetUsd: number
  /** What is scored is from here on. */
  readonly scoredFrom: number
}

type Scored = { readonly quality: number; readonly usd: number; readonly tried: number }

function scoreOf(
  contender: Contender,
  { items, lambda, budgetUsd, scoredFrom }: Stream,
  seed: string,
): Scored {
  const choices = runStream(items, contender, {
    objective: objective(lambda),
    seed,
    budgetUsd,
    exploreUsd: exploreShare * budgetUsd,
    feedbackAfter: 0,
    msPerRequest,
  }).slice(scoredFrom)
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    quality: meanOf(choices.map(({ quality }) => quality)),
    usd: meanOf(choices.map(({ usd }) => usd)),
    tried: meanOf(choices.map(({ tried }) => (tried ? 1 : 0))),
  }
}

const withDeviation = ({ mean, deviation }: Spread): string =>
  `${percent(mean)} ± ${(100 * deviation).toFixed(1)}`

/**
 * The train rows are streamed. The offline router is fitted on the dev rows with all outcomes shown (PILOT's first phase has such
 * rows too), or knows nothing; its lambda is the one at which its own choices are predicted to spend the budget on dev rows.
 */
export async function headlineTable(folder: string): Promise<string> {
  const set = await loadSet(folder, routerBench)
  const reader = await loadRouter(null)
  const fitRows = set.table.rows.filter(({ split }) => split === 'dev')
  const offline = fitOffline(set, fitRows, '1')
  const fitted = itemsOf(set, (row) => row.split === 'dev', reader, offline)
  const items = itemsOf(set, (row) => row.split === 'train', reader, offline)
  const best = bestSingle(items)
  const lambda = lambdaFor(fitted, costShare * best.usd)
  const budgetUsd = costShare * best.usd * items.length
  const rows = [
    ...contenders.map((one) => ({ ...one, from: items, knows: `${fitRows.length} prompts` })),
    ...contenders.slice(2).map((one) => ({ ...one, from: items.map(unknowing), knows: 'nothing' })),
  ].map(({ name, contender, from, knows }) => {
    const scored = Array.from({ length: orders }, (_, order) => {
      const stream = { items: shuffle(seededDraw(`order ${order}`), from), lambda, budgetUsd, scoredFrom: 0 }
      return scoreOf(contender(), stream, `${order}`)
    })
    console.error(`  ${name}, ${knows}`)
    return [
      name,
      knows,
      withDeviation(spreadOf(scored.map(({ quality }) => quality / best.quality))),
      `${(100 * spreadOf(scored.map(({ usd }) => usd / best.usd)).mean).toFixed(2)} %`,
      percent(spreadOf(scored.map(({ tried }) => tried)).mean),
    ]
  })
  const said = `${items.length} requests, ${orders} random orders, mean ± deviation over orders; best single model ${best.model}: quality ${best.quality.toFixed(3)} at $${(1000 * best.usd).toFixed(2)} per 1,000 requests; lambda ${lambda.toPrecision(3)}.`
  return `${said}\n\n${tableOf(
    ['', 'the prior knows', "share of the best model's quality", 'share of its cost', 'tried'],
    rows,
  )}`
}

/** The same of every model, and unsure of it. */
export const unknowing = (item: StreamItem): StreamItem => ({
  ...item,
  candidates: item.candidates.map((candidate) => ({
    ...candidate,
    quality: { mean: 0.7, deviation: 0.2 },
  })) as unknown as StreamItem['candidates'],
})

const tasks = ['arc_challenge', 'winograde', 'mbpp'] as const
const warmUp = 500

/**
 * One task in turn is not known beforehand: the router is fitted on dev rows and half of the train rows of the two others; the
 * stream has 500 more requests of those, then the third task's train rows, on which alone all are scored.
 */
export async function shiftTable(folder: string): Promise<string> {
  const set = await loadSet(folder, routerBench)
  const reader = await loadRouter(null)
  const rows: string[][] = []
  for (const shifted of tasks) {
    const { before, after, fitted } = splitFor(set, shifted, reader)
    const all = [...before, ...after]
    const best = bestSingle(after)
    const dearest = bestSingle(all).usd
    const lambda = lambdaFor(fitted, costShare * dearest)
    const runs = contenders.map(({ contender }) =>
      Array.from({ length: orders }, (_, order) => {
        const first = shuffle(seededDraw(`before ${order}`), before).slice(0, warmUp)
        const items = [...first, ...shuffle(seededDraw(`after ${order}`), after)]
        const budgetUsd = costShare * dearest * items.length
        return scoreOf(contender(), { items, lambda, budgetUsd, scoredFrom: first.length }, `${order}`)
      }),
    )
    console.error(`  ${shifted}`)
    runs.forEach((scored, place) => {
      const gains = scored.map(({ quality }, order) => quality - runs[0]![order]!.quality)
      const values = scored.map(
        ({ quality, usd }, order) =>
          quality - lambda * usd - (runs[0]![order]!.quality - lambda * runs[0]![order]!.usd),
      )
      rows.push([
        place === 0 ? `${shifted}, ${after.length} requests` : '',
        contenders[place]!.name,
        withDeviation(spreadOf(scored.map(({ quality }) => quality))),
        percent(spreadOf(scored.map(({ usd }) => usd / best.usd)).mean),
        place === 0
          ? ''
          : `${points(spreadOf(gains).mean)} ± ${(100 * spreadOf(gains).deviation).toFixed(1)}`,
        place === 0 ? '' : plusMinus(scaled(spreadOf(values)), 1),
      ])
    })
  }
  return tableOf(
    [
      'shifts to',
      '',
      'quality after it',
      "share of the best model's cost",
      'ahead of the offline router, points ± deviation',
      'in value (quality − lambda dollars), points ± 95 %',
    ],
    rows,
  )
}

const scaled = ({ mean, deviation, halfWidth }: Spread): Spread => ({
  mean: 100 * mean,
  deviation: 100 * deviation,
  halfWidth: 100 * halfWidth,
})

function splitFor(
  set: RecordedSet,
  shifted: string,
  reader: Parameters<typeof itemsOf>[2],
): Readonly<Record<'before' | 'after' | 'fitted', readonly RecordedItem[]>> {
  const others = shuffle(
    seededDraw(`shift to ${shifted}`),
    set.table.rows.filter(({ dataset }) => dataset !== shifted),
  )
  const train = others.filter(({ split }) => split === 'train')
  const fitRows = [...others.filter(({ split }) => split === 'dev'), ...train.slice(0, train.length / 2)]
  const fittedIds = new Set(fitRows.map(({ id }) => id))
  const offline = fitOffline(set, fitRows, '1')
  return {
    fitted: itemsOf(set, ({ id }) => fittedIds.has(id), reader, offline),
    before: itemsOf(set, ({ id, dataset }) => dataset !== shifted && !fittedIds.has(id), reader, offline),
    after: itemsOf(set, ({ dataset, split }) => dataset === shifted && split === 'train', reader, offline),
  }
}
