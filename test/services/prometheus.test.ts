import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Feedback } from '../../src/domain/feedback.ts'
import { modelId } from '../../src/domain/model.ts'
import { nobody } from '../../src/domain/virtual-key.ts'
import { serveMetrics } from '../../src/http/metrics-endpoint.ts'
import type { TelemetryEvent } from '../../src/telemetry/events.ts'
import { createPrometheus } from '../../src/telemetry/prometheus/index.ts'
import { aDecision, anAttempt, anOutcome } from '../support/a-decision.ts'

const grafana = join(import.meta.dirname, '..', '..', 'docs', 'grafana')
const alertsFile = join(grafana, 'alerts.yml')

const { prometheus, tellAll } = aBusyGateway()
let metricsUrl = ''
let queryUrl = ''
const stops: (() => Promise<unknown> | unknown)[] = []

beforeAll(async () => {
  const app = fastify()
  app.get('/metrics', (_request, reply) => serveMetrics(prometheus, reply))
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  metricsUrl = `${address}/metrics`
  stops.push(() => app.close())
  tellAll()
  const telling = setInterval(tellAll, 100)
  stops.push(() => clearInterval(telling))
  queryUrl = await startPrometheus(new URL(address).host)
})

afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
  prometheus.close()
})

/** One that has seen every kind of event and holds something of everything. */
function aBusyGateway() {
  const built = createPrometheus({
    known: {
      policies: ['auto'],
      routing: ['auto'],
      models: ['acme/small', 'acme/large'],
      targets: [{ id: 'acme/small@default', vendor: 'acme', provider: 'acme', address: null }],
    },
    readings: {
      breakers: () => [{ name: 'vendor acme', state: 'open' }],
      budgets: () => [{ name: 'all', unit: 'usd', limit: 100, spent: 95, reserved: 1 }],
      sessions: () => 3,
      inFlight: () => 1,
      decisionLog: () => ({ queued: 1, written: 2, dropped: 3 }),
      queues: () => [{ name: 'opentelemetry', queued: 1, dropped: 2 }],
      sinkFailures: () => ({ webhooks: 1 }),
      alarms: () => [{ name: 'error-rate', subject: 'auto' }],
      priceAgeSeconds: () => 120 * 86_400,
    },
    build: { version: '1.2.3', node: process.version },
  })
  const failed = { kind: 'failed', failure: 'overloaded', message: 'no', vendorStatus: 503 } as const
  const attempt = (startedAfterMs: number, changes = {}) =>
    anAttempt({ startedAfterMs, endedAfterMs: startedAfterMs + 10, firstContentAfterMs: null, ...changes })
  const large = modelId('acme/large')
  const decision = aDecision({
    caller: { ...nobody, team: 'search' },
    propensity: 0.5,
    trace: {
      ...aDecision().trace,
      steps: [{ kind: 'ask', until: 'all', calls: [{ model: large, result: { kind: 'cancelled' } }] }],
    },
  })
  const attempts = [
    attempt(0, { outcome: failed }),
    attempt(20, { outcome: failed }),
    attempt(40, { model: large, firstContentAfterMs: 45, outcome: failed }),
    attempt(41, { model: large, outcome: { ...failed, failure: 'cancelled' } }),
    attempt(60, { model: large, cost: null }),
  ]
  const feedback = { source: 'client', score: 0.8, metric: 'quality' } as Feedback
  const events: TelemetryEvent[] = [
    { kind: 'decided', decision },
    { kind: 'finished', decision, outcome: anOutcome() },
    { kind: 'finished', decision: aDecision(), outcome: anOutcome({ model: large, attempts }) },
    {
      kind: 'finished',
      decision: aDecision(),
      outcome: anOutcome({ status: 'failed', model: null, failure: 'overloaded', attempts: [] }),
    },
    { kind: 'refused-at-the-door', reason: 'rate', caller: null },
    { kind: 'budget-alert', account: 'all', share: 0.8, spent: 80, limit: 100 },
    { kind: 'breaker-changed', name: 'vendor acme', state: 'open' },
    { kind: 'cache', cache: 'exact', result: 'hit' },
    { kind: 'feedback', feedback, decision: aDecision() },
    { kind: 'alarm', name: 'error-rate', subject: 'auto', state: 'raised', message: '', numbers: {} },
    { kind: 'tool-call', server: 'files', tool: 'read', ok: true, latencyMs: 40 },
    { kind: 'state-degraded', why: 'gone' },
    { kind: 'store-problem', what: 'dropped', message: '3 dropped' },
    { kind: 'config-reloaded', ok: true, message: '' },
  ]
  const tellAll = () => {
    for (const event of events) built.sink.take(event, Date.now())
  }
  return { prometheus: built, tellAll }
}

