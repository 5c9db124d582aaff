import { execFileSync } from 'node:child_process'
import * as conventions from '@opentelemetry/semantic-conventions/incubating'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Answer } from '../../src/domain/answer.ts'
import type { Decision, DecisionId, Outcome } from '../../src/domain/decision.ts'
import type { Feedback, FeedbackId } from '../../src/domain/feedback.ts'
import { modelId } from '../../src/domain/model.ts'
import { microUsd } from '../../src/domain/money.ts'
import { Secret } from '../../src/domain/secret.ts'
import { type KeyId, nobody } from '../../src/domain/virtual-key.ts'
import type { Asked } from '../../src/telemetry/events.ts'
import type { Known } from '../../src/telemetry/known.ts'
import { openOtlp, type OtlpSettings } from '../../src/telemetry/otlp/index.ts'
import { evaluationResult, genAi, general, metricNames } from '../../src/telemetry/otlp/names.ts'
import { aDecision, anAttempt, anOutcome } from '../support/a-decision.ts'
import {
  anOtlpReceiver,
  type OtlpReceiver,
  type SentAttributes,
  type SentSpan,
} from '../support/an-otlp-receiver.ts'
import { aRequest } from '../support/builders.ts'

const known: Known = {
  policies: ['auto'],
  routing: ['auto'],
  models: ['acme/small', 'acme/large'],
  targets: [
    {
      id: 'acme/small@default',
      vendor: 'acme',
      provider: 'openai',
      model: 'small-2026',
      address: { host: 'api.acme.example', port: 443 },
    },
    { id: 'acme/large@default', vendor: 'acme', provider: 'openai', model: 'large-2026', address: null },
  ],
}

const settingsFor = (url: string, changes: Partial<OtlpSettings> = {}): OtlpSettings => ({
  tracesUrl: `${url}/v1/traces`,
  metricsUrl: null,
  headers: { 'x-api-key': new Secret('otlp-secret') },
  compression: 'gzip',
  sample: 1,
  followClient: true,
  keepErrors: true,
  content: false,
  serviceName: 'fairlead-test',
  resource: { 'deployment.environment.name': 'test' },
  timeoutMs: 500,
  maxQueued: 1000,
  flushIntervalMs: 10,
  metricsIntervalMs: 60_000,
  closeMs: 2000,
  ...changes,
})

async function anOtlp(changes: Partial<OtlpSettings> = {}, receiver?: OtlpReceiver) {
  const to = receiver ?? (await anOtlpReceiver())
  const metricsUrl = changes.metricsUrl === undefined ? null : `${to.url}/v1/metrics`
  const problems: string[] = []
  const otlp = await openOtlp({
    settings: settingsFor(to.url, { ...changes, metricsUrl }),
    known,
    version: '1.2.3',
    onProblem: (message) => problems.push(message),
  })
  onTestFinished(otlp.close)
  return { otlp, receiver: to, problems }
}

const endedAt = Date.UTC(2026, 2, 1, 10, 0, 1)

const asked = (changes: Partial<Asked> = {}): Asked => ({
  operation: 'chat',
  request: {
    ...aRequest({ text: 'What is the capital of France?' }),
    stream: true,
    sampling: {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 200,
      stop: ['END'],
      seed: 7,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      answers: 2,
    },
  },
  traceparent: null,
  prompt: { name: 'geography', version: '3' },
  ...changes,
})

const answer: Answer = {
  model: 'large-2026-03-01',
  parts: [{ kind: 'text', text: 'The capital is Paris.' }],
  finish: { kind: 'stop', raw: 'stop' },
  usage: anAttempt().usage,
  logprobs: [],
}

const caller = {
  ...nobody,
  key: 'k-1' as KeyId,
  team: 'search',
  user: 'u-17',
  session: 's-4',
  episode: 'e-2',
  tags: ['beta', 'web'],
}

