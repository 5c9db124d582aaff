/**
 * A receiver of OTLP over HTTP and protobuf. What it decodes with is written down here from the published protocol
 * (https://github.com/open-telemetry/opentelemetry-proto): names and numbers of fields, as far as they are sent.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import { onTestFinished } from 'vitest'

const field = (type: string, id: number) => ({ type, id })
const list = (type: string, id: number) => ({ rule: 'repeated', type, id })
const message = (fields: Record<string, { type: string; id: number; rule?: string }>) => ({ fields })

const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      oneofs: {
        value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue'] },
      },
      fields: {
        stringValue: field('string', 1),
        boolValue: field('bool', 2),
        intValue: field('int64', 3),
        doubleValue: field('double', 4),
        arrayValue: field('ArrayValue', 5),
      },
    },
    ArrayValue: message({ values: list('AnyValue', 1) }),
    KeyValue: message({ key: field('string', 1), value: field('AnyValue', 2) }),
    Scope: message({ name: field('string', 1), version: field('string', 2) }),
    Resource: message({ attributes: list('KeyValue', 1) }),
    Status: message({ message: field('string', 2), code: field('int32', 3) }),
    Event: message({
      timeUnixNano: field('fixed64', 1),
      name: field('string', 2),
      attributes: list('KeyValue', 3),
    }),
    Span: message({
      traceId: field('bytes', 1),
      spanId: field('bytes', 2),
      parentSpanId: field('bytes', 4),
      name: field('string', 5),
      kind: field('int32', 6),
      startTimeUnixNano: field('fixed64', 7),
      endTimeUnixNano: field('fixed64', 8),
      attributes: list('KeyValue', 9),
      events: list('Event', 11),
      status: field('Status', 15),
    }),
    ScopeSpans: message({ scope: field('Scope', 1), spans: list('Span', 2) }),
    ResourceSpans: message({ resource: field('Resource', 1), scopeSpans: list('ScopeSpans', 2) }),
    ExportTraceServiceRequest: message({ resourceSpans: list('ResourceSpans', 1) }),
    HistogramDataPoint: message({
      count: field('fixed64', 4),
      sum: field('double', 5),
      bucketCounts: list('fixed64', 6),
      explicitBounds: list('double', 7),
      attributes: list('KeyValue', 9),
    }),
    Histogram: message({ dataPoints: list('HistogramDataPoint', 1) }),
    Metric: message({
      name: field('string', 1),
      unit: field('string', 3),
      histogram: field('Histogram', 9),
    }),
    ScopeMetrics: message({ metrics: list('Metric', 2) }),
    ResourceMetrics: message({ resource: field('Resource', 1), scopeMetrics: list('ScopeMetrics', 2) }),
    ExportMetricsServiceRequest: message({ resourceMetrics: list('ResourceMetrics', 1) }),
  },
})

/** What an attribute was sent as: `int` and `double` are told apart, as receivers tell them. */
export type SentValue = {
  readonly type: 'string' | 'bool' | 'int' | 'double' | 'string[]'
  readonly value: unknown
}
export type SentAttributes = Readonly<Record<string, SentValue>>

export type SentSpan = {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | null
  /** Nanoseconds since 1970. */
  readonly start: bigint
  readonly end: bigint
  readonly status: { readonly code: number; readonly message: string }
  readonly attributes: SentAttributes
  readonly events: readonly { readonly name: string; readonly attributes: SentAttributes }[]
  readonly resource: SentAttributes
}

export type SentPoint = {
  readonly metric: string
  readonly unit: string
  readonly count: number
  readonly sum: number
  readonly bounds: readonly number[]
  readonly attributes: SentAttributes
}

export type OtlpReceiver = {
  readonly url: string
  readonly spans: SentSpan[]
  readonly points: SentPoint[]
  /** All bytes that came, bodies unpacked, for whoever looks for what must not be there. */
  readonly bodies: Buffer[]
  readonly headers: IncomingMessage['headers'][]
  /** What it does from now on. */
  answerWith: (behaviour: Behaviour) => void
}

