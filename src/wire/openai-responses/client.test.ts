/** What OpenAI's own client makes of answers, streams and failures. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import { type Answer, noUsage, type StreamPart } from '../../domain/answer.ts'
import { type Failure, failure } from '../../domain/failure.ts'
import type { Request } from '../../domain/request.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { openaiResponses } from './index.ts'
import { encodeStream, encodeStreamFailure } from './stream-encoder.ts'

type Reply = (request: Request) => { readonly type: string; readonly body: string; readonly status?: number }

/** A client of a server that answers every request with `reply`. */
async function clientOf(reply: Reply): Promise<OpenAI> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const read = decodeRequest(JSON.parse(Buffer.concat(chunks).toString()))
      const {
        type,
        body,
        status = 200,
      } = read.kind === 'failed' ? failed(read.failure) : reply(read.value.request)
      outgoing.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return new OpenAI({ baseURL: `http://127.0.0.1:${port}`, apiKey: 'any', maxRetries: 0 })
}

const failed = (why: Failure) => {
  const { status, body } = openaiResponses.encodeFailure(why)
  return { type: 'application/json', status, body: JSON.stringify(body) }
}

const answers = (answer: Partial<Answer>): Reply => {
  const whole: Answer = {
    model: 'small',
    parts: [{ kind: 'text', text: 'Hello' }],
    finish: { kind: 'stop', raw: 'stop' },
    usage: { ...noUsage, inputTokens: 3, outputTokens: 2 },
    logprobs: [],
    ...answer,
  }
  return (request) => ({
    type: 'application/json',
    body: JSON.stringify(encodeAnswer(whole, anEnvelope({ request }))),
  })
}

const streams = (parts: readonly StreamPart[], ending?: string): Reply => {
  return (request) => {
    const { part, end } = encodeStream(anEnvelope({ request }), { usage: true })
    return { type: 'text/event-stream', body: parts.map(part).join('') + (ending ?? end()) }
  }
}

const sum = z.object({ sum: z.number() })
const asked = { model: 'auto', input: 'What is 17 * 23?' }
const stop: StreamPart = { kind: 'finish', finish: { kind: 'stop', raw: 'stop' } }

describe('the openai client gets', () => {
  it('a text and its usage', async () => {
    const client = await clientOf(answers({}))
    const response = await client.responses.create(asked)
    expect(response.output_text).toBe('Hello')
    expect(response.usage?.total_tokens).toBe(5)
    expect(response.status).toBe('completed')
  })

  it('an answer in the form that it asked for', async () => {
    const client = await clientOf(answers({ parts: [{ kind: 'text', text: '{"sum":391}' }] }))
    const response = await client.responses.parse({ ...asked, text: { format: zodTextFormat(sum, 'sum') } })
    expect(response.output_parsed).toEqual({ sum: 391 })
  })

  it('calls of functions', async () => {
    const call = { kind: 'tool-call' as const, id: 'c1', name: 'add', argumentsText: '{"a":1}' }
    const client = await clientOf(answers({ parts: [call] }))
    const tools = [{ type: 'function' as const, name: 'add', strict: false, parameters: { type: 'object' } }]
    const response = await client.responses.create({ ...asked, tools })
    expect(response.output).toMatchObject([{ type: 'function_call', call_id: 'c1', arguments: '{"a":1}' }])
    const next = await client.responses.create({
      ...asked,
      tools,
      input: [
        { role: 'user', content: 'Add' },
        ...(response.output as OpenAI.Responses.ResponseInputItem[]),
        { type: 'function_call_output', call_id: 'c1', output: '2' },
      ],
    })
    expect(next.status).toBe('completed')
  })

  it('a stream whose pieces are its last response', async () => {
    const client = await clientOf(
      streams([
        { kind: 'reasoning-delta', text: 'Hm' },
        { kind: 'text-delta', text: '{"sum"' },
        { kind: 'text-delta', text: ':391}' },
        { kind: 'tool-call-start', index: 0, id: 'c1', name: 'add' },
        { kind: 'tool-call-delta', index: 0, argumentsText: '{"a"' },
        { kind: 'tool-call-delta', index: 0, argumentsText: ':1}' },
        stop,
      ]),
    )
    const stream = client.responses.stream({ ...asked, text: { format: zodTextFormat(sum, 'sum') } })
    let text = ''
    let argumentsText = ''
    stream.on('response.output_text.delta', ({ delta, snapshot }) => {
      text += delta
      expect(snapshot).toBe(text)
    })
    stream.on('response.function_call_arguments.delta', ({ delta }) => {
      argumentsText += delta
    })
    const response = await stream.finalResponse()
    expect(response.output_parsed).toEqual({ sum: 391 })
    expect(argumentsText).toBe('{"a":1}')
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
  })

  it('an error in the middle of a stream, thrown', async () => {
    const why = encodeStreamFailure(failure('overloaded', 'Full.'))
    const client = await clientOf(streams([{ kind: 'text-delta', text: 'Hel' }], why))
    const stream = await client.responses.create({ ...asked, stream: true })
    const types: string[] = []
    await expect(async () => {
      for await (const { type } of stream) types.push(type)
    }).rejects.toMatchObject({ code: 'upstream_overloaded', message: expect.stringContaining('Full.') })
    expect(types.at(-1)).toBe('response.output_text.delta')
  })

  it('the field at fault of its request', async () => {
    const client = await clientOf(answers({}))
    const input = [{ type: 'function_call_output' as const, call_id: 'c1', output: 'x' }]
    await expect(client.responses.create({ ...asked, input })).rejects.toMatchObject({
      status: 400,
      param: 'input[0].call_id',
    })
  })
})
