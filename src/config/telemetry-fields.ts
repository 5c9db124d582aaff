/** What a configuration says of telemetry: metrics, OpenTelemetry, webhooks, alarms. */

import { z } from 'zod'
import { share } from './share.ts'

const text = z.string().min(1)
const milliseconds = z.number().int().positive()
const count = z.number().int().min(1)

/** The kinds of telemetry's events that somebody outside may be told of. A test holds them against telemetry's own list. */
export const toldEvents = [
  'decided',
  'finished',
  'refused-at-the-door',
  'budget-alert',
  'breaker-changed',
  'cache',
  'feedback',
  'alarm',
  'tool-call',
  'state-degraded',
  'state-recovered',
  'store-problem',
  'config-reloaded',
  'experiment-changed',
] as const

/** What a webhook is told that names no events: what people have to see to. */
const seeTo = [
  'budget-alert',
  'alarm',
  'breaker-changed',
  'state-degraded',
  'state-recovered',
  'store-problem',
  'config-reloaded',
  'experiment-changed',
] as const satisfies readonly (typeof toldEvents)[number][]

export const otlpSchema = z
  .strictObject({
    endpoint: text
      .optional()
      .describe(
        'The receiver, such as http://127.0.0.1:4318; /v1/traces and /v1/metrics are added to it. In place of OTEL_EXPORTER_OTLP_ENDPOINT.',
      ),
    tracesEndpoint: text.optional().describe('Where traces go, with the whole path, where it is elsewhere.'),
    metricsEndpoint: text.optional().describe('Where metrics go, with the whole path.'),
    headers: z
      .record(text, z.string())
      .optional()
      .describe(`Sent with every call; values may hold \${NAME}.`),
    traces: z.boolean().default(true).describe('Send a trace of each sampled request.'),
    metrics: z
      .boolean()
      .default(true)
      .describe('Send the metrics of the GenAI conventions. /metrics goes on beside them.'),
    sample: share.default(1).describe('The share of requests that are traced.'),
    followClient: z
      .boolean()
      .default(true)
      .describe("Whether a client's traceparent decides if its request is traced."),
    keepErrors: z.boolean().default(true).describe('Trace every request that fails.'),
    content: z.boolean().default(false).describe('Whether prompts, answers and comments go out with traces.'),
    serviceName: text.optional().describe('fairlead, or OTEL_SERVICE_NAME where that is set.'),
    resource: z
      .record(text, text)
      .optional()
      .describe('More that is said of this service, such as deployment.environment.name: production.'),
    compression: z.enum(['gzip', 'none']).optional(),
    timeoutMs: milliseconds.max(600_000).optional().describe('For one call, retries included.'),
    maxQueued: count
      .max(1_000_000)
      .default(4096)
      .describe('Spans that may wait; more are dropped and counted.'),
    flushIntervalMs: milliseconds.default(1000).describe('How often spans are sent.'),
    metricsIntervalMs: milliseconds.default(60_000).describe('How often metrics are sent.'),
    closeMs: milliseconds.default(3000).describe('How long sending what is left may hold up a stop.'),
  })
  .describe('OpenTelemetry over OTLP (http/protobuf).')

export const webhookSchema = z
  .strictObject({
    url: text.describe('Where events are posted as JSON; it may be env:NAME, and is kept like a secret.'),
    events: z
      .array(z.enum(toldEvents))
      .min(1)
      .default([...seeTo])
      .describe('What it is told of.'),
    secret: text
      .optional()
      .describe(
        'Signs what is sent, as Standard Webhooks has it: whsec_ and the base64 of 24 to 64 random bytes.',
      ),
    form: z
      .enum(['standard', 'slack'])
      .default('standard')
      .describe('slack: a sentence under text and nothing else, as chat rooms take it.'),
    timeoutMs: milliseconds.max(60_000).default(5000).describe('For one call.'),
    attempts: count.max(20).default(5).describe('Calls for one event, with longer and longer waits.'),
  })
  .describe('An address that is told of events.')

const shareLimits = (window: number, raiseAbove: number, clearBelow: number) =>
  z
    .strictObject({
      window: count.max(1_000_000).default(window).describe('Requests that are judged together.'),
      raiseAbove: share.default(raiseAbove),
      clearBelow: share.default(clearBelow),
    })
    .refine(({ raiseAbove: raise, clearBelow: clear }) => clear <= raise, {
      error: 'clearBelow is above raiseAbove. Write a lower share, so that an alarm does not come and go.',
      path: ['clearBelow'],
    })
    .prefault({})

const shiftLimits = (tolerance: number) =>
  z
    .strictObject({
      tolerance: z.number().positive().max(0.9).default(tolerance).describe('How far means may be off.'),
      patience: z
        .number()
        .min(100)
        .max(1e9)
        .default(10_000)
        .describe('Observations per false alarm, on average, at least.'),
    })
    .prefault({})

export const alarmsSchema = z
  .strictObject({
    constantRouter: shareLimits(500, 0.98, 0.95).describe('One model gets nearly everything.'),
    escalationRate: shareLimits(200, 0.9, 0.8).describe('Cascades go on nearly always.'),
    errorRate: shareLimits(100, 0.1, 0.05).describe('Requests fail.'),
    unfamiliarPrompts: shareLimits(500, 0.25, 0.15).describe('Prompts are unlike those of the training.'),
    costShift: shiftLimits(0.25).describe('Bills against predicted cost, as a share of it.'),
    qualityShift: shiftLimits(0.05).describe('Feedback against predicted quality, in points from 0 to 1.'),
    priceAgeDays: z.number().positive().default(90).describe('Prices older than this are old.'),
  })
  .describe('When somebody should look.')

export const telemetrySchema = z.strictObject({
  metrics: z
    .strictObject({
      open: z
        .boolean()
        .default(false)
        .describe('Whether everybody who reaches the port may read /metrics, without the admin token.'),
    })
    .prefault({})
    .describe('/metrics, for Prometheus.'),
  otlp: otlpSchema.optional(),
  webhooks: z.array(webhookSchema).max(20).default([]),
  alarms: alarmsSchema.prefault({}),
})
export type TelemetryEntry = z.output<typeof telemetrySchema>