/** The small model fails, the large one answers. */
function aFallback(changes: Partial<Outcome> = {}): { decision: Decision; outcome: Outcome } {
  const failed = anAttempt({
    role: 'first',
    startedAfterMs: 1,
    firstContentAfterMs: null,
    endedAfterMs: 101,
    cost: microUsd(0),
    outcome: {
      kind: 'failed',
      failure: 'overloaded',
      message: 'acme is overloaded; asked with Bearer sk-live-0123456789abcdefghij',
      vendorStatus: 503,
    },
  })
  const answered = anAttempt({
    role: 'fallback',
    model: modelId('acme/large'),
    target: 'acme/large@default',
    startedAfterMs: 120,
    firstContentAfterMs: 370,
    endedAfterMs: 990,
    usage: { ...anAttempt().usage, cacheWriteTokens: 10 },
    cost: microUsd(0.0042),
  })
  return {
    decision: aDecision({ caller, experiment: { id: 'x-1', arm: 'auto', unit: 'u-17' } }),
    outcome: anOutcome({
      model: modelId('acme/large'),
      attempts: [failed, answered],
      cost: microUsd(0.0042),
      latencyMs: 1000,
      ...changes,
    }),
  }
}

const plain = (attributes: SentAttributes) =>
  Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]))

const named = (spans: readonly SentSpan[], name: string): SentSpan => {
  const span = spans.find((one) => one.name === name)
  if (span === undefined) throw new Error(`no span ${name} among ${spans.map((one) => one.name).join(', ')}`)
  return span
}

async function traced(changes: Partial<OtlpSettings> = {}, toldBy: Partial<Asked> = {}) {
  const { otlp, receiver } = await anOtlp(changes)
  otlp.sink.take({ kind: 'finished', ...aFallback(), asked: asked(toldBy), answer }, endedAt)
  await otlp.close()
  return receiver
}

