/** What each fault of a vendor means for the client, upstream and in the books, with one target and nowhere to fall back to. */

import { describe, expect, test } from 'vitest'
import { anEngine, aJob } from '../../../test/support/an-engine.ts'
import { aCandidate, aModel } from '../../../test/support/builders.ts'
import {
  aFaultServer,
  aRefusedUrl,
  type Behaviour,
  wholeText,
  words,
} from '../../../test/support/fault-server.ts'
import type { FailureKind } from '../../domain/failure.ts'
import { forwardTo } from './forward.ts'

const model = aModel({ usdPerMillion: { input: 1, output: 10 } })
const candidate = aCandidate({ model })
const limits = { firstContentMs: 300, answerMs: 300, idleMs: 300, sameTargetRetries: 0 }

type Served = {
  readonly kind: 'buffered' | 'stream' | 'failed'
  readonly failure: FailureKind | null
  readonly message: string
  /** Everything that the client was sent. */
  readonly text: string
  readonly attempts: Awaited<ReturnType<typeof forwardTo>>['attempts']
  readonly over: 'finished' | 'aborted' | null
}

async function serve(
  behaviour: Behaviour,
  stream: boolean,
  changes: Parameters<typeof aJob>[0] = {},
): Promise<Served> {
  const server = await aFaultServer({ small: [behaviour] })
  const engine = anEngine({ baseUrl: server.baseUrl, models: [model], limits })
  const forwarded = await forwardTo(
    engine,
    [candidate],
    aJob({ stream, ...changes }),
    new AbortController().signal,
  )
  const served = { kind: forwarded.kind, attempts: forwarded.attempts, failure: null, message: '', text: '' }
  const over = async () => (await server.seen[0]?.over) ?? null
  switch (forwarded.kind) {
    case 'failed': {
      const { kind, message } = forwarded.failure
      return { ...served, failure: kind, message, over: await over() }
    }
    case 'buffered':
      return { ...served, text: Buffer.from(forwarded.bytes).toString(), over: await over() }
    case 'stream': {
      let text = ''
      for await (const frame of forwarded.frames) text += Buffer.from(frame).toString()
      const { outcome } = await forwarded.done
      const ended = outcome.kind === 'failed' ? { failure: outcome.failure, message: outcome.message } : {}
      return { ...served, ...ended, text, over: await over() }
    }
  }
}

/** The words of the answer that a client of the stream would have put together. */
function said(text: string): string {
  let answer = ''
  for (const line of text.split('\n')) {
    if (!line.startsWith('data: {')) continue
    answer += JSON.parse(line.slice(6)).choices?.[0]?.delta?.content ?? ''
  }
  return answer
}

const looksComplete = (text: string): boolean =>
  text.includes('[DONE]') || text.includes('"finish_reason":"stop"')

