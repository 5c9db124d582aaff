import { describe, expect, test } from 'vitest'
import { anEngine, aJob } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel, aRequest } from '../../../test/support/builders.ts'
import { aFaultServer, aRefusedUrl, type Behaviour, wholeText } from '../../../test/support/fault-server.ts'
import type { Candidate } from '../../domain/candidate.ts'
import type { NonEmpty } from '../../domain/non-empty.ts'
import { answerText } from '../../domain/answer.ts'
import { type Forwarded, forwardTo } from './forward.ts'

const candidates: NonEmpty<Candidate> = [
  aCandidate({ model: aModel({ id: 'acme/small', usdPerMillion: { input: 1, output: 10 } }) }),
  aCandidate({ model: aModel({ id: 'acme/middle', usdPerMillion: { input: 2, output: 20 } }) }),
  aCandidate({ model: aModel({ id: 'acme/large', contextWindow: 1_000_000 }) }),
]
const models = candidates.map(({ model }) => model)
const limits = { firstContentMs: 300, answerMs: 300, idleMs: 300, sameTargetRetries: 0 }
const nobody = (): AbortSignal => new AbortController().signal

const failing = (status: number, code: string | null = null, headers = {}): Behaviour => ({
  kind: 'status',
  status,
  body: { error: { message: `failed with ${status}`, code } },
  headers,
})

async function textOf(forwarded: Forwarded): Promise<string> {
  if (forwarded.kind === 'failed') return ''
  if (forwarded.kind === 'buffered') return answerText(forwarded.answer)
  let text = ''
  for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
  await forwarded.done
  return text
}

const tried = ({ attempts }: Forwarded): string[] => attempts.map(({ model }) => model)

describe.each([false, true])('fallbacks (stream: %s)', (stream) => {
  test.each<readonly [string, Behaviour]>([
    ['a rate limit', failing(429)],
    ['an error of the vendor', failing(500)],
    ['an overload', failing(503)],
    ['a bad key', failing(401)],
    ['an empty account', failing(402)],
    ['a reset', { kind: 'reset-before-headers' }],
    ['a cut', { kind: 'reset-after-headers' }],
    ['silence', { kind: 'never-answer' }],
    ['a page', { kind: 'raw', contentType: 'text/html', body: '<html>' }],
  ])('after %s the next model answers, and the client sees nothing of it', async (_name, behaviour) => {
    const server = await aFaultServer({ small: [behaviour], middle: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    const text = await textOf(forwarded)
    expect(forwarded).toMatchObject({
      kind: stream ? 'stream' : 'buffered',
      candidate: { id: 'acme/middle' },
    })
    expect(text).toContain(stream ? '"model":"middle"' : wholeText)
    expect(text).not.toContain('error')
    expect(tried(forwarded)).toEqual(['acme/small', 'acme/middle'])
    expect(forwarded.attempts.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'answered'])
    expect(forwarded.attempts[1]!.cost).toBe(40 * 2 + 10 * 20)
  })

  test.each<readonly [string, Behaviour, string]>([
    ['a request at fault', failing(400), 'rejected'],
    ['a content filter', failing(400, 'content_policy_violation'), 'content-filtered'],
  ])('%s goes to nobody else', async (_name, behaviour, kind) => {
    const server = await aFaultServer({ small: [behaviour], middle: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind } })
    expect(server.seen.map(({ model }) => model)).toEqual(['small'])
  })

  test('a prompt over the window goes only to a larger one', async () => {
    const server = await aFaultServer({
      small: [failing(400, 'context_length_exceeded')],
      middle: [{ kind: 'answer' }],
      large: [{ kind: 'answer' }],
    })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    expect(await textOf(forwarded)).not.toBe('')
    expect(tried(forwarded)).toEqual(['acme/small', 'acme/large'])
  })

  test('another target of the same model comes before another model', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const baseUrls = { 'acme/small': [await aRefusedUrl(), server.baseUrl] }
    const engine = anEngine({ baseUrl: server.baseUrl, baseUrls, models, limits })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    expect(await textOf(forwarded)).not.toBe('')
    expect(forwarded.attempts.map(({ target }) => target)).toEqual(['acme/small@1', 'acme/small@2'])
  })

  test('when all fail, the most useful failure speaks and the others are listed', async () => {
    const server = await aFaultServer({
      small: [failing(500)],
      middle: [failing(429, null, { 'retry-after': '7' })],
      large: [failing(401)],
    })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    expect(forwarded).toMatchObject({
      kind: 'failed',
      failure: { kind: 'rate-limited', vendorStatus: 429, retryAfterMs: 7000 },
    })
    if (forwarded.kind === 'failed')
      expect(forwarded.failure.message).toContain(
        '(3 attempts: acme/small unavailable 500; acme/middle rate-limited 429; acme/large credential 401)',
      )
  })

  test('no more attempts are made than allowed', async () => {
    const server = await aFaultServer({
      small: [failing(500)],
      middle: [failing(500)],
      large: [failing(500)],
    })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits: { ...limits, maxAttempts: 2 } })
    const forwarded = await forwardTo(engine, candidates, aJob({ stream }), nobody())
    expect(forwarded.kind).toBe('failed')
    expect(server.seen).toHaveLength(2)
  })

  test('nobody else is tried when the time is up', async () => {
    const server = await aFaultServer({ small: [{ kind: 'never-answer' }], middle: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const deadlineAt = performance.now() + 50
    const forwarded = await forwardTo(engine, candidates, aJob({ stream, deadlineAt }), nobody())
    expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } })
    expect(server.seen.length).toBeLessThan(2)
  })

  test('models without any endpoint are said to have none', async () => {
    const engine = anEngine({ baseUrl: await aRefusedUrl(), models: [] })
    expect(await forwardTo(engine, candidates, aJob({ stream }), nobody())).toMatchObject({
      kind: 'failed',
      failure: { kind: 'unavailable' },
      attempts: [],
    })
  })
})