/** `hang`: it takes the request and says nothing. */
export type Behaviour = 'ok' | 'refuse' | 'hang'

export async function anOtlpReceiver(): Promise<OtlpReceiver> {
  let behaviour: Behaviour = 'ok'
  const receiver: Omit<OtlpReceiver, 'url'> = {
    spans: [],
    points: [],
    bodies: [],
    headers: [],
    answerWith: (next) => {
      behaviour = next
    },
  }
  const server = createServer((request, response) => {
    void receive(receiver, () => behaviour, request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { ...receiver, url: `http://127.0.0.1:${port}` }
}

async function receive(
  receiver: Omit<OtlpReceiver, 'url'>,
  behaviour: () => Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const sent = Buffer.concat(chunks)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  if (behaviour() === 'hang') return
  if (behaviour() === 'refuse') {
    response.writeHead(400).end()
    return
  }
  receiver.bodies.push(body)
  receiver.headers.push(request.headers)
  if (request.url === '/v1/traces') receiver.spans.push(...decodeSpans(body))
  else if (request.url === '/v1/metrics') receiver.points.push(...decodePoints(body))
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
}

type Decoded = Record<string, unknown>

function decode(type: string, body: Buffer): Decoded {
  const found = root.lookupType(type)
  const message = found.decode(body)
  return found.toObject(message, { longs: String, bytes: String, arrays: true, defaults: true, oneofs: true })
}

const each = (of: unknown, name: string): Decoded[] => ((of as Decoded)[name] ?? []) as Decoded[]
const hex = (base64: unknown): string => Buffer.from(String(base64), 'base64').toString('hex')

export function decodeSpans(body: Buffer): SentSpan[] {
  return each(decode('ExportTraceServiceRequest', body), 'resourceSpans').flatMap((group) =>
    each(group, 'scopeSpans').flatMap((scope) =>
      each(scope, 'spans').map((span): SentSpan => {
        const status = (span.status ?? {}) as Decoded
        const parent = hex(span.parentSpanId)
        return {
          name: String(span.name),
          kind: kinds[Number(span.kind)] ?? 'internal',
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: parent === '' ? null : parent,
          start: BigInt(String(span.startTimeUnixNano)),
          end: BigInt(String(span.endTimeUnixNano)),
          status: { code: Number(status.code ?? 0), message: String(status.message ?? '') },
          attributes: attributesIn(span),
          events: each(span, 'events').map((event) => ({
            name: String(event.name),
            attributes: attributesIn(event),
          })),
          resource: attributesIn(group.resource),
        }
      }),
    ),
  )
}

const kinds: Record<number, SentSpan['kind']> = { 1: 'internal', 2: 'server', 3: 'client' }

function decodePoints(body: Buffer): SentPoint[] {
  return each(decode('ExportMetricsServiceRequest', body), 'resourceMetrics').flatMap((group) =>
    each(group, 'scopeMetrics').flatMap((scope) =>
      each(scope, 'metrics').flatMap((metric) =>
        each(metric.histogram ?? {}, 'dataPoints').map((point) => ({
          metric: String(metric.name),
          unit: String(metric.unit),
          count: Number(point.count),
          sum: Number(point.sum),
          bounds: point.explicitBounds as number[],
          attributes: attributesIn(point),
        })),
      ),
    ),
  )
}

function attributesIn(of: unknown): SentAttributes {
  return Object.fromEntries(
    each(of ?? {}, 'attributes').map(({ key, value }) => [String(key), sentValue(value as Decoded)]),
  )
}

function sentValue(value: Decoded): SentValue {
  switch (value.value) {
    case 'stringValue':
      return { type: 'string', value: value.stringValue }
    case 'boolValue':
      return { type: 'bool', value: value.boolValue }
    case 'intValue':
      return { type: 'int', value: Number(value.intValue) }
    case 'doubleValue':
      return { type: 'double', value: value.doubleValue }
    case 'arrayValue':
      return { type: 'string[]', value: each(value.arrayValue, 'values').map((one) => one.stringValue) }
    default:
      throw new Error(`an attribute of a kind that nobody sends: ${JSON.stringify(value)}`)
  }
}
