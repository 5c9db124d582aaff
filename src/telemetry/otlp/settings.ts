import type { Secret } from '../../domain/secret.ts'

export type OtlpSettings = {
  /** Where traces go, with the path (`…/v1/traces`); `null`: nowhere. */
  readonly tracesUrl: string | null
  /** Where metrics go; `null`: nowhere. */
  readonly metricsUrl: string | null
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, Secret>>
  readonly compression: 'none' | 'gzip'
  /** Share of requests, 0 to 1, that are traced, where the client's own trace does not say. */
  readonly sample: number
  /** Whether the client's `traceparent` decides; else it only says which trace to go on with. */
  readonly followClient: boolean
  /** Requests that failed are traced whatever is sampled. */
  readonly keepErrors: boolean
  /** Whether what was said leaves the process. */
  readonly content: boolean
  readonly serviceName: string
  /** Of the resource, beside name and version: `deployment.environment.name` and the like. */
  readonly resource: Readonly<Record<string, string>>
  /** Time for one call, retries included. */
  readonly timeoutMs: number
  /** Spans that may wait; more are dropped and counted. */
  readonly maxQueued: number
  /** How often spans are sent. */
  readonly flushIntervalMs: number
  /** How often metrics are. */
  readonly metricsIntervalMs: number
  /** How long closing may take. */
  readonly closeMs: number
}
