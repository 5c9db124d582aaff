import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../test/support/a-decision.ts'
import { anOtlpReceiver } from '../../test/support/an-otlp-receiver.ts'
import { aRequest } from '../../test/support/builders.ts'
import type { DecisionId } from '../domain/decision.ts'
import type { Feedback, FeedbackId } from '../domain/feedback.ts'
import { Secret } from '../domain/secret.ts'
import { type KeyId, nobody } from '../domain/virtual-key.ts'
import { defaultAlarmLimits } from './alarms/index.ts'
import { createEvents } from './create-events.ts'
import { eventKinds, type TelemetryEvent } from './events.ts'
import { createLog } from './log.ts'
import { openTelemetry, type SinkSettings, type TelemetryOptions } from './open-telemetry.ts'
import type { OtlpSettings } from './otlp/index.ts'

const known = { policies: ['auto'], routing: ['auto'], models: ['acme/small'], targets: [] }

async function aWebhook() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = JSON.stringify(request.headers)
    for await (const chunk of request) body += String(chunk)
    bodies.push(body)
    response.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => void server.close())
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

const otlpTo = (url: string, changes: Partial<OtlpSettings> = {}): OtlpSettings => ({
  tracesUrl: `${url}/v1/traces`,
  metricsUrl: `${url}/v1/metrics`,
  headers: {},
  compression: 'none',
  sample: 1,
  followClient: true,
  keepErrors: true,
  content: false,
  serviceName: 'fairlead',
  resource: {},
  timeoutMs: 1000,
  maxQueued: 1000,
  flushIntervalMs: 10,
  metricsIntervalMs: 60_000,
  closeMs: 2000,
  ...changes,
})

async function aTelemetry(
  settings: Partial<SinkSettings> = {},
  readings: Partial<TelemetryOptions['readings']> = {},
) {
  const lines: string[] = []
  const problems: unknown[] = []
  const events = createEvents({ onProblem: (problem) => problems.push(problem) })
  const telemetry = await openTelemetry({
    events,
    settings: { otlp: null, webhooks: [], alarms: defaultAlarmLimits, logRequests: true, ...settings },
    known,
    log: createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } }),
    onProblem: (message) => problems.push(message),
    decisionLog: { counts: () => ({ queued: 0, written: 0, dropped: 0 }) },
    build: { version: '1.2.3', node: 'v20' },
    readings: { sessions: () => 7, ...readings },
    oldestPrices: () => ({ model: 'acme/small', asOf: '2020-01-01' }),
  })
  onTestFinished(telemetry.close)
  onTestFinished(() => expect(problems).toEqual([]))
  return { events, telemetry, lines }
}

const webhookTo = (url: string, events: readonly TelemetryEvent['kind'][] = eventKinds) => ({
  url: new Secret(url),
  events,
  secret: new Secret('whsec_c2lnbmluZy1zZWNyZXQtb2YtMzItYnl0ZXMtbG9uZw=='),
  form: 'standard' as const,
  timeoutMs: 2000,
  attempts: 1,
})

const finished = (id = 'd-1'): TelemetryEvent => ({
  kind: 'finished',
  decision: aDecision({ id, caller: { ...nobody, key: 'k-1' as KeyId, user: 'u-1' } }),
  outcome: anOutcome({ decision: id }),
})

const requestsIn = (lines: readonly string[]) => lines.filter((line) => line.includes('"msg":"request"'))

describe('telemetry', () => {
  it('tells metrics and the log of a request', async () => {
    const { events, telemetry, lines } = await aTelemetry()
    events.emit({ kind: 'decided', decision: aDecision() })
    events.emit(finished())
    expect(requestsIn(lines).map((line) => JSON.parse(line))).toEqual([
      {
        level: 30,
        time: expect.any(String),
        decision: 'd-1',
        policy: 'auto',
        asked: 'auto',
        model: 'acme/small',
        status: 'answered',
        attempts: 1,
        latencyMs: 900,
        firstContentMs: 311,
        usd: 0.00012,
        inputTokens: 120,
        outputTokens: 64,
        key: 'k-1',
        team: null,
        user: 'u-1',
        session: null,
        tags: [],
        msg: 'request',
      },
    ])
    const { text, contentType } = await telemetry.metrics.render()
    expect(contentType).toContain('text/plain')
    expect(text).toContain('fairlead_requests_total{policy="auto",model="acme/small",status="answered"} 1')
    expect(text).toContain('fairlead_decision_log_queued 0')
    expect(text).toContain('fairlead_sessions 7')
  })

  it('writes no line for a request unless it is asked to', async () => {
    const { events, lines } = await aTelemetry({ logRequests: false })
    events.emit(finished())
    expect(requestsIn(lines)).toEqual([])
    // Of old prices, and nothing else.
    expect(lines.map((line) => JSON.parse(line).alarm)).toEqual(['old-prices'])
  })

  it('tells alarms to the log, to metrics, to webhooks and to whoever asks', async () => {
    const webhook = await aWebhook()
    const { events, telemetry, lines } = await aTelemetry({ webhooks: [webhookTo(webhook.url, ['alarm'])] })
    events.emit({ kind: 'store-problem', what: 'dropped', message: '3 decisions dropped' })
    expect(telemetry.alarms.current().map(({ name }) => name)).toEqual(['old-prices', 'decisions-lost'])
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, alarm: 'old-prices', state: 'raised', msg: expect.stringContaining('Upgrade') },
      { level: 40, alarm: 'decisions-lost', state: 'raised', msg: expect.stringContaining('Free space') },
    ])
    expect((await telemetry.metrics.render()).text).toContain('fairlead_alarms{alarm="decisions-lost"} 1')
    await telemetry.close()
    expect(webhook.bodies).toHaveLength(2)
  })

  it('goes by a new configuration: to new addresses, with what alarms have seen, and old ones get what was theirs', async () => {
    const [before, after] = [await aWebhook(), await aWebhook()]
    const settings = { otlp: null, alarms: defaultAlarmLimits, logRequests: false }
    const { events, telemetry } = await aTelemetry({
      ...settings,
      webhooks: [webhookTo(before.url, ['state-degraded'])],
    })
    events.emit({ kind: 'state-degraded', why: 'before' })
    await telemetry.follow({ ...settings, webhooks: [webhookTo(after.url, ['state-degraded'])] }, known)
    events.emit({ kind: 'state-degraded', why: 'after' })
    const degraded = telemetry.alarms.current().filter(({ name }) => name === 'state-degraded')
    expect(degraded).toMatchObject([{ message: expect.stringContaining('after') }])
    await telemetry.close()
    expect([before.bodies.length, after.bodies.length]).toEqual([1, 1])
    expect(after.bodies[0]).toContain('after')
  })
})