/** On a free port, with its storage in a folder of its own, looking at us five times a second. */
async function startPrometheus(target: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '1s' },
      rule_files: [alertsFile],
      scrape_configs: [{ job_name: 'fairlead', static_configs: [{ targets: [target] }] }],
    }),
  )
  const port = await freePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })
  stops.push(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error('Prometheus ended before it was ready.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return url
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

type QueryResult = {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[]
  }
}

async function query(expression: string): Promise<QueryResult> {
  const reply = await fetch(`${queryUrl}/api/v1/query?query=${encodeURIComponent(expression)}`)
  return (await reply.json()) as QueryResult
}

const numberOf = async (expression: string) => {
  const { data } = await query(expression)
  return data.result.length === 0 ? null : Number(data.result[0]?.value[1])
}

describe('a real Prometheus', () => {
  it('scrapes the gateway and knows what runs', async () => {
    await expect.poll(() => numberOf('up{job="fairlead"}'), { timeout: 30_000 }).toBe(1)
    const { data } = await query('fairlead_build_info')
    expect(data.result[0]?.metric).toMatchObject({ version: '1.2.3', node: process.version })
  })

  it('counts what the gateway counted', async () => {
    const requests = 'fairlead_requests_total{policy="auto",model="acme/small",status="answered"}'
    await expect.poll(() => numberOf(requests), { timeout: 30_000 }).toBeGreaterThan(3)
    expect(await numberOf(`fairlead_cost_dollars_total{team="search"} / on() ${requests}`)).toBeCloseTo(
      0.00012,
      9,
    )
    expect(await numberOf('fairlead_fallbacks_total{trigger="overloaded"} > 0')).toBeGreaterThan(0)
    expect(await numberOf('fairlead_budget_remaining{budget="all"}')).toBe(4)
  })

  const dashboard = JSON.parse(readFileSync(join(grafana, 'fairlead.json'), 'utf8')) as {
    panels: { title: string; targets?: { expr: string }[] }[]
  }
  const expressions = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  )

  it('has something to show for every expression of the dashboard', async () => {
    expect(expressions.length).toBeGreaterThan(30)
    for (const { title, expr } of expressions) {
      const written = expr.replaceAll('$__rate_interval', '5s').replaceAll('$policy', '.*')
      await expect
        .poll(
          async () => [title, (await query(written)).status, (await query(written)).data?.result.length > 0],
          {
            timeout: 30_000,
          },
        )
        .toEqual([title, 'success', true])
    }
  })

  it('finds no fault in the names, the help and the units', async () => {
    const text = await (await fetch(metricsUrl)).text()
    const checked = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(checked).toBe('')
  })

  it('takes the alerts, and they go off', async () => {
    const said = execFileSync('promtool', ['check', 'rules', alertsFile], { encoding: 'utf8' })
    expect(said).toContain('SUCCESS')
    const names = [...readFileSync(alertsFile, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    const active = async () => {
      const reply = await fetch(`${queryUrl}/api/v1/alerts`)
      const { data } = (await reply.json()) as { data: { alerts: { labels: Record<string, string> }[] } }
      return data.alerts.map(({ labels }) => labels.alertname)
    }
    // Those that speak of a change, or of slowness, have nothing to go off for here.
    const quiet = ['FairleadDecisionsLost', 'FairleadTelemetryLost', 'FairleadAddsLatency']
    await expect
      .poll(active, { timeout: 30_000 })
      .toEqual(expect.arrayContaining(names.filter((name) => !quiet.includes(name ?? ''))))
  })
})
