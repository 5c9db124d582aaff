import { Secret } from '../domain/secret.ts'
import type { Environment } from './environment.ts'
import type { Path, ReportFault } from './faults.ts'
import { otlpSchema, type TelemetryEntry, telemetrySchema } from './telemetry-fields.ts'
import { isWebUrl, textOf, webUrlOf } from './written-text.ts'

type OtlpEntry = NonNullable<TelemetryEntry['otlp']>

/** What telemetry's sinks are opened with. */
export type TelemetrySettings = {
  readonly metrics: { readonly open: boolean }
  /** `null`: nothing goes to OpenTelemetry. */
  readonly otlp: ResolvedOtlp | null
  readonly webhooks: readonly ResolvedWebhook[]
  readonly alarms: TelemetryEntry['alarms']
}

export type ResolvedOtlp = Omit<
  OtlpEntry,
  'endpoint' | 'tracesEndpoint' | 'metricsEndpoint' | 'traces' | 'metrics' | 'headers'
> & {
  readonly tracesUrl: string | null
  readonly metricsUrl: string | null
  readonly headers: Readonly<Record<string, Secret>>
  readonly serviceName: string
  readonly resource: Readonly<Record<string, string>>
  readonly compression: 'none' | 'gzip'
  readonly timeoutMs: number
}

export type ResolvedWebhook = Omit<TelemetryEntry['webhooks'][number], 'url' | 'secret'> & {
  readonly url: Secret
  readonly secret: Secret | null
}

export type TelemetryContext = {
  readonly environment: Environment
  readonly report: ReportFault
  readonly note: (text: string) => void
}

export function resolveTelemetry(
  entry: TelemetryEntry | undefined,
  context: TelemetryContext,
): TelemetrySettings {
  const { metrics, otlp, webhooks, alarms } = entry ?? telemetrySchema.parse({})
  return {
    metrics,
    otlp: resolveOtlp(otlp, context),
    webhooks: webhooks.flatMap((webhook, index) => resolveWebhook(webhook, index, context) ?? []),
    alarms,
  }
}

function resolveWebhook(
  { url, secret, ...rest }: TelemetryEntry['webhooks'][number],
  index: number,
  context: TelemetryContext,
): ResolvedWebhook | null {
  const path = ['telemetry', 'webhooks', index]
  const found = urlOf(url, [...path, 'url'], context)
  const key = secret === undefined ? null : textOf(secret, [...path, 'secret'], context)
  if (key !== null && !isSigningSecret(key))
    context.report(
      [...path, 'secret'],
      'is no secret of Standard Webhooks. Write whsec_ and the base64 of 24 to 64 random bytes: `echo whsec_$(openssl rand -base64 32)`.',
    )
  return found === null
    ? null
    : { ...rest, url: new Secret(found), secret: key === null ? null : new Secret(key) }
}

function isSigningSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1]
  if (encoded === undefined) return false
  const { length } = Buffer.from(encoded, 'base64')
  return length >= 24 && length <= 64
}

/** The standard variables of OpenTelemetry stand in where the file is silent; that they are set is enough to turn it on. */
function resolveOtlp(entry: OtlpEntry | undefined, context: TelemetryContext): ResolvedOtlp | null {
  const { environment, note } = context
  const path = ['telemetry', 'otlp']
  if (environment.get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') {
    if (entry !== undefined) note('nothing goes to OpenTelemetry: OTEL_SDK_DISABLED is true')
    return null
  }
  const fields = entry ?? otlpSchema.parse({})
  const tracesUrl = fields.traces ? signalUrl('traces', fields, context) : null
  const metricsUrl = fields.metrics ? signalUrl('metrics', fields, context) : null
  if (tracesUrl === null && metricsUrl === null) {
    if (entry !== undefined && !hasEndpoint(fields, environment))
      context.report(
        path,
        'has no endpoint. Write one such as http://127.0.0.1:4318, or set OTEL_EXPORTER_OTLP_ENDPOINT.',
        'key',
      )
    return null
  }
  for (const url of new Set([tracesUrl, metricsUrl]))
    if (url !== null) note(`telemetry goes to ${new URL(url).host} by OTLP`)
  return {
    sample: fields.sample,
    followClient: fields.followClient,
    keepErrors: fields.keepErrors,
    content: fields.content,
    maxQueued: fields.maxQueued,
    flushIntervalMs: fields.flushIntervalMs,
    metricsIntervalMs: fields.metricsIntervalMs,
    closeMs: fields.closeMs,
    tracesUrl,
    metricsUrl,
    headers: headersOf(fields, context),
    serviceName: fields.serviceName ?? environment.get('OTEL_SERVICE_NAME') ?? 'fairlead',
    resource: { ...pairsOf(environment.get('OTEL_RESOURCE_ATTRIBUTES')), ...fields.resource },
    compression: fields.compression ?? compressionOf(environment),
    timeoutMs: fields.timeoutMs ?? timeoutOf(environment),
  }
}