describe('no secret', () => {
  const planted = {
    vendorKey: 'sk-live-PLANTED0123456789',
    bearer: 'Bearer PLANTEDbearertoken0123',
    virtualKey: 'fl-PLANTED0123456789abcdef',
    url: 'postgres://fairlead:PLANTEDpassword@db.example/x',
    query: 'https://hooks.example/x?token=PLANTEDtoken',
    json: '{"api_key":"PLANTEDjson"}',
    nested: JSON.stringify({ body: '{"authorization":"PLANTEDnested"}' }),
  }
  const message = Object.values(planted).join(' ; ')

  function events(): TelemetryEvent[] {
    const failed = { kind: 'failed', failure: 'credential', message, vendorStatus: 401 } as const
    const attempts = [anAttempt({ endedAfterMs: 10, outcome: failed }), anAttempt({ startedAfterMs: 20 })]
    const caller = { ...nobody, user: message, session: message, episode: message, tags: [message] }
    const decision = aDecision({ because: message, caller })
    const plain = aRequest({ text: message })
    const request = { ...plain, user: message, sampling: { ...plain.sampling, stop: [message] } }
    const answer = {
      model: 'small',
      parts: [{ kind: 'text', text: message }],
      finish: { kind: 'stop', raw: 'stop' },
      usage: anAttempt().usage,
      logprobs: [],
    } as const
    const feedback: Feedback = {
      id: 'f-1' as FeedbackId,
      about: { kind: 'decision', decision: 'd-1' as DecisionId },
      at: '2026-03-01T10:00:00.000Z',
      source: 'client',
      metric: 'quality',
      score: 1,
      comment: message,
      correction: message,
      author: 'a',
    }
    return [
      { kind: 'decided', decision },
      {
        kind: 'finished',
        decision,
        outcome: anOutcome({ attempts }),
        asked: {
          operation: 'chat',
          request,
          traceparent: message,
          prompt: { name: message, version: message },
        },
        answer,
      },
      { kind: 'refused-at-the-door', reason: 'key', caller: null },
      { kind: 'budget-alert', account: 'all', share: 0.8, spent: 8, limit: 10 },
      { kind: 'breaker-changed', name: 'vendor acme', state: 'open' },
      { kind: 'cache', cache: 'exact', result: 'hit' },
      { kind: 'feedback', feedback, decision },
      { kind: 'alarm', name: 'error-rate', subject: 'auto', state: 'raised', message, numbers: {} },
      { kind: 'tool-call', server: 'files', tool: 'read', ok: true, latencyMs: 4 },
      { kind: 'state-degraded', why: message },
      { kind: 'state-recovered' },
      { kind: 'store-problem', what: 'dropped', message },
      { kind: 'config-reloaded', ok: false, message },
      { kind: 'experiment-changed', id: 'x-1', state: 'stopped', sentence: message },
    ]
  }

  it('is in what any listener writes or sends, even with content allowed', async () => {
    const [receiver, webhook] = [await anOtlpReceiver(), await aWebhook()]
    const {
      events: heard,
      telemetry,
      lines,
    } = await aTelemetry(
      {
        otlp: otlpTo(receiver.url, {
          content: true,
          headers: { authorization: new Secret('Bearer PLANTEDheader0123456789') },
        }),
        webhooks: [webhookTo(webhook.url), { ...webhookTo(webhook.url), form: 'slack' }],
      },
      { breakers: () => [{ name: 'vendor acme https://x.example/?key=PLANTEDkey', state: 'open' }] },
    )
    expect(events().map(({ kind }) => kind)).toEqual([...eventKinds])
    for (const event of events()) heard.emit(event)
    const { text } = await telemetry.metrics.render()
    await telemetry.close()
    const spans = Buffer.concat(receiver.bodies).toString('latin1')
    // Every listener was heard, with the texts around the secrets.
    expect(spans).toContain('db.example')
    expect(spans).toContain('gen_ai.input.messages')
    expect(webhook.bodies.length).toBeGreaterThan(2 * events().length - 1)
    expect(webhook.bodies.join('\n')).toContain('db.example')
    expect(lines.join('')).toContain('db.example')
    for (const [where, written] of Object.entries({
      log: lines.join(''),
      metrics: text,
      spans,
      webhooks: webhook.bodies.join('\n'),
    }))
      expect([where, /.{0,30}PLANTED.{0,10}/.exec(written)?.[0]]).toEqual([where, undefined])
  })
})
