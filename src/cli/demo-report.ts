import { bootstrap, type Interval, quantile } from '../learning/evaluation/bootstrap.ts'
import { dollars, percent, table } from './table.ts'

/** One task as one strategy served it. */
export type DemoCall = {
  readonly task: { readonly kind: string }
  readonly correct: boolean
  readonly usd: number
  readonly latencyMs: number
  /** The model that answered. */
  readonly model: string
}

/** What each strategy made of the same tasks, in the same order. */
export type DemoRuns = {
  readonly cheapest: readonly DemoCall[]
  readonly strongest: readonly DemoCall[]
  readonly auto: readonly DemoCall[]
}

export type StrategySummary = {
  readonly strategy: keyof DemoRuns
  readonly quality: Interval
  readonly usd: number
  /** Of the strongest model's quality and cost, on the same tasks. */
  readonly qualityShare: Interval
  readonly costShare: Interval
  readonly medianLatencyMs: number
  readonly p95LatencyMs: number
}

/** What `auto` did with one kind of task. */
export type KindSummary = {
  readonly kind: string
  readonly tasks: number
  /** Share of the calls by model, most used first. */
  readonly models: readonly { readonly model: string; readonly share: number }[]
  readonly quality: number
  readonly strongestQuality: number
  readonly usd: number
  readonly strongestUsd: number
}

export type DemoReport = {
  readonly tasks: number
  readonly strategies: readonly StrategySummary[]
  readonly kinds: readonly KindSummary[]
}

const strategyNames = ['cheapest', 'strongest', 'auto'] as const
const resamples = 2000

/** What `fairlead demo` promises of `auto`, in shares of strongest-only. */
const leastQualityShare = 0.95
const mostCostShare = 0.5

export function demoReport(runs: DemoRuns, seed: string): DemoReport {
  const tasks = runs.strongest.length
  if (tasks === 0 || strategyNames.some((name) => runs[name].length !== tasks)) {
    throw new Error('every strategy must have served the same tasks, at least one')
  }
  return { tasks, strategies: summaries(runs, seed), kinds: kindSummaries(runs) }
}

function summaries(runs: DemoRuns, seed: string): StrategySummary[] {
  const shares = sharesOfStrongest(runs, seed)
  return strategyNames.map((strategy) => {
    const calls = runs[strategy]
    const latencies = Float64Array.from(calls, ({ latencyMs }) => latencyMs).sort()
    return {
      strategy,
      quality: wilson(calls.filter(({ correct }) => correct).length, calls.length),
      usd: total(calls),
      qualityShare: shares[`${strategy} quality`],
      costShare: shares[`${strategy} cost`],
      medianLatencyMs: quantile(latencies, 0.5),
      p95LatencyMs: quantile(latencies, 0.95),
    }
  })
}

type ShareName = `${keyof DemoRuns} ${'quality' | 'cost'}`

/** Tasks are drawn with replacement, and all strategies are counted on the same draw: the intervals are paired. */
function sharesOfStrongest(runs: DemoRuns, seed: string): Record<ShareName, Interval> {
  return bootstrap(
    runs.strongest.length,
    (weights) => {
      const [quality, usd] = weightedSums(runs.strongest, weights)
      const shares = strategyNames.flatMap((name): [ShareName, number][] => {
        const [itsQuality, itsUsd] = weightedSums(runs[name], weights)
        return [
          [`${name} quality`, itsQuality / quality],
          [`${name} cost`, itsUsd / usd],
        ]
      })
      return Object.fromEntries(shares) as Record<ShareName, number>
    },
    { seed, resamples },
  )
}

function weightedSums(calls: readonly DemoCall[], weights: Float64Array): [quality: number, usd: number] {
  let quality = 0
  let usd = 0
  for (let index = 0; index < calls.length; index++) {
    const { correct, usd: price } = calls[index]!
    if (correct) quality += weights[index]!
    usd += weights[index]! * price
  }
  return [quality, usd]
}

/**
 * Wilson's score interval of a proportion at 95 % (Wilson 1927): with p = k/n and z = 1.96,
 * (p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
 */
