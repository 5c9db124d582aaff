/** What is made with the libraries of OpenTelemetry. Nothing here touches their global providers. */

import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, type MetricProducer, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { randomUUID } from 'node:crypto'
import { withoutCredentials } from '../without-credentials.ts'
import { createGenAiMetrics, type GenAiMetrics } from './gen-ai-metrics.ts'
import { createHistogramSet, producerOf } from './histograms.ts'
import { general } from './names.ts'
import type { OtlpSettings } from './settings.ts'
import type { AttributeValue, Span } from './span.ts'
import type { SendSpans } from './span-queue.ts'

export type Export = {
  readonly send: SendSpans
  readonly metrics: GenAiMetrics | null
  readonly shutdown: (withinMs: number) => Promise<void>
}

const scope = 'fairlead'
const problemEveryMs = 60_000

export function openExport(
  settings: OtlpSettings,
  version: string,
  onProblem: (message: string) => void,
): Export {
  const resource = resourceFromAttributes({
    [general.serviceName]: settings.serviceName,
    [general.serviceVersion]: version,
    [general.serviceInstance]: randomUUID(),
    ...settings.resource,
  })
  const problem = seldom(onProblem)
  const traces = settings.tracesUrl === null ? null : openTraces(settings, settings.tracesUrl)
  const histograms = createHistogramSet(new Date())
  const producer = producerOf(histograms, { name: scope, version }, resource)
  const meters =
    settings.metricsUrl === null ? null : openMeters(settings, settings.metricsUrl, resource, producer)
  return {
    send: (spans) =>
      traces === null
        ? Promise.resolve(false)
        : sendSpans(traces, spans.map(readable(resource, version)), problem),
    metrics: meters && createGenAiMetrics(histograms),
    shutdown: async (withinMs) => {
      const both = Promise.all([traces?.shutdown(), meters?.shutdown({ timeoutMillis: withinMs })])
      await Promise.race([both.catch((error) => problem(messageOf(error))), pause(withinMs)])
    },
  }
}

/** The library's own enum has these two words, and is not exported to its users. */
type ExporterOptions = Required<NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>>

const connection = ({ headers, timeoutMs, compression }: OtlpSettings, url: string) => ({
  url,
  headers: Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, secret.reveal()])),
  timeoutMillis: timeoutMs,
  compression: compression as ExporterOptions['compression'],
})

const openTraces = (settings: OtlpSettings, url: string) => new OTLPTraceExporter(connection(settings, url))

const openMeters = (settings: OtlpSettings, url: string, resource: Resource, producer: MetricProducer) =>
  new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(connection(settings, url)),
        exportIntervalMillis: Math.max(settings.metricsIntervalMs, settings.timeoutMs),
        exportTimeoutMillis: settings.timeoutMs,
        metricProducers: [producer],
      }),
    ],
  })

function sendSpans(
  exporter: OTLPTraceExporter,
  spans: ReadableSpan[],
  problem: (message: string) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      exporter.export(spans, ({ code, error }) => {
        if (code !== 0) problem(error === undefined ? 'the receiver refused spans' : messageOf(error))
        resolve(code === 0)
      })
    } catch (error) {
      problem(messageOf(error))
      resolve(false)
    }
  })
}

const messageOf = (error: unknown): string =>
  withoutCredentials(error instanceof Error ? error.message : String(error))

/** A receiver that is down fails every second: once a minute is told. */
function seldom(tell: (message: string) => void): (message: string) => void {
  let last = Number.NEGATIVE_INFINITY
  return (message) => {
    const now = performance.now()
    if (now - last < problemEveryMs) return
    last = now
    tell(message)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const

const readable = (resource: Resource, version: string) => {
  const instrumentationScope = { name: scope, version }
  return (span: Span): ReadableSpan => {
    const context = (spanId: string, isRemote: boolean) => ({
      traceId: span.traceId,
      spanId,
      traceFlags: TraceFlags.SAMPLED,
      isRemote,
    })
    const own = context(span.spanId, false)
    return {
      name: span.name,
      kind: kinds[span.kind],
      spanContext: () => own,
      ...(span.parent === null ? {} : { parentSpanContext: context(span.parent.spanId, span.parent.remote) }),
      startTime: hrTime(span.startMs),
      endTime: hrTime(span.endMs),
      duration: hrTime(Math.max(0, span.endMs - span.startMs)),
      status:
        span.error === null
          ? { code: SpanStatusCode.UNSET }
          : { code: SpanStatusCode.ERROR, message: span.error },
      attributes: mutable(span.attributes),
      links: [],
      events: span.events.map(({ name, atMs, attributes }) => ({
        name,
        time: hrTime(atMs),
        attributes: mutable(attributes),
      })),
      ended: true,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    }
  }
}

const mutable = (attributes: Readonly<Record<string, AttributeValue>>): Attributes => attributes as Attributes

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