describe('a sound vendor', () => {
  test('buffered: the client gets the very bytes, and the reported usage is booked', async () => {
    const served = await serve({ kind: 'answer' }, false)
    expect(served).toMatchObject({ kind: 'buffered', failure: null, over: 'finished' })
    expect(JSON.parse(served.text)).toMatchObject({ vendor_extra: 'kept' })
    expect(served.attempts).toHaveLength(1)
    expect(served.attempts[0]).toMatchObject({
      model: 'acme/small',
      target: 'acme/small@1',
      usage: { inputTokens: 40, cachedReadTokens: 8, outputTokens: 10, source: 'reported' },
      cost: 40 + 10 * 10,
      outcome: { kind: 'answered', finish: 'stop' },
    })
  })

  test('streaming: whole events, usage and end marker reach the client', async () => {
    const served = await serve({ kind: 'answer' }, true)
    expect(served).toMatchObject({ kind: 'stream', failure: null, over: 'finished' })
    expect(said(served.text)).toBe(wholeText)
    expect(served.text).toContain('"usage":{')
    expect(served.text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(served.attempts[0]).toMatchObject({ cost: 140, outcome: { kind: 'answered', finish: 'stop' } })
    expect(served.attempts[0]!.firstContentAfterMs).not.toBeNull()
  })

  test('streaming: usage is kept from a client that did not ask for it, and booked all the same', async () => {
    const served = await serve({ kind: 'answer' }, true, { usageWanted: false })
    expect(served.text).not.toContain('"usage":{')
    expect(served.text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(served.attempts[0]).toMatchObject({ cost: 140 })
  })

  test.each([false, true])('that reports no usage is booked by estimate (stream: %s)', async (stream) => {
    const served = await serve({ kind: 'answer', usage: false }, stream)
    const outputTokens = Math.ceil(wholeText.length / 4)
    expect(served.attempts[0]).toMatchObject({
      usage: { inputTokens: 12, outputTokens, source: 'estimated' },
      cost: 12 + outputTokens * 10,
    })
  })

  test.each([false, true])('that compresses unasked is read (stream: %s)', async (stream) => {
    const served = await serve({ kind: 'gzip' }, stream)
    expect(served.failure).toBeNull()
    expect(served.text).toContain('five.')
    expect(served.attempts[0]).toMatchObject({ cost: 140 })
  })

  test('that leaves the content type out is read', async () => {
    const body = JSON.stringify({
      model: 'small',
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    })
    expect(await serve({ kind: 'raw', contentType: null, body }, false)).toMatchObject({
      kind: 'buffered',
      text: body,
    })
  })
})

describe('a stream that is whole but for its end marker', () => {
  test('is complete, and the marker is supplied', async () => {
    const served = await serve({ kind: 'no-end-marker', hold: false }, true)
    expect(served).toMatchObject({ kind: 'stream', failure: null })
    expect(said(served.text)).toBe(wholeText)
    expect(served.text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test('is complete also where the vendor never closes the connection', async () => {
    const served = await serve({ kind: 'no-end-marker', hold: true }, true)
    expect(served).toMatchObject({ kind: 'stream', failure: null, over: 'aborted' })
    expect(served.text.endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

const status = (code: number, error: unknown, headers = {}): Behaviour => ({
  kind: 'status',
  status: code,
  body: { error },
  headers,
})

describe.each([false, true])('before anything was answered (stream: %s)', (stream) => {
  const cases: readonly (readonly [string, Behaviour, FailureKind, boolean])[] = [
    ['429', status(429, { message: 'slow down' }, { 'retry-after': '2' }), 'rate-limited', false],
    ['500', status(500, { message: 'oops' }), 'unavailable', false],
    ['503', status(503, { message: 'busy' }), 'overloaded', false],
    ['401', status(401, { message: 'bad key', code: 'invalid_api_key' }), 'credential', false],
    ['quota', status(429, { message: 'no money', code: 'insufficient_quota' }), 'quota', false],
    [
      'too long',
      status(400, { message: 'long', code: 'context_length_exceeded' }),
      'context-exceeded',
      false,
    ],
    ['filtered', status(400, { message: 'no', code: 'content_policy_violation' }), 'content-filtered', false],
    ['400', status(400, { message: 'no such field', param: 'temperatur' }), 'rejected', false],
    ['a reset before the headers', { kind: 'reset-before-headers' }, 'unavailable', false],
    ['a reset after the headers', { kind: 'reset-after-headers' }, 'truncated', true],
    ['silence', { kind: 'never-answer' }, 'timed-out', true],
    ['a page', { kind: 'raw', contentType: 'text/html', body: '<h1>hello</h1>' }, 'unreadable', false],
  ]

  test.each(cases)('%s: the client is told what failed', async (_name, behaviour, kind, booked) => {
    const served = await serve(behaviour, stream)
    expect(served).toMatchObject({ kind: 'failed', failure: kind, text: '' })
    expect(served.attempts).toHaveLength(1)
    expect(served.attempts[0]!.outcome).toMatchObject({ kind: 'failed', failure: kind })
    // Where the vendor had taken the prompt and may bill it, the estimate is booked.
    expect(served.attempts[0]!.cost).toBe(booked ? 12 : 0)
  })

  test("what a wire format says of 'the vendor' is said of the model that was asked", async () => {
    const { message, attempts } = await serve(status(500, { message: 'oops' }), stream)
    expect(message).toMatch(new RegExp(`^${model.id}: The vendor `))
    expect(attempts[0]!.outcome).toMatchObject({ message })
  })

  test('a redirect says where to look', async () => {
    const served = await serve(
      { kind: 'status', status: 302, body: {}, headers: { location: '/login' } },
      stream,
    )
    expect(served).toMatchObject({ kind: 'failed', failure: 'unavailable' })
    expect(served.message).toMatch(/redirects \(status 302\).*base URL/)
  })

  test('a refused connection says what could not be reached', async () => {
    const baseUrl = await aRefusedUrl()
    const engine = anEngine({ baseUrl, models: [model], limits })
    const forwarded = await forwardTo(engine, [candidate], aJob({ stream }), new AbortController().signal)
    expect(forwarded).toMatchObject({ kind: 'failed', failure: { kind: 'unavailable' } })
    if (forwarded.kind === 'failed')
      expect(forwarded.failure.message).toBe(
        `could not reach Acme at ${baseUrl} (connection refused): is the base URL right?`,
      )
    expect(forwarded.attempts[0]!.cost).toBe(0)
  })

  test('silence: upstream is closed when the wait is over', async () => {
    expect(await serve({ kind: 'never-answer' }, stream)).toMatchObject({ over: 'aborted' })
  })

  test('a deadline that has passed ends the attempt', async () => {
    const served = await serve({ kind: 'never-answer' }, stream, { deadlineAt: performance.now() - 1 })
    expect(served).toMatchObject({ kind: 'failed', failure: 'timed-out' })
    expect(served.message).toContain('deadline')
  })

  test('an error page of megabytes is not read whole', async () => {
    const served = await serve(status(500, { message: 'x'.repeat(4_000_000) }), stream)
    expect(served).toMatchObject({ kind: 'failed', failure: 'unavailable' })
    expect(served.message.length).toBeLessThan(70_000)
  })
})

describe('a stream that fails before its first content fails as a whole', () => {
  test.each<readonly [string, Behaviour, FailureKind, boolean]>([
    ['cut', { kind: 'cut', afterWords: 0, how: 'close' }, 'truncated', true],
    ['reset', { kind: 'cut', afterWords: 0, how: 'reset' }, 'truncated', true],
    ['stalled', { kind: 'stall', afterWords: 0 }, 'timed-out', true],
    ['an error event', { kind: 'error-event', afterWords: 0 }, 'overloaded', false],
  ])('%s', async (_name, behaviour, kind, booked) => {
    const served = await serve(behaviour, true)
    expect(served).toMatchObject({ kind: 'failed', failure: kind, text: '' })
    expect(served.attempts[0]!.cost).toBe(booked ? 12 : 0)
  })

  test('JSON in place of a stream: the error in it is told', async () => {
    const body = JSON.stringify({ error: { message: 'no streams here', code: 'insufficient_quota' } })
    const served = await serve({ kind: 'raw', contentType: 'application/json', body }, true)
    expect(served).toMatchObject({ kind: 'failed', failure: 'quota' })
  })
})

describe('a stream that breaks after its first content never looks complete', () => {
  test.each<readonly [string, Behaviour, FailureKind]>([
    ['cut', { kind: 'cut', afterWords: 2, how: 'close' }, 'truncated'],
    ['reset', { kind: 'cut', afterWords: 2, how: 'reset' }, 'truncated'],
    ['stalled', { kind: 'stall', afterWords: 2 }, 'timed-out'],
    ['an error event', { kind: 'error-event', afterWords: 2 }, 'overloaded'],
    ['a malformed event', { kind: 'malformed-event', afterWords: 2 }, 'unreadable'],
    [
      'a malformed event, then the rest',
      { kind: 'malformed-event', afterWords: 2, rest: true },
      'unreadable',
    ],
  ])('%s', async (_name, behaviour, kind) => {
    const served = await serve(behaviour, true)
    expect(served).toMatchObject({ kind: 'stream', failure: kind })
    expect(said(served.text)).toBe(words.slice(0, 2).join(''))
    expect(looksComplete(served.text)).toBe(false)
    const last = JSON.parse(served.text.trimEnd().split('\n').at(-1)!.replace('data: ', ''))
    expect(last.error.message).toBe(served.message)
    const outputTokens = Math.ceil('One two '.length / 4)
    expect(served.attempts[0]).toMatchObject({
      usage: { inputTokens: 12, outputTokens, source: 'estimated' },
      cost: 12 + outputTokens * 10,
      outcome: { kind: 'failed', failure: kind },
    })
  })

  test('an end marker without a finish reason is no end', async () => {
    // It comes with the words, of which nothing has been sent by then.
    expect(await serve({ kind: 'no-finish' }, true)).toMatchObject({ kind: 'failed', failure: 'truncated' })
  })

  test('the deadline also bounds a stream that goes on', async () => {
    const served = await serve({ kind: 'stall', afterWords: 2 }, true, {
      deadlineAt: performance.now() + 150,
    })
    expect(served).toMatchObject({ kind: 'stream', failure: 'timed-out', over: 'aborted' })
    expect(served.text).toContain('deadline')
    expect(looksComplete(served.text)).toBe(false)
  })
})

describe('a buffered answer that is not whole', () => {
  test.each<readonly [string, string, FailureKind]>([
    ['half a JSON text', '{"choices": [', 'unreadable'],
    ['no choices', '{"object": "list"}', 'unreadable'],
    ['no finish reason', '{"choices": [{"message": {"role": "assistant", "content": "hi"}}]}', 'unreadable'],
    ['an error with status 200', '{"error": {"message": "busy", "code": "overloaded_error"}}', 'overloaded'],
  ])('%s', async (_name, body, kind) => {
    const served = await serve({ kind: 'raw', contentType: 'application/json', body }, false)
    expect(served).toMatchObject({ kind: 'failed', failure: kind })
  })
})