describe('a trace', () => {
  it('has a server span, a routing span and a client span for every attempt, at their true times', async () => {
    const { spans, headers } = await traced()
    const root = named(spans, 'chat auto')
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['chat auto', 'server'],
      ['route auto', 'internal'],
      ['chat small-2026', 'client'],
      ['chat large-2026', 'client'],
    ])
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4)
    expect(root.parentSpanId).toBeNull()
    for (const span of spans.slice(1)) expect(span.parentSpanId).toBe(root.spanId)
    const ms = (time: bigint) => Number(time - BigInt(endedAt - 1000) * 1_000_000n) / 1e6
    expect(spans.map(({ start, end }) => [ms(start), ms(end)])).toEqual([
      [0, 1000],
      [0, expect.closeTo(0.2125, 3)],
      [1, 101],
      [120, 990],
    ])
    expect(headers[0]?.['x-api-key']).toBe('otlp-secret')
    expect(plain(root.resource)).toMatchObject({
      'service.name': 'fairlead-test',
      'service.version': '1.2.3',
      'deployment.environment.name': 'test',
    })
  })

  it('tells of the decision: score, confidence, cost, query hash, fallbacks with their triggers', async () => {
    const { spans } = await traced()
    expect(plain(named(spans, 'chat auto').attributes)).toMatchObject({
      'fairlead.decision.id': 'd-1',
      'fairlead.policy': 'auto',
      'fairlead.strategy': 'utility',
      'fairlead.query.hash': '9f86d081884c7d65',
      'fairlead.model.chosen': 'acme/small',
      'fairlead.model.answered': 'acme/large',
      'fairlead.quality.predicted': 0.81,
      'fairlead.quality.deviation': 0.06,
      'fairlead.cost.predicted_usd': 0.00012,
      'fairlead.cost.usd': 0.0042,
      'fairlead.propensity': 1,
      'fairlead.fallbacks': ['acme/small -> acme/large: overloaded'],
      'fairlead.experiment.id': 'x-1',
      'fairlead.episode.id': 'e-2',
      'fairlead.team': 'search',
    })
    expect(plain(named(spans, 'route auto').attributes)).toMatchObject({
      'fairlead.because': 'best value',
      'fairlead.refused': ['acme/tiny: context-window'],
      'fairlead.task_type': 'code',
    })
    expect(plain(named(spans, 'chat small-2026').attributes)).toMatchObject({
      'fairlead.attempt.role': 'first',
    })
    expect(plain(named(spans, 'chat large-2026').attributes)).toMatchObject({
      'fairlead.attempt.role': 'fallback',
      'fairlead.attempt.trigger': 'fallback: overloaded',
    })
  })

  it('tells of each call by the conventions', async () => {
    const { spans } = await traced()
    const [failed, answered] = [named(spans, 'chat small-2026'), named(spans, 'chat large-2026')]
    expect(plain(answered.attributes)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'large-2026',
      'gen_ai.response.model': 'large-2026-03-01',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 200,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.25,
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 64,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.cache_creation.input_tokens': 10,
      'gen_ai.usage.reasoning.output_tokens': 8,
      'gen_ai.conversation.id': 's-4',
      'gen_ai.output.type': 'text',
    })
    expect(answered.status.code).toBe(0)
    expect(plain(failed.attributes)).toMatchObject({
      'error.type': 'overloaded',
      'server.address': 'api.acme.example',
      'server.port': 443,
    })
    expect(failed.status).toEqual({ code: 2, message: 'acme is overloaded; asked with Bearer [secret]' })
  })

  it('tells Langfuse, Datadog and Braintrust session, user, tags, cost and prompt as they read them', async () => {
    const { spans } = await traced()
    expect(plain(named(spans, 'chat auto').attributes)).toMatchObject({
      'langfuse.session.id': 's-4',
      'langfuse.user.id': 'u-17',
      'langfuse.trace.tags': ['beta', 'web'],
      'braintrust.tags': ['beta', 'web'],
      'session.id': 's-4',
      'user.id': 'u-17',
    })
    const call = plain(named(spans, 'chat large-2026').attributes)
    expect(call).toMatchObject({
      'langfuse.observation.type': 'generation',
      'langfuse.observation.prompt.name': 'geography',
      'langfuse.observation.prompt.version': 3,
      'gen_ai.prompt.name': 'geography',
      'gen_ai.usage.cost': 0.0042,
      'braintrust.metrics.estimated_cost': 0.0042,
      'session.id': 's-4',
    })
    expect(JSON.parse(String(call['langfuse.observation.cost_details']))).toEqual({ total: 0.0042 })
    expect(JSON.parse(String(call['braintrust.span_attributes']))).toEqual({ type: 'llm' })
  })

  it('goes on from the trace of the client', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const { spans } = await traced({ sample: 0 }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]))
    expect(named(spans, 'chat auto').parentSpanId).toBe('b7ad6b7169203331')
  })

  it('has what was said only where that is allowed', async () => {
    const secretive = await traced()
    expect(Buffer.concat(secretive.bodies).toString('latin1')).not.toMatch(/capital|Paris/)
    const { spans } = await traced({ content: true })
    const call = plain(named(spans, 'chat large-2026').attributes)
    expect(JSON.parse(String(call['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
    ])
    expect(JSON.parse(String(call['gen_ai.output.messages']))).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'The capital is Paris.' }],
        finish_reason: 'stop',
      },
    ])
    expect(plain(named(spans, 'chat small-2026').attributes)).not.toHaveProperty('gen_ai.output.messages')
  })

  it('gets its feedback later, whether or not it went on from a client', async () => {
    for (const traceparent of [null, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']) {
      const { otlp, receiver } = await anOtlp()
      otlp.sink.take({ kind: 'finished', ...aFallback(), asked: asked({ traceparent }) }, endedAt)
      otlp.sink.take({ kind: 'feedback', feedback }, endedAt + 60_000)
      await otlp.close()
      const root = named(receiver.spans, 'chat auto')
      const said = named(receiver.spans, evaluationResult)
      expect([said.traceId, said.parentSpanId]).toEqual([root.traceId, root.spanId])
      expect(said.events).toEqual([{ name: 'gen_ai.evaluation.result', attributes: said.attributes }])
      expect(plain(said.attributes)).toEqual({
        'gen_ai.evaluation.name': 'quality',
        'gen_ai.evaluation.score.value': 0.75,
        'fairlead.feedback.source': 'client',
        'fairlead.decision.id': 'd-1',
      })
    }
  })

  it('is made of a call of a tool as well', async () => {
    const { otlp, receiver } = await anOtlp()
    otlp.sink.take({ kind: 'tool-call', server: 'files', tool: 'read', ok: false, latencyMs: 40 }, endedAt)
    await otlp.close()
    const span = named(receiver.spans, 'execute_tool files/read')
    expect(plain(span.attributes)).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'files/read',
      'error.type': '_OTHER',
    })
    expect(span.end - span.start).toBe(40_000_000n)
  })
})

