import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import { encodeStream, encodeStreamFailure } from './stream-encoder.ts'

const sealed = { format: 'anthropic-messages', data: 'c2ln', id: null, redacted: false } as const
const usage = {
  kind: 'usage',
  usage: {
    inputTokens: 100,
    cachedReadTokens: 60,
    cacheWriteTokens: 30,
    longCacheWriteTokens: 10,
    outputTokens: 7,
    reasoningTokens: 2,
    source: 'reported',
  },
} as const satisfies StreamPart

const parts: readonly StreamPart[] = [
  { kind: 'start', model: 'small' },
  { kind: 'reasoning-delta', text: 'Hm.' },
  { kind: 'reasoning-seal', sealed },
  { kind: 'reasoning-seal', sealed: { ...sealed, data: 'cmVk', redacted: true } },
  { kind: 'text-delta', text: 'Grüße' },
  { kind: 'text-delta', text: ' 🎉' },
  { kind: 'tool-call-start', index: 0, id: 'toolu_1', name: 'add' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '{"a":' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '1}' },
  { kind: 'tool-call-start', index: 1, id: 'toolu_2', name: 'now' },
  { kind: 'finish', finish: { kind: 'tool-calls', raw: 'tool_calls' } },
  usage,
]

function encoded(list: readonly StreamPart[], withUsage = true): string {
  const { part, end } = encodeStream(anEnvelope(), { usage: withUsage })
  return list.map(part).join('') + end()
}

const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [name, data] = event.split('\ndata: ')
      const value = JSON.parse(data!)
      expect(name).toBe(`event: ${value.type}`)
      return value
    })

const blocksOf = (text: string) =>
  eventsOf(text)
    .filter(({ type }) => type === 'content_block_start')
    .map(({ index, content_block: block }) => [index, block.type])

describe('a stream for a client', () => {
  it('is written as Anthropic writes it', () => {
    const start = (index: number, block: object) => ({
      type: 'content_block_start',
      index,
      content_block: block,
    })
    const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value })
    const stop = (index: number) => ({ type: 'content_block_stop', index })
    expect(eventsOf(encoded(parts))).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_d1',
          type: 'message',
          role: 'assistant',
          model: 'acme/small',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: 0,
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: 0,
            output_tokens: 0,
          },
        },
      },
      start(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
      delta(0, { type: 'signature_delta', signature: 'c2ln' }),
      stop(0),
      start(1, { type: 'redacted_thinking', data: 'cmVk' }),
      stop(1),
      start(2, { type: 'text', text: '' }),
      delta(2, { type: 'text_delta', text: 'Grüße' }),
      delta(2, { type: 'text_delta', text: ' 🎉' }),
      stop(2),
      start(3, { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} }),
      delta(3, { type: 'input_json_delta', partial_json: '{"a":' }),
      delta(3, { type: 'input_json_delta', partial_json: '1}' }),
      stop(3),
      start(4, { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} }),
      stop(4),
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 30,
          cache_read_input_tokens: 60,
          cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
          output_tokens: 7,
          output_tokens_details: { thinking_tokens: 2 },
        },
      },
      { type: 'message_stop' },
    ])
  })

  it('keeps calls apart whose arguments come by turns', () => {
    const call = (index: number, argumentsText: string): StreamPart => ({
      kind: 'tool-call-delta',
      index,
      argumentsText,
    })
    const text = encoded([
      { kind: 'start', model: 'small' },
      { kind: 'tool-call-start', index: 0, id: 'a', name: 'f' },
      call(0, '{"x":'),
      { kind: 'tool-call-start', index: 1, id: 'b', name: 'g' },
      call(1, '{"y":'),
      call(0, '1}'),
      call(1, '2}'),
      { kind: 'finish', finish: { kind: 'tool-calls', raw: 'tool_calls' } },
    ])
    const inputs = eventsOf(text).reduce<string[]>((all, { index, delta }) => {
      if (delta?.type === 'input_json_delta') all[index] = (all[index] ?? '') + delta.partial_json
      return all
    }, [])
    expect(inputs).toEqual(['{"x":1}', '{"y":2}'])
    expect(blocksOf(text)).toEqual([
      [0, 'tool_use'],
      [1, 'tool_use'],
    ])
  })

  it('writes a call that waited for one that never became whole', () => {
    const text = encoded([
      { kind: 'tool-call-start', index: 0, id: 'a', name: 'f' },
      { kind: 'tool-call-delta', index: 0, argumentsText: '{"x":' },
      { kind: 'tool-call-start', index: 1, id: 'b', name: 'g' },
      { kind: 'tool-call-delta', index: 1, argumentsText: '{"y":2}' },
      { kind: 'finish', finish: { kind: 'length', raw: 'length' } },
    ])
    expect(eventsOf(text).flatMap(({ content_block: block }) => (block ? [block.id] : []))).toEqual([
      'a',
      'b',
    ])
    expect(text).toContain('{\\"y\\":2}')
  })

  it('leaves out what only another format can read', () => {
    const foreign = { ...sealed, format: 'openai-responses' } as const
    const text = encoded([
      { kind: 'reasoning-seal', sealed: foreign },
      { kind: 'opaque', format: 'openai-responses', value: { type: 'web_search_call' } },
      { kind: 'logprobs', tokens: [{ token: 'a', logprob: 0, top: [] }] },
      { kind: 'refusal-delta', text: 'No.' },
      { kind: 'finish', finish: { kind: 'content-filter', raw: 'content_filter' } },
    ])
    expect(blocksOf(text)).toEqual([[0, 'text']])
    expect(text).toContain('"stop_reason":"refusal"')
  })

  it("can be read by Anthropic's own client, with the tokens of the end", async () => {
    const client = await aClientOf(encoded(parts))
    const message = await client.messages
      .stream({ model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })
      .finalMessage()
    expect(message).toMatchObject({
      id: 'msg_d1',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'cmVk' },
        { type: 'text', text: 'Grüße 🎉' },
        { type: 'tool_use', id: 'toolu_1', name: 'add', input: { a: 1 } },
        { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
      ],
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 30,
        output_tokens: 7,
      },
    })
  })

  it("that fails is an error to Anthropic's own client, with the code", async () => {
    const { part } = encodeStream(anEnvelope(), { usage: true })
    const begun = parts.slice(0, 6).map(part).join('')
    const client = await aClientOf(begun + encodeStreamFailure(failure('overloaded', 'Full.')))
    const stream = client.messages.stream({
      model: 'auto',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    await expect(stream.finalMessage()).rejects.toMatchObject({
      type: 'overloaded_error',
      errorCode: 'upstream_overloaded',
      apiMessage: 'Full.',
    })
  })
})

async function aClientOf(stream: string): Promise<Anthropic> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return new Anthropic({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 })
}
