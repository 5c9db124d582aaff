/** What a gateway has done lately, in figures: in all, step by step, and by policy and model. */

import type { Attempt } from '../../domain/attempt.ts'
import type { DecisionId } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import type { ReportSums, SpendRow, StoredDecision } from '../../storage/store.ts'
import { AdminError, type AdminCall, type AdminParts, type AdminRequest, value } from './call.ts'
import type { Interval } from './saving.ts'

/** Milliseconds, of so many requests. */
export type Quantiles = { readonly p50: number; readonly p95: number; readonly of: number }

export type Timing = {
  /** From the request to the end of its answer. */
  readonly latencyMs: Quantiles | null
  readonly firstContentMs: Quantiles | null
  /** Of `latencyMs`, what was spent while no vendor was being waited for. */
  readonly addedMs: Quantiles | null
  /** From the request to the choice. */
  readonly decidedMs: Quantiles | null
}

export type OverviewStep = {
  readonly from: string
  readonly until: string
  readonly sums: ReportSums
} & Pick<Timing, 'latencyMs' | 'addedMs'>

/** Mean score of feedback with a 95 % interval. */
export type RatedQuality = Interval & { readonly ratings: number }

export type OverviewGroup = SpendRow & Pick<Timing, 'latencyMs'> & { readonly quality: RatedQuality | null }

export type Overview = {
  readonly since: string
  readonly until: string
  readonly stepMs: number
  readonly totals: ReportSums
  /** Oldest first, without gaps. Timings are those of the last requests of each step. */
  readonly steps: readonly OverviewStep[]
  readonly timing: Timing
  readonly quality: RatedQuality | null
  readonly policies: readonly OverviewGroup[]
  readonly models: readonly OverviewGroup[]
}

const minuteMs = 60_000
const spans = {
  '1h': { stepMs: 5 * minuteMs, steps: 12 },
  '24h': { stepMs: 60 * minuteMs, steps: 24 },
  '7d': { stepMs: 6 * 60 * minuteMs, steps: 28 },
  '30d': { stepMs: 24 * 60 * minuteMs, steps: 30 },
} as const

/** Requests of a step whose times are looked at. */
const timedPerStep = 100
/** An outcome may be written this long after its decision; a step that is older does not change. */
const settledAfterMs = 60 * minuteMs
const mostRatings = 5_000

export function overviewCalls(parts: AdminParts): readonly AdminCall[] {
  const settled = new Map<string, Read>()
  return [
    {
      method: 'GET',
      path: '/overview',
      run: async (request) => value(await overview(parts, settled, request)),
    },
  ]
}

/** Steps that are over, so that a page that is left open costs little. */
type Settled = Map<string, Read>
const mostSettled = 200

type Read = { readonly sums: ReportSums; readonly timed: readonly Timed[] }

/** What is kept of one request. */
type Timed = {
  readonly id: DecisionId
  readonly policy: string
  readonly model: string | null
  readonly latencyMs: number
  readonly firstContentMs: number | null
  readonly addedMs: number
  readonly decidedMs: number
}

async function overview(parts: AdminParts, settled: Settled, request: AdminRequest): Promise<Overview> {
  const { store, clock } = parts
  const { stepMs, steps } = spanOf(request)
  const now = clock.wall().getTime()
  const from = firstStep(now, stepMs, steps, zoneOf(request))
  const read: { from: number; until: number; read: Read }[] = []
  for (let at = from; at <= now; at += stepMs)
    read.push({ from: at, until: at + stepMs, read: await readStep(store, settled, at, at + stepMs, now) })
  const timed = read.flatMap((step) => step.read.timed)
  const since = isoOf(from)
  const whole = { since, until: isoOf(now + 1), policy: null }
  const [policies, models, recent, scores] = [
    await store.spending(whole, 'policy'),
    await store.spending(whole, 'model'),
    await store.recentFeedback({ since, limit: mostRatings }),
    scoresByDecision(await store.feedbackOn(timed.map(({ id }) => id))),
  ]
  const groups = (rows: readonly SpendRow[], groupOf: (one: Timed) => string | null) =>
    rows.map((row) =>
      groupWith(
        row,
        timed.filter((one) => groupOf(one) === row.group),
        scores,
      ),
    )
  return {
    since,
    until: isoOf(now),
    stepMs,
    totals: read.reduce((sums, step) => added(sums, step.read.sums), noSums),
    steps: read.map((step) => ({
      from: isoOf(step.from),
      until: isoOf(step.until),
      sums: step.read.sums,
      latencyMs: quantiles(step.read.timed.map(({ latencyMs }) => latencyMs)),
      addedMs: quantiles(step.read.timed.map(({ addedMs }) => addedMs)),
    })),
    timing: timingOf(timed),
    quality: ratedQuality([...lastWords(recent).values()]),
    policies: groups(policies, ({ policy }) => policy),
    models: groups(models, ({ model }) => model),
  }
}

/** @throws AdminError */
function spanOf({ query }: AdminRequest): (typeof spans)[keyof typeof spans] {
  const asked = query['range'] ?? '24h'
  if (Object.hasOwn(spans, asked)) return spans[asked as keyof typeof spans]
  throw new AdminError(400, 'invalid_request', `range must be one of ${Object.keys(spans).join(', ')}.`)
}

/** How far the viewer's clock is ahead of UTC, so that days begin at their midnight. @throws AdminError */
function zoneOf({ query }: AdminRequest): number {
  const minutes = Number(query['zoneMinutes'] ?? 0)
  if (Number.isInteger(minutes) && Math.abs(minutes) <= 24 * 60) return minutes * minuteMs
  throw new AdminError(400, 'invalid_request', 'zoneMinutes must be minutes ahead of UTC, such as 120.')
}

