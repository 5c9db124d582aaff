import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import type { TelemetryEvent } from '../events.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { modelId } from '../../domain/model.ts'
import { nobody } from '../../domain/virtual-key.ts'
import { createPrometheus, type Readings } from './index.ts'
import type { Known } from '../known.ts'

const known: Known = {
  policies: ['auto'],
  routing: ['auto'],
  models: ['acme/small', 'acme/large'],
  targets: [
    { id: 'acme/small@default', vendor: 'acme', provider: 'acme', address: null },
    { id: 'acme/large@default', vendor: 'acme', provider: 'acme', address: null },
  ],
}

function aPrometheus(readings: Readings = {}) {
  const prometheus = createPrometheus({ known, readings, build: { version: '1.2.3', node: 'v20' } })
  const lines = async () => {
    const { text } = await prometheus.render()
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }
  const value = async (start: string) => {
    const line = (await lines()).find((one) => one.startsWith(`${start} `) || one.startsWith(`${start}{`))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  }
  const tell = (...events: TelemetryEvent[]) => {
    for (const event of events) prometheus.sink.take(event, 0)
  }
  return { prometheus, lines, value, tell }
}

const finished = (outcome = anOutcome(), decision = aDecision()): TelemetryEvent => ({
  kind: 'finished',
  decision,
  outcome,
})