const feedback: Feedback = {
  id: 'f-1' as FeedbackId,
  about: { kind: 'decision', decision: 'd-1' as DecisionId },
  at: '2026-03-01T10:01:00.000Z',
  source: 'client',
  metric: 'quality',
  score: 0.75,
  comment: 'quite good',
  correction: null,
  author: 'u-17',
}

/** As published: https://github.com/open-telemetry/semantic-conventions-genai, registry of attributes. */
const publishedTypes: Readonly<Record<string, 'string' | 'int' | 'double' | 'bool' | 'string[]'>> = {
  'gen_ai.operation.name': 'string',
  'gen_ai.provider.name': 'string',
  'gen_ai.system': 'string',
  'gen_ai.conversation.id': 'string',
  'gen_ai.output.type': 'string',
  'gen_ai.request.model': 'string',
  'gen_ai.response.model': 'string',
  'gen_ai.request.stream': 'bool',
  'gen_ai.request.temperature': 'double',
  'gen_ai.request.top_p': 'double',
  'gen_ai.request.top_k': 'int',
  'gen_ai.request.max_tokens': 'int',
  'gen_ai.request.stop_sequences': 'string[]',
  'gen_ai.request.seed': 'int',
  'gen_ai.request.frequency_penalty': 'double',
  'gen_ai.request.presence_penalty': 'double',
  'gen_ai.request.choice.count': 'int',
  'gen_ai.response.finish_reasons': 'string[]',
  'gen_ai.response.time_to_first_chunk': 'double',
  'gen_ai.usage.input_tokens': 'int',
  'gen_ai.usage.output_tokens': 'int',
  'gen_ai.usage.cache_read.input_tokens': 'int',
  'gen_ai.usage.cache_creation.input_tokens': 'int',
  'gen_ai.usage.reasoning.output_tokens': 'int',
  'gen_ai.token.type': 'string',
  'gen_ai.prompt.name': 'string',
  'gen_ai.input.messages': 'string',
  'gen_ai.output.messages': 'string',
  'gen_ai.system_instructions': 'string',
  'gen_ai.evaluation.name': 'string',
  'gen_ai.evaluation.score.value': 'double',
  'gen_ai.evaluation.explanation': 'string',
  'gen_ai.tool.name': 'string',
  'gen_ai.tool.type': 'string',
  'server.address': 'string',
  'server.port': 'int',
  'error.type': 'string',
  'user.id': 'string',
  'session.id': 'string',
  'service.name': 'string',
  'service.version': 'string',
  'service.instance.id': 'string',
}

