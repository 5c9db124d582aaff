import { describe, expect, it } from 'vitest'
import { type Answer, answerText, type StreamPart } from '../../domain/answer.ts'
import type { Request } from '../../domain/request.ts'
import type { Outgoing } from '../../domain/transport.ts'
import { aModel, aRequest, aTarget } from '../../../test/support/builders.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { readSse, startSse } from '../../wire/sse.ts'
import { simulateAnswer } from './answer.ts'
import { createSimulatedTransport, type Fault } from './transport.ts'

const target = aTarget({ model: aModel({ id: 'simulated/nano', simulated: true, contextWindow: 5000 }) })

const outgoing = (request: Request): Outgoing => ({
  target,
  path: openaiChat.path,
  body: openaiChat.encodeRequest(request, { model: 'nano', quirks: target.vendor.quirks }),
  stream: request.stream,
})

const transport = (faults: () => Fault | null = () => null, pace = 0) =>
  createSimulatedTransport({
    seed: 'seed',
    pace,
    faults,
    clock: { now: () => 0, wall: () => new Date('2026-03-01T00:00:00Z') },
  })

const live = () => new AbortController().signal

async function send(request: Request, faults?: () => Fault | null) {
  const exchange = await transport(faults).send(outgoing(request), live())
  if (exchange.kind === 'failed') throw new Error(exchange.failure.message)
  return exchange
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function partsOf(text: string): { parts: StreamPart[]; bodies: Record<string, unknown>[]; done: boolean } {
  const { frames } = readSse(startSse(), Buffer.from(text))
  const parts: StreamPart[] = []
  const bodies: Record<string, unknown>[] = []
  let state = openaiChat.streamDecoder.start
  let done = false
  for (const { event } of frames) {
    if (event === null) continue
    if (event.data === '[DONE]') done = true
    else bodies.push(JSON.parse(event.data))
    const next = openaiChat.streamDecoder.read(state, event)
    state = next.state
    parts.push(...next.parts)
  }
  return { parts, bodies, done }
}

const prompt = 'What is 12 + 30?'

describe('a buffered reply', () => {
  it('decodes to the simulated answer and is marked', async () => {
    const request = aRequest({ text: prompt, topLogprobs: 2 })
    const { status, headers, body } = await send(request)
    const json = JSON.parse(await read(body))
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    expect(json).toMatchObject({
      model: 'simulated/nano',
      system_fingerprint: 'fairlead-simulation',
      created: 1772323200,
    })
    const decoded = openaiChat.decodeAnswer(json)
    const wanted: Answer = simulateAnswer(target.model, request, 'seed').answer
    expect(decoded).toMatchObject({ kind: 'decoded', value: { parts: wanted.parts, usage: wanted.usage } })
    expect(decoded.kind === 'decoded' && decoded.value.logprobs).toHaveLength(wanted.logprobs.length)
  })

  it('refuses a body that is not a request, in the format of the wire', async () => {
    for (const body of ['{', '{"messages": 3}']) {
      const exchange = await transport().send({ ...outgoing(aRequest()), body }, live())
      expect(exchange).toMatchObject({ kind: 'replied', status: 400 })
      if (exchange.kind === 'replied')
        expect(JSON.parse(await read(exchange.body))).toHaveProperty('error.message')
    }
  })

  it('refuses a prompt that does not fit', async () => {
    const { status, headers, body } = await send(aRequest({ tokens: 6000 }))
    const text = await read(body)
    expect(openaiChat.decodeFailure({ status, headers, body: text }).kind).toBe('context-exceeded')
  })
})

describe('a streamed reply', () => {
  it('has the text of the buffered one, token by token, usage when asked for, and the mark in every chunk', async () => {
    const request = aRequest({ text: prompt, stream: true, topLogprobs: 0 })
    const { headers, body } = await send(request)
    expect(headers['content-type']).toMatch(/^text\/event-stream/)
    const { parts, bodies, done } = partsOf(await read(body))
    const { answer } = simulateAnswer(target.model, request, 'seed')
    expect(done).toBe(true)
    expect(parts.flatMap((part) => (part.kind === 'text-delta' ? [part.text] : [])).join('')).toBe(
      answerText(answer),
    )
    expect(parts.filter(({ kind }) => kind === 'text-delta').length).toBeGreaterThan(10)
    expect(parts).toContainEqual({ kind: 'usage', usage: answer.usage })
    expect(parts.filter(({ kind }) => kind === 'finish')).toHaveLength(1)
    expect(bodies.every((chunk) => chunk.system_fingerprint === 'fairlead-simulation')).toBe(true)
  })

  it('carries tool calls in pieces that join to JSON', async () => {
    const request = aRequest({
      text: 'Look up the weather in Oslo',
      stream: true,
      tools: [
        {
          name: 'weather',
          description: null,
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          strict: null,
        },
      ],
    })
    const { parts } = partsOf(await read((await send(request)).body))
    expect(parts).toContainEqual(expect.objectContaining({ kind: 'tool-call-start', name: 'weather' }))
    const text = parts
      .flatMap((part) => (part.kind === 'tool-call-delta' ? [part.argumentsText] : []))
      .join('')
    expect(JSON.parse(text)).toEqual({ city: 'Oslo' })
  })
})

describe('aborting', () => {
  it('ends a paced body at once, though its next byte is an hour away', async () => {
    const controller = new AbortController()
    const slow = transport(() => null, 100_000)
    const exchange = await slow.send(outgoing(aRequest({ text: prompt, stream: true })), controller.signal)
    if (exchange.kind === 'failed') throw new Error('it should have replied')
    setImmediate(() => controller.abort())
    const error = await read(exchange.body).catch((thrown: unknown) => thrown)
    expect(slow.asFailure(error, target).kind).toBe('cancelled')
  })

  it('before the call makes no call', async () => {
    const exchange = await transport().send(outgoing(aRequest()), AbortSignal.abort())
    expect(exchange).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } })
  })
})

describe('faults', () => {
  it.each([
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [503, 'overloaded'],
    [401, 'credential'],
  ])('status %d reads as %s', async (status, kind) => {
    const reply = await send(aRequest(), () => ({ kind: 'status', status, retryAfterSeconds: 3 }))
    expect(reply.status).toBe(status)
    expect(reply.headers['retry-after']).toBe('3')
    const failure = openaiChat.decodeFailure({ status, headers: reply.headers, body: await read(reply.body) })
    expect(failure).toMatchObject({ kind, retryAfterMs: 3000 })
  })

  it('cut breaks the stream after so many events', async () => {
    const { body } = await send(aRequest({ text: prompt, stream: true }), () => ({
      kind: 'cut',
      afterEvents: 4,
    }))
    let events = 0
    const readAll = async () => {
      for await (const _ of body) events++
    }
    const error = await readAll().catch((thrown: unknown) => thrown)
    expect(events).toBe(4)
    expect(transport().asFailure(error, target).kind).toBe('truncated')
  })

  it('stall goes quiet until the caller gives up', async () => {
    const controller = new AbortController()
    const stalling = transport(() => ({ kind: 'stall', afterEvents: 2 }))
    const exchange = await stalling.send(
      outgoing(aRequest({ text: prompt, stream: true })),
      controller.signal,
    )
    if (exchange.kind === 'failed') throw new Error('it should have replied')
    const iterator = exchange.body[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    const third = iterator.next().then(
      () => 'more',
      () => 'gave up',
    )
    expect(await Promise.race([third, new Promise((resolve) => setImmediate(() => resolve('quiet')))])).toBe(
      'quiet',
    )
    controller.abort()
    expect(await third).toBe('gave up')
  })
})