export function wilson(successes: number, trials: number): Interval {
  const z = 1.959964
  const p = successes / trials
  const shrink = 1 + (z * z) / trials
  const centre = (p + (z * z) / (2 * trials)) / shrink
  const half = (z / shrink) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

function kindSummaries({ auto, strongest }: DemoRuns): KindSummary[] {
  const kinds = [...new Set(auto.map(({ task }) => task.kind))].sort()
  return kinds.map((kind) => {
    const mine = auto.filter(({ task }) => task.kind === kind)
    const theirs = strongest.filter(({ task }) => task.kind === kind)
    return {
      kind,
      tasks: mine.length,
      models: modelShares(mine),
      quality: correctShare(mine),
      strongestQuality: correctShare(theirs),
      usd: total(mine),
      strongestUsd: total(theirs),
    }
  })
}

function modelShares(calls: readonly DemoCall[]): { model: string; share: number }[] {
  const counts = new Map<string, number>()
  for (const { model } of calls) counts.set(model, (counts.get(model) ?? 0) + 1)
  return [...counts]
    .map(([model, count]) => ({ model, share: count / calls.length }))
    .sort((a, b) => b.share - a.share || (a.model < b.model ? -1 : 1))
}

const total = (calls: readonly DemoCall[]): number => calls.reduce((sum, { usd }) => sum + usd, 0)

const correctShare = (calls: readonly DemoCall[]): number =>
  calls.filter(({ correct }) => correct).length / calls.length

export function printDemoReport(report: DemoReport): string {
  return [
    strategyTable(report),
    'Ranges are 95 % intervals: Wilson for quality, a paired bootstrap over tasks for the shares of strongest.',
    '',
    `What auto did, by kind of task:`,
    kindTable(report),
    '',
    verdict(report),
  ].join('\n')
}

const ranged = ({ value, low, high }: Interval): string =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`

function strategyTable({ strategies }: DemoReport): string {
  return table(
    [
      { title: 'strategy' },
      { title: 'quality' },
      { title: 'dollars', align: 'right' },
      { title: "of strongest's quality" },
      { title: "of strongest's cost" },
      { title: 'median', align: 'right' },
      { title: 'p95', align: 'right' },
    ],
    strategies.map((summary) => [
      summary.strategy === 'auto' ? 'auto' : `${summary.strategy}-only`,
      ranged(summary.quality),
      dollars(summary.usd),
      summary.strategy === 'strongest' ? percent(1) : ranged(summary.qualityShare),
      summary.strategy === 'strongest' ? percent(1) : ranged(summary.costShare),
      seconds(summary.medianLatencyMs),
      seconds(summary.p95LatencyMs),
    ]),
  )
}

const seconds = (ms: number): string => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`)

function kindTable({ kinds }: DemoReport): string {
  return table(
    [
      { title: 'task' },
      { title: 'tasks', align: 'right' },
      { title: 'quality', align: 'right' },
      { title: 'strongest', align: 'right' },
      { title: 'dollars', align: 'right' },
      { title: 'strongest', align: 'right' },
      { title: 'models that answered' },
    ],
    kinds.map((summary) => [
      summary.kind,
      String(summary.tasks),
      percent(summary.quality, 0),
      percent(summary.strongestQuality, 0),
      dollars(summary.usd),
      dollars(summary.strongestUsd),
      summary.models.map(({ model, share }) => `${model} ${percent(share, 0)}`).join(', '),
    ]),
  )
}

/** One or two sentences: what `auto` kept, what it cost, and whether that is what is promised. */
export function verdict({ strategies, tasks }: DemoReport): string {
  const { qualityShare, costShare } = strategies.find(({ strategy }) => strategy === 'auto')!
  const kept =
    `On ${tasks} tasks auto kept ${percent(qualityShare.value)} of strongest-only's quality ` +
    `at ${percent(costShare.value)} of its cost`
  const aim = `at least ${percent(leastQualityShare, 0)} at no more than ${percent(mostCostShare, 0)}`
  const met = qualityShare.value >= leastQualityShare && costShare.value <= mostCostShare
  if (!met) return `${kept}, short of its aim of ${aim}.`
  const sure = qualityShare.low >= leastQualityShare && costShare.high <= mostCostShare
  return sure
    ? `${kept}, which meets its aim of ${aim}, intervals included.`
    : `${kept}, which meets its aim of ${aim}; the intervals reach beyond it, so more tasks would say it more surely.`
}
