import { hash32 } from '../../domain/random.ts'
import type { DecisionId } from '../../domain/decision.ts'
import { LRUCache } from 'lru-cache'
import type { Sink, TelemetryEvent } from '../events.ts'
import type { Known, KnownTarget } from '../known.ts'
import { feedbackSpan } from './feedback-span.ts'
import type { GenAiMetrics } from './gen-ai-metrics.ts'
import { requestSpans } from './request-spans.ts'
import type { OtlpSettings } from './settings.ts'
import { traceIdsOf } from './span.ts'
import { createSpanQueue, type SpanQueue } from './span-queue.ts'
import { parseTraceparent, type TraceParent } from './traceparent.ts'
import { toolSpan } from './tool-span.ts'

export type { OtlpSettings } from './settings.ts'

export type Otlp = {
  readonly sink: Sink
  readonly follow: (known: Known) => void
  /** Spans; a trace is dropped as a whole. */
  readonly counts: SpanQueue['counts']
  /** Sends what is left, within the time that the settings give. */
  readonly close: () => Promise<void>
}

export type OtlpOptions = {
  readonly settings: OtlpSettings
  readonly known: Known
  readonly version: string
  /** The receiver refused or could not be reached. Told at most once a minute. */
  readonly onProblem: (message: string) => void
}

const maxBatch = 512
/** Traces that go on from clients' own, so that feedback finds them. */
const mostContinued = 10_000

/** The libraries are loaded here and nowhere else: who does not configure OpenTelemetry does not pay for it. */
export async function openOtlp({ settings, known, version, onProblem }: OtlpOptions): Promise<Otlp> {
  const { openExport } = await import('./export.ts')
  const { send, metrics, shutdown } = openExport(settings, version, onProblem)
  const queue = createSpanQueue({
    send,
    maxQueued: settings.maxQueued,
    maxBatch: Math.min(maxBatch, settings.maxQueued),
    intervalMs: settings.flushIntervalMs,
  })
  let targets = targetsOf(known)
  metrics?.follow(known)
  const continued = new LRUCache<DecisionId, string>({ max: mostContinued })
  const tracing: Tracing = {
    settings,
    queue,
    metrics,
    continued,
    targetOf: (id) => targets.get(id) ?? null,
  }
  return {
    sink: { name: 'opentelemetry', take: (event, at) => take(tracing, event, at) },
    follow: (changed) => {
      targets = targetsOf(changed)
      metrics?.follow(changed)
    },
    counts: queue.counts,
    close: async () => {
      const startedAt = performance.now()
      await queue.close(settings.closeMs)
      await shutdown(Math.max(100, settings.closeMs - (performance.now() - startedAt)))
    },
  }
}

const targetsOf = ({ targets }: Known) => new Map(targets.map((target) => [target.id, target]))

type Tracing = {
  readonly settings: OtlpSettings
  readonly queue: SpanQueue
  readonly metrics: GenAiMetrics | null
  readonly continued: LRUCache<DecisionId, string>
  readonly targetOf: (id: string) => KnownTarget | null
}

function take(tracing: Tracing, event: TelemetryEvent, at: number): void {
  switch (event.kind) {
    case 'finished':
      finished(tracing, event, at)
      break
    case 'feedback':
      feedback(tracing, event, at)
      break
    case 'tool-call':
      if (tracing.settings.tracesUrl !== null && isSampled(`${at} ${event.server}/${event.tool}`, tracing))
        tracing.queue.add([toolSpan(event, at)])
      break
    default:
      break
  }
}

function finished(
  { settings, queue, metrics, continued, targetOf }: Tracing,
  { decision, outcome, asked, answer }: Extract<TelemetryEvent, { kind: 'finished' }>,
  at: number,
): void {
  metrics?.record(decision, outcome, asked?.operation ?? 'chat', targetOf)
  if (settings.tracesUrl === null) return
  const parent = parseTraceparent(asked?.traceparent)
  if (!isKept(decision.id, parent, outcome.status === 'failed', settings)) return
  if (parent !== null) continued.set(decision.id, parent.traceId)
  const told = { decision, outcome, asked: asked ?? null, answer: answer ?? null, endedAtMs: at, parent }
  queue.add(requestSpans({ ...told, content: settings.content }, targetOf))
}

function feedback(
  tracing: Tracing,
  { feedback: said, decision }: Extract<TelemetryEvent, { kind: 'feedback' }>,
  at: number,
): void {
  const { settings, queue, continued } = tracing
  const about = said.about.kind === 'decision' ? said.about.decision : decision?.id
  if (settings.tracesUrl === null || about === undefined) return
  const { traceId, rootId } = traceIdsOf(about)
  const traced = continued.get(about)
  if (traced === undefined && !isSampled(about, tracing)) return
  queue.add([feedbackSpan(said, about, { traceId: traced ?? traceId, rootId }, at, settings.content)])
}

/** By the id alone, so that all that belongs to one request is kept or none of it, in whatever process. */
const isSampled = (id: string, { settings }: { readonly settings: Pick<OtlpSettings, 'sample'> }): boolean =>
  hash32(id, sampleSeed) / 2 ** 32 < settings.sample

const sampleSeed = 7

export function isKept(
  id: DecisionId,
  parent: TraceParent | null,
  failed: boolean,
  settings: Pick<OtlpSettings, 'sample' | 'followClient' | 'keepErrors'>,
): boolean {
  if (failed && settings.keepErrors) return true
  if (parent !== null && settings.followClient) return parent.sampled
  return isSampled(id, { settings })
}
