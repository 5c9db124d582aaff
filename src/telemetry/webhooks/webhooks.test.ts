import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { Secret } from '../../domain/secret.ts'
import type { TelemetryEvent } from '../events.ts'
import { defaultWebhookEvents, openWebhooks, type WebhookSettings, type WebhooksOptions } from './index.ts'

type Call = { readonly headers: IncomingHttpHeaders; readonly body: string }

/** What a receiver says to each call, the last for ever; `hang` says nothing at all. */
async function aReceiver(...answers: (number | 'hang')[]) {
  const calls: Call[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    const answer = answers[Math.min(calls.length, answers.length) - 1] ?? 200
    if (answer === 'hang') return
    response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end('ok')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=path-secret` }
}

function hooks(
  to: readonly (Partial<Omit<WebhookSettings, 'url'>> & { url: string })[],
  options: Partial<WebhooksOptions> = {},
) {
  const problems: string[] = []
  const webhooks = openWebhooks({
    webhooks: to.map(({ url, ...changes }) => ({
      url: new Secret(url),
      events: defaultWebhookEvents,
      secret: null,
      form: 'standard',
      timeoutMs: 2000,
      attempts: 3,
      ...changes,
    })),
    onProblem: (message) => problems.push(message),
    backoffMs: 2,
    maxBackoffMs: 10,
    ...options,
  })
  onTestFinished(() => webhooks.close(0))
  return { webhooks, problems }
}

const alert: TelemetryEvent = {
  kind: 'budget-alert',
  account: 'team:search',
  share: 0.8,
  spent: 80,
  limit: 100,
}
const at = Date.UTC(2026, 2, 1)

describe('a webhook', () => {
  it('gets the event, a sentence for chat rooms, and a signature that can be checked', async () => {
    const receiver = await aReceiver()
    const bytes = Buffer.from('0123456789abcdef0123456789abcdef')
    const secret = new Secret(`whsec_${bytes.toString('base64')}`)
    const { webhooks } = hooks([{ url: receiver.url, secret }])
    webhooks.sink.take(alert, at)
    await webhooks.close(2000)
    const [{ headers, body }] = receiver.calls as [Call]
    const { id, ...sent } = JSON.parse(body)
    expect(sent).toEqual({
      type: 'fairlead.budget-alert',
      timestamp: '2026-03-01T00:00:00.000Z',
      text: 'Fairlead: team:search has used 80 % of its budget: $80.00 of $100.00.',
      data: { account: 'team:search', share: 0.8, spent: 80, limit: 100 },
    })
    expect(headers['webhook-id']).toBe(id)
    const signed = `${id}.${headers['webhook-timestamp']}.${body}`
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`,
    )
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60)
    expect(webhooks.counts()).toEqual({ queued: 0, sent: 1, dropped: 0 })
  })

  it('of a chat room gets the sentence and nothing else', async () => {
    const receiver = await aReceiver()
    const { webhooks } = hooks([{ url: receiver.url, form: 'slack' }])
    webhooks.sink.take({ kind: 'state-recovered' }, at)
    await webhooks.close(2000)
    expect(receiver.calls[0]?.body).toBe('{"text":"Fairlead: Shared state can be reached again."}')
    expect(receiver.calls[0]?.headers).not.toHaveProperty('webhook-signature')
  })

  it('gets only the events that it asks for, in order', async () => {
    const receiver = await aReceiver()
    const { webhooks } = hooks([{ url: receiver.url, events: ['state-degraded', 'state-recovered'] }])
    webhooks.sink.take({ kind: 'state-degraded', why: 'gone' }, at)
    webhooks.sink.take(alert, at)
    webhooks.sink.take({ kind: 'state-recovered' }, at)
    await webhooks.close(2000)
    expect(receiver.calls.map(({ body }) => JSON.parse(body).type)).toEqual([
      'fairlead.state-degraded',
      'fairlead.state-recovered',
    ])
  })

  it('that fails is called again with the same id, and then it is said and counted', async () => {
    const back = await aReceiver(500, 503, 200)
    const { webhooks } = hooks([{ url: back.url }])
    webhooks.sink.take(alert, at)
    await webhooks.close(5000)
    expect(back.calls).toHaveLength(3)
    expect(new Set(back.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(webhooks.counts().sent).toBe(1)

    const lost = await aReceiver(500)
    const given = hooks([{ url: lost.url }])
    given.webhooks.sink.take(alert, at)
    given.webhooks.sink.take(alert, at)
    await given.webhooks.close(5000)
    expect(lost.calls).toHaveLength(6)
    expect(given.webhooks.counts()).toEqual({ queued: 0, sent: 0, dropped: 2 })
    expect(given.problems[0]).toBe('a webhook did not take budget-alert in 3 attempts: status 500')
  })

  it('is not followed elsewhere, and is left alone once it says that it is gone', async () => {
    const elsewhere = await aReceiver(302)
    const one = hooks([{ url: elsewhere.url, attempts: 1 }])
    one.webhooks.sink.take(alert, at)
    await one.webhooks.close(2000)
    expect(one.problems).toEqual(['a webhook did not take budget-alert in 1 attempts: status 302'])
    const gone = await aReceiver(410)
    const two = hooks([{ url: gone.url }])
    for (let n = 0; n < 5; n++) two.webhooks.sink.take(alert, at)
    await two.webhooks.close(2000)
    expect(gone.calls).toHaveLength(1)
    expect(two.webhooks.counts().dropped).toBe(5)
  })

  it('that hangs keeps nobody waiting: not the others, not who tells, not who closes', async () => {
    const [hanging, sound] = [await aReceiver('hang'), await aReceiver()]
    const { webhooks } = hooks([{ url: hanging.url, timeoutMs: 60_000 }, { url: sound.url }], {
      maxQueued: 10,
    })
    for (let n = 0; n < 10; n++) webhooks.sink.take(alert, at)
    await expect.poll(() => sound.calls.length).toBe(10)
    for (let n = 0; n < 90; n++) webhooks.sink.take(alert, at)
    expect(webhooks.counts().queued).toBeLessThanOrEqual(20)
    await webhooks.close(50)
    const { queued, sent, dropped } = webhooks.counts()
    expect(queued).toBe(0)
    expect(sent + dropped).toBe(200)
    expect(dropped).toBeGreaterThanOrEqual(100)
  })

  it('is given up after its time, and called again', async () => {
    const receiver = await aReceiver('hang', 200)
    const { webhooks } = hooks([{ url: receiver.url, timeoutMs: 30 }])
    webhooks.sink.take(alert, at)
    await webhooks.close(5000)
    expect(receiver.calls).toHaveLength(2)
    expect(webhooks.counts().sent).toBe(1)
  })

  it('is never named in what is said of it, since its address is a secret', async () => {
    const { webhooks, problems } = hooks([{ url: 'http://127.0.0.1:1/hook?token=path-secret', attempts: 1 }])
    webhooks.sink.take(alert, at)
    await webhooks.close(2000)
    expect(problems).toHaveLength(1)
    expect(problems[0]).not.toContain('path-secret')
  })

  it("gets nobody's words and no credential, whatever it asks for", async () => {
    const receiver = await aReceiver()
    const { webhooks } = hooks([{ url: receiver.url, events: ['finished', 'feedback', 'store-problem'] }])
    const answer = { parts: [{ kind: 'text', text: 'spoken' }] } as never
    const asked = {
      operation: 'chat',
      request: { messages: ['spoken'] } as never,
      traceparent: null,
      prompt: null,
    } as const
    webhooks.sink.take({ kind: 'finished', decision: aDecision(), outcome: anOutcome(), asked, answer }, at)
    const feedback = {
      metric: 'quality',
      score: 1,
      source: 'client',
      comment: 'spoken',
      correction: 'spoken',
    } as never
    webhooks.sink.take({ kind: 'feedback', feedback }, at)
    const message = 'postgres://fairlead:hunter2@db/x refused Bearer sk-live-0123456789abcdefghij'
    webhooks.sink.take({ kind: 'store-problem', what: 'not-written', message }, at)
    await webhooks.close(2000)
    const all = receiver.calls.map(({ body }) => body).join('\n')
    expect(receiver.calls).toHaveLength(3)
    expect(all).not.toMatch(/spoken|hunter2|0123456789abc/)
    expect(all).toContain('postgres://fairlead:[secret]@db/x')
    expect(JSON.parse(receiver.calls[0]!.body).data.outcome.decision).toBe('d-1')
  })
})