describe('the conventions', () => {
  const exported = new Set(Object.values(conventions).filter((value) => typeof value === 'string'))

  it('have every name that is sent, and every value of a closed list', () => {
    for (const name of [...Object.values(genAi), ...Object.values(general)]) {
      expect(exported, name).toContain(name)
      expect(publishedTypes, name).toHaveProperty([name])
    }
    for (const name of [...Object.values(metricNames), evaluationResult])
      expect(exported, name).toContain(name)
  })

  it('have the type of every attribute that is sent, and what they require is there', async () => {
    const { otlp, receiver } = await anOtlp({ content: true })
    const told = { ...aFallback(), asked: asked(), answer }
    otlp.sink.take({ kind: 'finished', ...told }, endedAt)
    otlp.sink.take({ kind: 'feedback', feedback }, endedAt)
    otlp.sink.take({ kind: 'tool-call', server: 'files', tool: 'read', ok: true, latencyMs: 4 }, endedAt)
    await otlp.close()
    const seen = new Set<string>()
    for (const { attributes, kind } of receiver.spans) {
      for (const [name, { type, value }] of Object.entries(attributes)) {
        const published = publishedTypes[name]
        if (published === undefined) {
          expect(name).toMatch(/^(fairlead|langfuse|braintrust)\.|^gen_ai\.usage\.cost$/)
          continue
        }
        seen.add(name)
        // JavaScript has one kind of number: a double without a fraction is sent as an int, which receivers widen.
        const same =
          type === published || (published === 'double' && type === 'int' && Number.isInteger(value))
        expect([name, same ? published : type]).toEqual([name, published])
      }
      if (kind !== 'client') continue
      for (const required of ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.request.model'])
        expect(attributes).toHaveProperty([required])
      if ('server.address' in attributes) expect(attributes).toHaveProperty(['server.port'])
    }
    expect(seen.size).toBeGreaterThan(30)
  })

  it('have the metrics that are sent, with the bounds that they ask for', async () => {
    const { otlp, receiver } = await anOtlp({ metricsUrl: 'on' })
    otlp.sink.take({ kind: 'finished', ...aFallback(), asked: asked() }, endedAt)
    await otlp.close()
    const { points } = receiver
    const of = (metric: string) => points.filter((point) => point.metric === metric)
    expect(of('gen_ai.client.operation.duration').map(({ sum }) => sum)).toEqual([0.1, 0.87])
    expect(of('gen_ai.client.operation.duration')[0]?.bounds).toEqual([
      0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ])
    expect(plain(of('gen_ai.client.operation.duration')[0]!.attributes)).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'small-2026',
      'server.address': 'api.acme.example',
      'server.port': 443,
      'error.type': 'overloaded',
    })
    const tokens = of('gen_ai.client.token.usage')
    expect(tokens[0]?.bounds).toEqual([
      1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
    ])
    expect(tokens.map(({ attributes, sum }) => [attributes['gen_ai.token.type']?.value, sum])).toEqual([
      ['input', 120],
      ['output', 64],
      ['input', 120],
      ['output', 64],
    ])
    expect(of('gen_ai.server.request.duration')[0]).toMatchObject({ unit: 's', sum: 1, count: 1 })
    expect(of('gen_ai.server.time_to_first_token')[0]?.bounds).toEqual([
      0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ])
    for (const { attributes } of points)
      for (const name of Object.keys(attributes)) expect(publishedTypes).toHaveProperty([name])
  })
})

describe('sampling', () => {
  const finish = (id: string, status: 'answered' | 'failed', traceparent: string | null = null) => ({
    kind: 'finished' as const,
    decision: aDecision({ id }),
    outcome: anOutcome({ decision: id, status, failure: status === 'failed' ? 'timed-out' : null }),
    asked: asked({ traceparent }),
  })

  it('keeps the share that was asked for, the same ones in every process, and all errors', async () => {
    const { otlp, receiver } = await anOtlp({ sample: 0.25, maxQueued: 100_000 })
    for (let n = 0; n < 2000; n++) otlp.sink.take(finish(`d-${n}`, 'answered'), endedAt)
    for (let n = 0; n < 20; n++) otlp.sink.take(finish(`e-${n}`, 'failed'), endedAt)
    await otlp.close()
    const kept = receiver.spans
      .filter(({ kind }) => kind === 'server')
      .map(({ attributes }) => String(attributes['fairlead.decision.id']?.value))
    expect(kept.filter((id) => id.startsWith('e-'))).toHaveLength(20)
    const share = kept.filter((id) => id.startsWith('d-')).length / 2000
    // Four standard deviations of a share of a quarter among 2,000.
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2000))
    const again = await anOtlp({ sample: 0.25, maxQueued: 100_000 })
    for (let n = 0; n < 2000; n++) again.otlp.sink.take(finish(`d-${n}`, 'answered'), endedAt)
    await again.otlp.close()
    expect(again.receiver.spans.filter(({ kind }) => kind === 'server')).toHaveLength(share * 2000)
  })

  it('does as the client decided, or not, as is set', async () => {
    const not = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
    const followed = await anOtlp({ sample: 1 })
    followed.otlp.sink.take(finish('d-1', 'answered', not), endedAt)
    await followed.otlp.close()
    expect(followed.receiver.spans).toEqual([])
    const own = await anOtlp({ sample: 1, followClient: false })
    own.otlp.sink.take(finish('d-1', 'answered', not), endedAt)
    await own.otlp.close()
    expect(own.receiver.spans).toHaveLength(3)
  })
})