const hasEndpoint = ({ endpoint, tracesEndpoint, metricsEndpoint }: OtlpEntry, environment: Environment) =>
  [endpoint, tracesEndpoint, metricsEndpoint].some((written) => written !== undefined) ||
  ['', 'TRACES_', 'METRICS_'].some(
    (signal) => environment.get(`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`) !== null,
  )

/** A signal's own address is taken as it stands; of the common one `/v1/…` is below. */
function signalUrl(
  signal: 'traces' | 'metrics',
  fields: OtlpEntry,
  context: TelemetryContext,
): string | null {
  const { environment } = context
  const field = signal === 'traces' ? 'tracesEndpoint' : 'metricsEndpoint'
  const written = fields[field]
  if (written !== undefined) return urlOf(written, ['telemetry', 'otlp', field], context)
  if (fields.endpoint !== undefined) {
    const base = urlOf(fields.endpoint, ['telemetry', 'otlp', 'endpoint'], context)
    return base && below(base, signal)
  }
  const own = environment.get(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`)
  const common = environment.get('OTEL_EXPORTER_OTLP_ENDPOINT')
  const found = own ?? (common === null || !isWebUrl(common) ? common : below(common, signal))
  if (found === null || isWebUrl(found)) return found
  context.note(`OTEL_EXPORTER_OTLP_ENDPOINT is no URL of http, and no ${signal} are sent`)
  return null
}

const below = (base: string, signal: string) => `${base.replace(/\/+$/, '')}/v1/${signal}`

function headersOf(fields: OtlpEntry, context: TelemetryContext): Readonly<Record<string, Secret>> {
  const headers: Record<string, Secret> = {}
  for (const [name, value] of Object.entries(pairsOf(context.environment.get('OTEL_EXPORTER_OTLP_HEADERS'))))
    headers[name.toLowerCase()] = new Secret(value)
  for (const [name, value] of Object.entries(fields.headers ?? {})) {
    const found = textOf(value, ['telemetry', 'otlp', 'headers', name], context)
    if (found !== null) headers[name.toLowerCase()] = new Secret(found)
  }
  return headers
}

/** `name=value,other=value`, percent-encoded. What is not of that form is left out. */
function pairsOf(text: string | null): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const part of (text ?? '').split(',')) {
    const at = part.indexOf('=')
    if (at > 0) pairs[part.slice(0, at).trim()] = decoded(part.slice(at + 1).trim())
  }
  return pairs
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const compressionOf = (environment: Environment): 'gzip' | 'none' =>
  environment.get('OTEL_EXPORTER_OTLP_COMPRESSION') === 'none' ? 'none' : 'gzip'

const defaultTimeoutMs = 10_000

function timeoutOf(environment: Environment): number {
  const written = Number(environment.get('OTEL_EXPORTER_OTLP_TIMEOUT') ?? Number.NaN)
  return written > 0 && written <= 600_000 ? Math.ceil(written) : defaultTimeoutMs
}

const urlOf = (written: string, path: Path, context: TelemetryContext): string | null =>
  webUrlOf(written, path, context, {
    example: 'http://127.0.0.1:4318',
    credentials: 'Send them in a header.',
  })
