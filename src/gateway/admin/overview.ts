/** What a gateway has done lately, in figures: in all, step by step, and by policy and model. */

import type { DecisionId } from '../../domain/decision.ts'
import type { DecisionTiming, ReportSums, SpendRow } from '../../storage/store.ts'
import { AdminError, type AdminCall, type AdminParts, type AdminRequest, value } from './call.ts'
import {
  lastWords,
  type Quantiles,
  quantiles,
  type RatedQuality,
  ratedQuality,
  scoresByDecision,
  waitedMs,
} from './overview-figures.ts'

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

type Read = {
  readonly policies: readonly SpendRow[]
  readonly models: readonly SpendRow[]
  readonly sums: ReportSums
  readonly timed: readonly Timed[]
}

/** What is kept of one request. Those that were answered: a fast failure is not speed. */
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
  const recent = await store.recentFeedback({ since, limit: mostRatings })
  const scores = scoresByDecision(await store.feedbackOn(timed.map(({ id }) => id)))
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
    policies: groups(summed(read.flatMap((step) => step.read.policies)), ({ policy }) => policy),
    models: groups(summed(read.flatMap((step) => step.read.models)), ({ model }) => model),
  }
}

/** @throws AdminError */
function spanOf({ query }: AdminRequest): (typeof spans)[keyof typeof spans] {
  const asked = query.range ?? '24h'
  if (Object.hasOwn(spans, asked)) return spans[asked as keyof typeof spans]
  throw new AdminError(400, 'invalid_request', `range must be one of ${Object.keys(spans).join(', ')}.`)
}

/** How far the viewer's clock is ahead of UTC, so that days begin at their midnight. @throws AdminError */
function zoneOf({ query }: AdminRequest): number {
  const minutes = Number(query.zoneMinutes ?? 0)
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
  const rows = await store.report(filter)
  const found = rows.length > 0 ? await store.timings({ ...filter, limit: timedPerStep }) : []
  const read: Read = {
    policies: summed(rows.map(({ policy, model: _, ...sums }) => ({ ...sums, group: policy }))),
    models: summed(rows.map(({ policy: _, model, ...sums }) => ({ ...sums, group: model }))),
    sums: rows.reduce<ReportSums>(added, noSums),
    timed: found.map(timedOf),
  }
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

/** Groups of one name together, by name. */
function summed(rows: readonly SpendRow[]): readonly SpendRow[] {
  const groups = new Map<string, SpendRow>()
  for (const row of rows) {
    const before = groups.get(row.group)
    groups.set(row.group, before === undefined ? row : { ...added(before, row), group: row.group })
  }
  return [...groups.values()].sort((a, b) => (a.group < b.group ? -1 : 1))
}

const timedOf = ({ attempts, decidedInMicros, ...timing }: DecisionTiming): Timed => ({
  ...timing,
  addedMs: Math.max(0, timing.latencyMs - waitedMs(attempts)),
  decidedMs: decidedInMicros / 1_000,
})

const timingOf = (timed: readonly Timed[]): Timing => ({
  latencyMs: quantiles(timed.map(({ latencyMs }) => latencyMs)),
  firstContentMs: quantiles(timed.flatMap(({ firstContentMs }) => firstContentMs ?? [])),
  addedMs: quantiles(timed.map(({ addedMs }) => addedMs)),
  decidedMs: quantiles(timed.map(({ decidedMs }) => decidedMs)),
})

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

const isoOf = (at: number): string => new Date(at).toISOString()