describe('a receiver', () => {
  it('that hangs keeps nobody waiting: what does not fit is dropped and counted, and closing ends in time', async () => {
    const { otlp, receiver } = await anOtlp({ maxQueued: 40, timeoutMs: 60_000, closeMs: 200 })
    receiver.answerWith('hang')
    for (let n = 0; n < 500; n++) otlp.sink.take({ kind: 'finished', ...aFallback() }, endedAt)
    expect(otlp.counts().queued).toBeLessThanOrEqual(40)
    await otlp.close()
    const { queued, sent, dropped } = otlp.counts()
    expect(sent).toBe(0)
    expect(queued + dropped).toBe(2000)
  })

  it('that refuses is told of once, and what it refused counts as dropped', async () => {
    const { otlp, receiver, problems } = await anOtlp()
    receiver.answerWith('refuse')
    for (let n = 0; n < 3; n++) {
      otlp.sink.take({ kind: 'finished', ...aFallback() }, endedAt)
      await expect.poll(() => otlp.counts().dropped).toBe(4 * (n + 1))
    }
    expect(problems).toHaveLength(1)
    receiver.answerWith('ok')
    otlp.sink.take({ kind: 'finished', ...aFallback() }, endedAt)
    await expect.poll(() => otlp.counts().sent).toBe(4)
  })

  it('that is not there is a problem that is told, without a secret', async () => {
    const { otlp, problems } = await anOtlp({ tracesUrl: 'http://127.0.0.1:1/v1/traces', timeoutMs: 100 })
    otlp.sink.take({ kind: 'finished', ...aFallback() }, endedAt)
    await otlp.close()
    expect(otlp.counts()).toEqual({ queued: 0, sent: 0, dropped: 4 })
    expect(problems).toHaveLength(1)
    expect(problems[0]).not.toContain('otlp-secret')
  })
})

const python = (() => {
  try {
    execFileSync('python3', ['-c', 'import opentelemetry.proto.collector.trace.v1.trace_service_pb2'], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!python)('the protocol as its authors generate it (pip install opentelemetry-proto)', () => {
  it('reads the same spans from the same bytes', async () => {
    const { bodies, spans } = await traced()
    const script = [
      'import sys, json',
      'from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest as R',
      'r = R.FromString(sys.stdin.buffer.read())',
      's = [s for g in r.resource_spans for c in g.scope_spans for s in c.spans]',
      'print(json.dumps([[x.name, x.kind, x.trace_id.hex(), x.span_id.hex(), x.parent_span_id.hex(), x.start_time_unix_nano, sorted(a.key for a in x.attributes)] for x in s]))',
    ].join('\n')
    const read = JSON.parse(execFileSync('python3', ['-c', script], { input: bodies[0]! }).toString())
    const kinds = { internal: 1, server: 2, client: 3 }
    expect(read).toEqual(
      spans.map((span) => [
        span.name,
        kinds[span.kind],
        span.traceId,
        span.spanId,
        span.parentSpanId ?? '',
        Number(span.start),
        Object.keys(span.attributes).sort(),
      ]),
    )
  })
})