function firstStep(now: number, stepMs: number, steps: number, zoneMs: number): number {
  const current = Math.floor((now + zoneMs) / stepMs) * stepMs - zoneMs
  return current - (steps - 1) * stepMs
}

async function readStep(
  store: AdminParts['store'],
  settled: Settled,
  from: number,
  until: number,
  now: number,
): Promise<Read> {
  const key = `${from} ${until}`
  const kept = settled.get(key)
  if (kept) return kept
  const filter = { since: isoOf(from), until: isoOf(until), policy: null }
  const rows = await store.spending(filter, 'policy')
  const found = rows.length === 0 ? [] : await store.decisions({ ...filter, limit: timedPerStep })
  const read: Read = { sums: rows.reduce<ReportSums>(added, noSums), timed: found.flatMap(timedOf) }
  if (until + settledAfterMs < now) {
    settled.set(key, read)
    const [oldest] = settled.keys()
    if (settled.size > mostSettled && oldest !== undefined) settled.delete(oldest)
  }
  return read
}

const noSums: ReportSums = {
  decisions: 0,
  answered: 0,
  failed: 0,
  fallbacks: 0,
  cached: 0,
  inputTokens: 0,
  outputTokens: 0,
  microUsd: 0,
  unpriced: 0,
  meanLatencyMs: 0,
}

function added(a: ReportSums, b: ReportSums): ReportSums {
  const answered = a.answered + b.answered
  return {
    decisions: a.decisions + b.decisions,
    answered,
    failed: a.failed + b.failed,
    fallbacks: a.fallbacks + b.fallbacks,
    cached: a.cached + b.cached,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    microUsd: a.microUsd + b.microUsd,
    unpriced: a.unpriced + b.unpriced,
    meanLatencyMs:
      answered === 0 ? 0 : (a.meanLatencyMs * a.answered + b.meanLatencyMs * b.answered) / answered,
  }
}

/** Requests that were answered: a fast failure is not speed. */
function timedOf({ decision, outcome }: StoredDecision): readonly Timed[] {
  if (outcome?.status !== 'answered') return []
  const { latencyMs, firstContentMs, attempts } = outcome
  return [
    {
      id: decision.id,
      policy: decision.policy,
      model: outcome.model ?? decision.chosen,
      latencyMs,
      firstContentMs,
      addedMs: Math.max(0, latencyMs - waitedMs(attempts)),
      decidedMs: decision.decidedInMicros / 1_000,
    },
  ]
}

/** How long at least one attempt was under way. Attempts that race, or that one stream has of two, count once. */
export function waitedMs(attempts: readonly Pick<Attempt, 'startedAfterMs' | 'endedAfterMs'>[]): number {
  let [waited, reached] = [0, Number.NEGATIVE_INFINITY]
  for (const { startedAfterMs, endedAfterMs } of attempts.toSorted(
    (a, b) => a.startedAfterMs - b.startedAfterMs,
  )) {
    waited += Math.max(0, endedAfterMs - Math.max(startedAfterMs, reached))
    reached = Math.max(reached, endedAfterMs)
  }
  return waited
}

const timingOf = (timed: readonly Timed[]): Timing => ({
  latencyMs: quantiles(timed.map(({ latencyMs }) => latencyMs)),
  firstContentMs: quantiles(timed.flatMap(({ firstContentMs }) => firstContentMs ?? [])),
  addedMs: quantiles(timed.map(({ addedMs }) => addedMs)),
  decidedMs: quantiles(timed.map(({ decidedMs }) => decidedMs)),
})

/** Nearest rank: the smallest value that at least that share is not above. */
export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  return { p50: rank(0.5), p95: rank(0.95), of: sorted.length }
}

function groupWith(
  row: SpendRow,
  timed: readonly Timed[],
  scores: ReadonlyMap<DecisionId, readonly number[]>,
): OverviewGroup {
  return {
    ...row,
    latencyMs: quantiles(timed.map(({ latencyMs }) => latencyMs)),
    quality: ratedQuality(timed.flatMap(({ id }) => scores.get(id) ?? [])),
  }
}

/** The last word of each author on each thing, where it is a score of quality. */
function lastWords(feedback: readonly Feedback[]): ReadonlyMap<string, number> {
  const words = new Map<string, number>()
  for (const { about, author, metric, score } of feedback.toSorted((a, b) => (a.at < b.at ? -1 : 1)))
    if (metric === 'quality' && score !== null) words.set(JSON.stringify([about, author]), score)
  return words
}

function scoresByDecision(feedback: readonly Feedback[]): ReadonlyMap<DecisionId, readonly number[]> {
  const byDecision = new Map<DecisionId, Feedback[]>()
  for (const one of feedback) {
    if (one.about.kind !== 'decision') continue
    const list = byDecision.get(one.about.decision)
    if (list) list.push(one)
    else byDecision.set(one.about.decision, [one])
  }
  return new Map([...byDecision].map(([id, list]) => [id, [...lastWords(list).values()]]))
}

/**
 * Wilson's interval with the mean score in the place of the share of successes: scores lie in 0 to 1, where no variance is
 * above mean (1 - mean), so that it is rather too wide than too narrow.
 */
export function ratedQuality(scores: readonly number[]): RatedQuality | null {
  const n = scores.length
  if (n === 0) return null
  const z2 = 1.96 ** 2
  const mean = scores.reduce((sum, score) => sum + score, 0) / n
  const middle = (mean + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((mean * (1 - mean)) / n + z2 / (4 * n * n))
  return { mean, low: Math.max(0, middle - half), high: Math.min(1, middle + half), ratings: n }
}

const isoOf = (at: number): string => new Date(at).toISOString()