describe.each<readonly [string, Behaviour]>([
  ['a cut', { kind: 'cut', afterWords: 0, how: 'reset' }],
  ['an error event', { kind: 'error-event', afterWords: 0 }],
  ['a stall', { kind: 'stall', afterWords: 0 }],
])('%s before the first content', (_name, behaviour) => {
  test('is invisible: only the stream of the next model is seen', async () => {
    const server = await aFaultServer({ small: [behaviour], middle: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
    const text = await textOf(await forwardTo(engine, candidates, aJob({ stream: true }), nobody()))
    expect(text).not.toContain('"model":"small"')
    expect(text).not.toContain('error')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

test('a stream that breaks after its first content goes to nobody else', async () => {
  const server = await aFaultServer({
    small: [{ kind: 'cut', afterWords: 1, how: 'reset' }],
    middle: [{ kind: 'answer' }],
  })
  const engine = anEngine({ baseUrl: server.baseUrl, models, limits })
  const forwarded = await forwardTo(engine, candidates, aJob({ stream: true }), nobody())
  expect(await textOf(forwarded)).toContain('"error"')
  expect(server.seen.map(({ model }) => model)).toEqual(['small'])
})

describe('a client that goes away', () => {
  test.each([false, true])(
    'before the answer: upstream is closed, nobody else is tried (stream: %s)',
    async (stream) => {
      const server = await aFaultServer({ small: [{ kind: 'never-answer' }], middle: [{ kind: 'answer' }] })
      const engine = anEngine({ baseUrl: server.baseUrl, models })
      const client = new AbortController()
      const forwarding = forwardTo(engine, candidates, aJob({ stream }), client.signal)
      await server.whenSeen(1)
      client.abort()
      const forwarded = await forwarding
      expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
      expect(await server.seen[0]!.over).toBe('aborted')
      expect(server.seen).toHaveLength(1)
      expect(forwarded.attempts[0]).toMatchObject({
        cost: 12,
        outcome: { kind: 'failed', failure: 'cancelled' },
      })
    },
  )

  const leaving: readonly (readonly [
    string,
    (client: AbortController, frames: AsyncIterator<Uint8Array>) => void,
  ])[] = [
    ['its signal is aborted', (client) => client.abort()],
    ['its stream is read no further', (_client, frames) => void frames.return?.()],
  ]
  test.each(leaving)(
    'in mid-stream (%s): upstream is closed and what was made is booked',
    async (_name, leave) => {
      const server = await aFaultServer({ small: [{ kind: 'stall', afterWords: 3 }] })
      const engine = anEngine({ baseUrl: server.baseUrl, models })
      const client = new AbortController()
      const forwarded = await forwardTo(engine, candidates, aJob({ stream: true }), client.signal)
      if (forwarded.kind !== 'stream') throw new Error('no stream')
      let text = ''
      while (!text.includes('three')) text += Buffer.from((await forwarded.frames.next()).value).toString()
      leave(client, forwarded.frames)
      const attempt = await forwarded.done
      expect(await server.seen[0]!.over).toBe('aborted')
      const outputTokens = Math.ceil('One two three '.length / 4)
      expect(attempt).toMatchObject({
        usage: { inputTokens: 12, outputTokens, source: 'estimated' },
        cost: 12 + 10 * outputTokens,
        outcome: { kind: 'failed', failure: 'cancelled' },
      })
    },
  )

  test('before it has read anything: the attempt is over all the same', async () => {
    const server = await aFaultServer({ small: [{ kind: 'stall', afterWords: 1 }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models })
    const client = new AbortController()
    const forwarded = await forwardTo(engine, candidates, aJob({ stream: true }), client.signal)
    if (forwarded.kind !== 'stream') throw new Error('no stream')
    client.abort()
    expect((await forwarded.done).outcome).toMatchObject({ kind: 'failed', failure: 'cancelled' })
    expect(await server.seen[0]!.over).toBe('aborted')
  })

  test('before the request is sent: nothing is sent', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models })
    const forwarded = await forwardTo(engine, candidates, aJob(), AbortSignal.abort())
    expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' }, attempts: [] })
    expect(server.seen).toHaveLength(0)
  })
})

describe('the body that a vendor gets', () => {
  test('is the client’s own, with the model changed and unknown fields kept', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models })
    const text = '{"model": "auto",  "messages": [{"role":"user","content":"hi"}], "made_up": {"b":1, "a":2}}'
    await forwardTo(engine, candidates, aJob({ original: { format: 'openai-chat', text } }), nobody())
    expect(server.seen[0]!.text).toContain('"made_up": {"b":1, "a":2}')
    expect(JSON.parse(server.seen[0]!.text)).toMatchObject({ model: 'small' })
    expect(server.seen[0]!.path).toBe('/v1/chat/completions')
  })

  test('is made anew from a rewritten request', async () => {
    const server = await aFaultServer({ small: [{ kind: 'answer' }] })
    const engine = anEngine({ baseUrl: server.baseUrl, models })
    await forwardTo(engine, candidates, aJob({ request: aRequest({ text: 'rewritten' }) }), nobody())
    expect(JSON.parse(server.seen[0]!.text)).toMatchObject({
      model: 'small',
      messages: [{ role: 'user', content: 'rewritten' }],
    })
  })
})
