import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { failure } from '../../domain/failure.ts'
import { encodeStream, encodeStreamFailure } from './stream-encoder.ts'

const parts: readonly StreamPart[] = [
  { kind: 'start', model: 'small' },
  { kind: 'text-delta', text: 'Grüße 🎉' },
  { kind: 'tool-call-start', index: 0, id: 'c1', name: 'add' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '{"a":' },
  { kind: 'tool-call-delta', index: 0, argumentsText: '1}' },
  { kind: 'finish', finish: { kind: 'tool-calls', raw: 'tool_use' } },
  {
    kind: 'usage',
    usage: {
      inputTokens: 5,
      cachedReadTokens: 2,
      cacheWriteTokens: 0,
      outputTokens: 7,
      reasoningTokens: 1,
      source: 'reported',
    },
  },
]

function encoded(list: readonly StreamPart[], usage: boolean): string {
  const { part, end } = encodeStream(anEnvelope(), { usage })
  return list.map(part).join('') + end()
}

const chunksOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)))

describe('a stream for a client', () => {
  it('is written as OpenAI writes it', () => {
    const text = encoded(parts, true)
    const shared = {
      id: 'chatcmpl-d1',
      object: 'chat.completion.chunk',
      created: 1_751_500_800,
      model: 'acme/small',
    }
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      ...shared,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      usage: null,
    })
    expect(chunksOf(text)).toEqual([
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ content: 'Grüße 🎉' }),
      chunk({
        tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '' } }],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }),
      chunk({}, 'tool_calls'),
      {
        ...shared,
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 7,
          total_tokens: 12,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      },
    ])
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('has no member for usage where none was asked for', () => {
    const text = encoded(parts, false)
    expect(text).not.toContain('usage')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it('reports usage once, the last that the vendor told', () => {
    const usage = parts.at(-1) as Extract<StreamPart, { kind: 'usage' }>
    const earlier = { kind: 'usage' as const, usage: { ...usage.usage, outputTokens: 1 } }
    const chunks = chunksOf(encoded([parts[0]!, earlier, ...parts.slice(1)], true))
    expect(chunks.flatMap((chunk) => (chunk.usage ? [chunk.usage.completion_tokens] : []))).toEqual([7])
  })

  it("can be read by OpenAI's own client", async () => {
    const client = await aClientOf(encoded(parts, true))
    const stream = client.chat.completions.stream({
      model: 'auto',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    const completion = await stream.finalChatCompletion()
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Grüße 🎉',
        tool_calls: [{ id: 'c1', function: { name: 'add', arguments: '{"a":1}' } }],
      },
    })
    expect(completion.usage?.total_tokens).toBe(12)
  })

  it("that fails is an error to OpenAI's own client", async () => {
    const { part } = encodeStream(anEnvelope(), { usage: false })
    const text = parts.slice(0, 2).map(part).join('')
    const client = await aClientOf(text + encodeStreamFailure(failure('truncated', 'The vendor broke off.')))
    const stream = client.chat.completions.stream({
      model: 'auto',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    await expect(stream.finalChatCompletion()).rejects.toMatchObject({
      message: expect.stringContaining('The vendor broke off.'),
      code: 'upstream_truncated',
    })
  })
})

async function aClientOf(stream: string): Promise<OpenAI> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 })
}