describe('metrics', () => {
  it('count a request, its attempt, its tokens and its dollars', async () => {
    const { tell, value } = aPrometheus()
    tell({ kind: 'decided', decision: aDecision() }, finished())
    const series = {
      'fairlead_requests_total{policy="auto",model="acme/small",status="answered"}': 1,
      'fairlead_decision_duration_seconds_sum{policy="auto"}': 0.0002125,
      'fairlead_decision_duration_seconds_bucket{le="0.00025",policy="auto"}': 1,
      'fairlead_request_duration_seconds_sum{policy="auto",model="acme/small"}': 0.9,
      'fairlead_first_content_seconds_sum{policy="auto",model="acme/small"}': 0.3105,
      'fairlead_added_latency_seconds_sum{policy="auto"}': 0.00025,
      'fairlead_attempts_total{model="acme/small",vendor="acme",role="unknown",outcome="answered"}': 1,
      'fairlead_tokens_total{model="acme/small",type="input"}': 120,
      'fairlead_tokens_total{model="acme/small",type="cached_read"}': 20,
      'fairlead_tokens_total{model="acme/small",type="output"}': 64,
      'fairlead_tokens_total{model="acme/small",type="reasoning"}': 8,
      'fairlead_cost_dollars_total{policy="auto",model="acme/small",team="none"}': 0.00012,
      'fairlead_predicted_cost_dollars_total{policy="auto"}': 0.00012,
    }
    for (const [name, expected] of Object.entries(series))
      expect([name, await value(name)]).toEqual([name, expect.closeTo(expected, 9)])
    expect(await value('fairlead_tokens_total{model="acme/small",type="cache_write"}')).toBeNull()
  })

  it('count fallbacks by their trigger, retries, recoveries, and what has no price', async () => {
    const { tell, value } = aPrometheus()
    const failed = { kind: 'failed', failure: 'overloaded', message: 'no', vendorStatus: 503 } as const
    tell(
      finished(
        anOutcome({
          model: modelId('acme/large'),
          cost: null,
          attempts: [
            anAttempt({ startedAfterMs: 0, endedAfterMs: 10, firstContentAfterMs: null, outcome: failed }),
            anAttempt({ startedAfterMs: 20, endedAfterMs: 30, firstContentAfterMs: null, outcome: failed }),
            anAttempt({
              startedAfterMs: 40,
              endedAfterMs: 50,
              firstContentAfterMs: 45,
              model: modelId('acme/large'),
              target: 'acme/large@default',
              outcome: { ...failed, failure: 'truncated' },
            }),
            anAttempt({
              startedAfterMs: 60,
              endedAfterMs: 70,
              model: modelId('acme/large'),
              target: 'acme/large@default',
              cost: null,
            }),
          ],
        }),
      ),
    )
    expect(await value('fairlead_retries_total{model="acme/small",trigger="overloaded"}')).toBe(1)
    expect(await value('fairlead_fallbacks_total{policy="auto",trigger="overloaded"}')).toBe(1)
    expect(await value('fairlead_stream_recoveries_total{model="acme/large"}')).toBe(1)
    const overloaded = 'model="acme/small",vendor="acme",role="unknown",outcome="overloaded"'
    expect(await value(`fairlead_attempts_total{${overloaded}}`)).toBe(2)
    expect(await value('fairlead_unpriced_attempts_total{model="acme/large"}')).toBe(1)
  })

  it('count attempts by what they were made for, and a hedge that lost its race as overtaken', async () => {
    const { tell, value } = aPrometheus()
    const overtaken = { kind: 'failed', failure: 'cancelled', message: 'late', vendorStatus: null } as const
    const cut = { ...overtaken, failure: 'truncated' } as const
    const large = { model: modelId('acme/large'), target: 'acme/large@default' }
    const raced = [
      anAttempt({ role: 'hedge', ...large, startedAfterMs: 5, endedAfterMs: 20, outcome: overtaken }),
      anAttempt({ role: 'first', startedAfterMs: 0, endedAfterMs: 20, outcome: cut }),
    ]
    const after = { startedAfterMs: 30, endedAfterMs: 40 }
    const buffered = [...raced, anAttempt({ role: 'fallback', ...large, ...after })]
    const continued = [...raced, anAttempt({ role: 'continuation', ...large, ...after })]
    tell(finished(anOutcome({ attempts: buffered })), finished(anOutcome({ attempts: continued })))
    const attempts = (role: string, outcome: string, model = 'acme/large') =>
      value(`fairlead_attempts_total{model="${model}",vendor="acme",role="${role}",outcome="${outcome}"}`)
    expect(await attempts('hedge', 'cancelled')).toBe(2)
    expect(await attempts('first', 'truncated', 'acme/small')).toBe(2)
    expect(await attempts('fallback', 'answered')).toBe(1)
    expect(await attempts('continuation', 'answered')).toBe(1)
    expect(await value('fairlead_overtaken_attempts_total{model="acme/large"}')).toBe(2)
    // Both were recovered; of the first the client had nothing yet, and another model answered anew.
    expect(await value('fairlead_stream_recoveries_total{model="acme/small"}')).toBe(2)
    expect(await value('fairlead_fallbacks_total{policy="auto",trigger="truncated"}')).toBe(1)
    expect(await value('fairlead_retries_total')).toBeNull()
  })

  it('have no label that a client made up', async () => {
    const { tell, lines } = aPrometheus()
    for (let n = 0; n < 1000; n++) {
      const caller = { ...nobody, user: `made-up-${n}`, tags: [`made-up-${n}`], session: `made-up-${n}` }
      const decision = aDecision({ askedModel: `made-up-${n}`, policy: `made-up-${n}`, caller })
      const attempt = anAttempt({ model: modelId(`made-up/${n}`), target: `made-up-${n}` })
      tell(
        { kind: 'decided', decision },
        finished(anOutcome({ model: modelId(`made-up/${n}`), attempts: [attempt] }), decision),
        { kind: 'tool-call', server: `server-${n}`, tool: `made-up-${n}`, ok: true, latencyMs: 1 },
      )
    }
    const all = await lines()
    expect(all.join('\n')).not.toContain('made-up')
    expect(all).toContain('fairlead_requests_total{policy="other",model="other",status="answered"} 1000')
    // Servers are named by the configuration: there is room for a hundred, and the rest go together.
    expect(all).toContain('fairlead_tool_calls_total{server="other",outcome="answered"} 900')
    expect(all.length).toBeLessThan(3000)
  })

  it('give so many teams, and no more, a series of their own', async () => {
    const { tell, value } = aPrometheus()
    for (let n = 0; n < 105; n++)
      tell(finished(anOutcome(), aDecision({ caller: { ...nobody, team: `team-${n}` } })))
    expect(
      await value('fairlead_cost_dollars_total{policy="auto",model="acme/small",team="team-99"}'),
    ).toBeCloseTo(0.00012, 9)
    expect(
      await value('fairlead_cost_dollars_total{policy="auto",model="acme/small",team="other"}'),
    ).toBeCloseTo(0.0006, 9)
  })

  it('name what a new configuration brings', async () => {
    const { prometheus, tell, value } = aPrometheus()
    prometheus.sink.follow({
      policies: ['support'],
      routing: [],
      models: ['acme/new'],
      targets: [{ id: 'acme/new@eu', vendor: 'acme-eu', provider: 'acme', address: null }],
    })
    const attempt = anAttempt({ model: modelId('acme/new'), target: 'acme/new@eu', role: 'first' })
    tell(
      finished(
        anOutcome({ model: modelId('acme/new'), attempts: [attempt] }),
        aDecision({ policy: 'support' }),
      ),
    )
    expect(await value('fairlead_requests_total{policy="support",model="acme/new",status="answered"}')).toBe(
      1,
    )
    const series =
      'fairlead_attempts_total{model="acme/new",vendor="acme-eu",role="first",outcome="answered"}'
    expect(await value(series)).toBe(1)
  })

  it('count every other kind of event', async () => {
    const { tell, value } = aPrometheus()
    const feedback = { source: 'client', score: 0.85, metric: 'quality' } as Feedback
    tell(
      { kind: 'refused-at-the-door', reason: 'rate', caller: null },
      { kind: 'budget-alert', account: 'all', share: 0.8, spent: 80, limit: 100 },
      { kind: 'breaker-changed', name: 'vendor acme', state: 'open' },
      { kind: 'cache', cache: 'exact', result: 'hit' },
      { kind: 'feedback', feedback, decision: aDecision() },
      { kind: 'alarm', name: 'error-rate', subject: 'auto', state: 'raised', message: '', numbers: {} },
      { kind: 'alarm', name: 'error-rate', subject: 'auto', state: 'cleared', message: '', numbers: {} },
      { kind: 'tool-call', server: 'files', tool: 'read', ok: false, latencyMs: 40 },
      { kind: 'state-degraded', why: 'gone' },
      { kind: 'store-problem', what: 'dropped', message: '3 dropped' },
      { kind: 'config-reloaded', ok: true, message: '' },
      { kind: 'experiment-changed', id: 'e', state: 'stopped', sentence: '' },
    )
    const series = {
      'fairlead_refused_requests_total{reason="rate"}': 1,
      fairlead_budget_alerts_total: 1,
      'fairlead_breaker_changes_total{state="open"}': 1,
      'fairlead_cache_lookups_total{cache="exact",result="hit"}': 1,
      'fairlead_feedback_total{source="client"}': 1,
      'fairlead_feedback_score_sum{policy="auto",model="acme/small"}': 0.85,
      'fairlead_alarms_raised_total{alarm="error-rate"}': 1,
      'fairlead_tool_calls_total{server="files",outcome="failed"}': 1,
      fairlead_state_degraded: 1,
      'fairlead_store_problems_total{what="dropped"}': 1,
      'fairlead_config_reloads_total{outcome="answered"}': 1,
    }
    for (const [name, expected] of Object.entries(series))
      expect([name, await value(name)]).toEqual([name, expected])
    tell({ kind: 'state-recovered' })
    expect(await value('fairlead_state_degraded')).toBe(0)
  })

  it('read what others hold only when they are asked for, and anew each time', async () => {
    let queued = 3
    const { value } = aPrometheus({
      breakers: () => [{ name: 'vendor acme', state: queued > 2 ? 'open' : 'closed' }],
      budgets: () => [{ name: 'policy auto', unit: 'usd', limit: 10, spent: 7.5, reserved: 1 }],
      sessions: () => 12,
      inFlight: () => 2,
      decisionLog: () => ({ queued, written: 40, dropped: 1 }),
      queues: () => [{ name: 'otlp', queued: 5, dropped: 6 }],
      sinkFailures: () => ({ webhooks: 4 }),
      alarms: () => [
        { name: 'error-rate', subject: 'auto' },
        { name: 'error-rate', subject: 'support' },
      ],
      priceAgeSeconds: () => null,
    })
    const series = {
      'fairlead_breaker_state{breaker="vendor acme"}': 2,
      'fairlead_budget_remaining{budget="policy auto",unit="usd"}': 1.5,
      'fairlead_budget_limit{budget="policy auto",unit="usd"}': 10,
      fairlead_sessions: 12,
      fairlead_requests_in_flight: 2,
      fairlead_decision_log_queued: 3,
      fairlead_decision_log_written_total: 40,
      fairlead_decision_log_dropped_total: 1,
      'fairlead_telemetry_queued{sink="otlp"}': 5,
      'fairlead_telemetry_dropped_total{sink="otlp"}': 6,
      'fairlead_sink_failures_total{sink="webhooks"}': 4,
      'fairlead_alarms{alarm="error-rate"}': 2,
      'fairlead_build_info{version="1.2.3",node="v20"}': 1,
    }
    for (const [name, expected] of Object.entries(series))
      expect([name, await value(name)]).toEqual([name, expected])
    expect(await value('fairlead_price_table_age_seconds')).toBeNull()
    queued = 0
    expect(await value('fairlead_decision_log_queued')).toBe(0)
    expect(await value('fairlead_decision_log_written_total')).toBe(40)
    expect(await value('fairlead_breaker_state{breaker="vendor acme"}')).toBe(0)
  })

  it('all begin with the name of the product, and two gateways have their own', async () => {
    const one = aPrometheus()
    const two = aPrometheus()
    one.tell(finished())
    expect(await two.value('fairlead_requests_total')).toBeNull()
    expect((await one.lines()).filter((line) => !line.startsWith('fairlead_'))).toEqual([])
    expect(await one.value('fairlead_process_memory_bytes{area="resident"}')).toBeGreaterThan(1e7)
    one.prometheus.close()
    two.prometheus.close()
  })
})
