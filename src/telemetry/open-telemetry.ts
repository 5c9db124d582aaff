/** All that listens to what happens in one gateway, put together. */

import { type AlarmLimits, type Alarms, type AlarmsOptions, createAlarms } from './alarms/index.ts'
import { watchBreakers } from './breaker-changes.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Events, Sink } from './events.ts'
import type { Known } from './known.ts'
import type { Log } from './log.ts'
import { logSink } from './log-sink.ts'
import { openOtlp, type OtlpSettings } from './otlp/index.ts'
import {
  type BuildFacts,
  createPrometheus,
  type OtherProcesses,
  type Prometheus,
  type Readings,
} from './prometheus/index.ts'
import { openWebhooks, type WebhookSettings } from './webhooks/index.ts'

/** As a configuration states it. */
export type SinkSettings = {
  readonly otlp: OtlpSettings | null
  readonly webhooks: readonly WebhookSettings[]
  readonly alarms: AlarmLimits
  /** A line in the log for each request. */
  readonly logRequests: boolean
}

export type TelemetryOptions = {
  readonly settings: SinkSettings
  readonly known: Known
  /** What is listened to. */
  readonly events: Events
  /** Where people read; `null`: nowhere. */
  readonly log: Log | null
  /** A sink that can't send what it should. Holds no secret. */
  readonly onProblem: (message: string) => void
  readonly decisionLog: Pick<DecisionLog, 'counts'>
  readonly build: BuildFacts
  readonly otherProcesses?: OtherProcesses
  /** What the gateway holds and metrics show; what telemetry knows itself is added to it. */
  readonly readings: Pick<Readings, 'breakers' | 'budgets' | 'sessions' | 'inFlight'>
  readonly oldestPrices?: NonNullable<AlarmsOptions['oldestPrices']>
}

export type Telemetry = {
  readonly metrics: Pick<Prometheus, 'render' | 'collect'>
  readonly alarms: Pick<Alarms, 'current'>
  /** Goes by another configuration from now on. What is on its way to old addresses still goes there. */
  readonly follow: (settings: SinkSettings, known: Known) => Promise<void>
  /** Listens no more, and sends what is left, within the time limits of each sink. */
  readonly close: () => Promise<void>
}

const webhooksCloseMs = 2000

export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { events } = options
  let current = await openSinks(options, options.settings, options.known)
  const closing = new Set<Promise<void>>()
  const prometheus = createPrometheus({
    known: options.known,
    build: options.build,
    readings: readingsOf(options, () => current),
    ...(options.otherProcesses && { others: options.otherProcesses }),
  })
  const removeMetrics = events.add(prometheus.sink)
  const { breakers } = options.readings
  const stopLooking = breakers && watchBreakers(breakers, events.emit)
  let remove = addAll(events, current.sinks)
  return {
    metrics: prometheus,
    alarms: { current: () => current.alarms.current() },
    follow: async (settings, known) => {
      const next = await openSinks(options, settings, known, current)
      const old = current
      remove()
      current = next
      remove = addAll(events, next.sinks)
      prometheus.sink.follow(known)
      const ended = old.close().finally(() => closing.delete(ended))
      closing.add(ended)
    },
    close: async () => {
      remove()
      removeMetrics()
      stopLooking?.()
      await Promise.all([current.close(), ...closing])
      prometheus.close()
    },
  }
}

function readingsOf(
  { readings, decisionLog, events, oldestPrices }: TelemetryOptions,
  current: () => Sinks,
): Readings {
  return {
    ...readings,
    decisionLog: decisionLog.counts,
    queues: () => current().queues(),
    sinkFailures: () => events.counts().failures,
    alarms: () => current().alarms.current(),
    ...(oldestPrices && {
      priceAgeSeconds: () => {
        const prices = oldestPrices()
        return prices === null ? null : Math.floor((Date.now() - Date.parse(prices.asOf)) / 1000)
      },
    }),
  }
}

function addAll(events: Events, sinks: readonly Sink[]): () => void {
  const removals = sinks.map((sink) => events.add(sink))
  return () => {
    for (const remove of removals) remove()
  }
}

type Sinks = {
  readonly limits: AlarmLimits
  readonly alarms: Alarms
  /** Policies that are meant to choose; alarms that go on look here. */
  readonly routing: Set<string>
  readonly sinks: readonly Sink[]
  readonly queues: NonNullable<Readings['queues']>
  readonly close: () => Promise<void>
}

/** Those that a configuration has a say in. */
async function openSinks(
  options: TelemetryOptions,
  settings: SinkSettings,
  known: Known,
  before?: Sinks,
): Promise<Sinks> {
  const { log, build, onProblem } = options
  const otlp =
    settings.otlp &&
    (await openOtlp({
      settings: settings.otlp,
      known,
      version: build.version,
      onProblem: (message) => onProblem(`OpenTelemetry: ${message}`),
    }))
  const webhooks =
    settings.webhooks.length === 0 ? null : openWebhooks({ webhooks: settings.webhooks, onProblem })
  const watching = watchFor(options, settings.alarms, known, before)
  return {
    ...watching,
    sinks: [
      ...(log === null ? [] : [logSink(log, { requests: settings.logRequests })]),
      watching.alarms.sink,
      ...(otlp === null ? [] : [otlp.sink]),
      ...(webhooks === null ? [] : [webhooks.sink]),
    ],
    queues: () => [
      ...(otlp === null ? [] : [{ name: 'opentelemetry', ...otlp.counts() }]),
      ...(webhooks === null ? [] : [{ name: 'webhooks', ...webhooks.counts() }]),
    ],
    close: async () => {
      await Promise.all([otlp?.close(), webhooks?.close(webhooksCloseMs)])
    },
  }
}

/** With the same limits alarms go on with what they have seen. */
function watchFor(
  { events, oldestPrices }: TelemetryOptions,
  limits: AlarmLimits,
  known: Known,
  before: Sinks | undefined,
): Pick<Sinks, 'limits' | 'alarms' | 'routing'> {
  if (before !== undefined && JSON.stringify(before.limits) === JSON.stringify(limits)) {
    before.routing.clear()
    for (const policy of known.routing) before.routing.add(policy)
    return before
  }
  const routing = new Set(known.routing)
  const routes = (policy: string) => routing.has(policy)
  const alarms = createAlarms({
    emit: events.emit,
    limits,
    routes,
    ...(oldestPrices && { oldestPrices }),
  })
  return { limits, alarms, routing }
}
