import { type Aggregator, Counter, Gauge, type Registry } from 'prom-client'
import { boundedLabel } from '../known.ts'
import { withoutCredentials } from '../without-credentials.ts'
import type { BuildFacts, Readings } from './readings.ts'

const breakerLevels = { closed: 0, 'half-open': 1, open: 2 } as const
/** Series of what is named by configuration or identity, but could still be many. */
const mostNames = 500

/** Metrics whose value somebody else holds: read when they are asked for. `aggregator`: what several processes come to; their sum otherwise. */
export function addGauges(registry: Registry, readings: Readings, build: BuildFacts): void {
  const registers = [registry]
  new Gauge({
    name: 'fairlead_build_info',
    aggregator: 'first',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: build.version, node: build.node }, 1)
  addBreakers(registry, readings)
  addBudgets(registry, readings)
  addNumber(registry, 'sessions', 'Conversations that are remembered.', readings.sessions)
  addNumber(registry, 'requests_in_flight', 'Requests that are being answered.', readings.inFlight)
  addNumber(
    registry,
    'price_table_age_seconds',
    'Since the oldest prices in use were looked up.',
    readings.priceAgeSeconds,
    'max',
  )
  addDecisionLog(registry, readings)
  addQueues(registry, readings)
  addAlarms(registry, readings)
}

function addNumber(
  registry: Registry,
  name: string,
  help: string,
  read: (() => number | null) | undefined,
  aggregator: Aggregator = 'sum',
): void {
  if (read === undefined) return
  new Gauge({
    name: `fairlead_${name}`,
    help,
    aggregator,
    registers: [registry],
    collect() {
      const value = read()
      if (value === null) this.remove()
      else this.set(value)
    },
  })
}

function addBreakers(registry: Registry, { breakers }: Readings): void {
  if (breakers === undefined) return
  const label = boundedLabel([], mostNames)
  new Gauge({
    name: 'fairlead_breaker_state',
    aggregator: 'max',
    help: '0 closed, 1 half-open, 2 open. Breakers that were never open may be missing.',
    labelNames: ['breaker'],
    registers: [registry],
    collect() {
      this.reset()
      // A name holds the endpoint's address.
      for (const { name, state } of breakers())
        this.set({ breaker: label.of(withoutCredentials(name)) }, breakerLevels[state])
    },
  })
}

function addBudgets(registry: Registry, { budgets }: Readings): void {
  if (budgets === undefined) return
  const label = boundedLabel([], mostNames)
  const limits = new Gauge({
    name: 'fairlead_budget_limit',
    aggregator: 'first',
    help: 'What may be spent in the period, in dollars or tokens.',
    labelNames: ['budget', 'unit'],
    registers: [registry],
  })
  new Gauge({
    name: 'fairlead_budget_remaining',
    aggregator: 'min',
    help: 'What is left in the period, what is reserved taken off, in dollars or tokens.',
    labelNames: ['budget', 'unit'],
    registers: [registry],
    collect() {
      this.reset()
      limits.reset()
      for (const { name, unit, limit, spent, reserved } of budgets()) {
        const labels = { budget: label.of(name), unit }
        limits.set(labels, limit)
        this.set(labels, Math.max(0, limit - spent - reserved))
      }
    },
  })
}

function addDecisionLog(registry: Registry, { decisionLog }: Readings): void {
  if (decisionLog === undefined) return
  addNumber(
    registry,
    'decision_log_queued',
    'Decisions and outcomes that wait to be written.',
    () => decisionLog().queued,
  )
  const totals = [
    ['decision_log_written_total', 'Decisions and outcomes that were written.', 'written'],
    ['decision_log_dropped_total', 'Decisions and outcomes that are lost.', 'dropped'],
  ] as const
  for (const [name, help, field] of totals)
    addTotals(registry, name, help, [], () => [{ labels: {}, value: decisionLog()[field] }])
}

function addQueues(registry: Registry, { queues, sinkFailures }: Readings): void {
  if (queues !== undefined) {
    new Gauge({
      name: 'fairlead_telemetry_queued',
      help: 'What waits to be sent, by where it goes.',
      labelNames: ['sink'],
      registers: [registry],
      collect() {
        for (const { name, queued } of queues()) this.set({ sink: name }, queued)
      },
    })
    addTotals(registry, 'telemetry_dropped_total', 'What could not be sent and is lost.', ['sink'], () =>
      queues().map(({ name, dropped }) => ({ labels: { sink: name }, value: dropped })),
    )
  }
  if (sinkFailures !== undefined)
    addTotals(registry, 'sink_failures_total', 'Events that a listener threw at.', ['sink'], () =>
      Object.entries(sinkFailures()).map(([sink, value]) => ({ labels: { sink }, value })),
    )
}

/** Counters that somebody else counts. */
function addTotals<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => readonly { readonly labels: Partial<Record<Label, string>>; readonly value: number }[],
): void {
  new Counter({
    name: `fairlead_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, value } of read()) this.inc(labels, value)
    },
  })
}

function addAlarms(registry: Registry, { alarms }: Readings): void {
  if (alarms === undefined) return
  new Gauge({
    name: 'fairlead_alarms',
    aggregator: 'max',
    help: 'Alarms that are raised now, by name.',
    labelNames: ['alarm'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { name } of alarms()) this.inc({ alarm: name }, 1)
    },
  })
}
