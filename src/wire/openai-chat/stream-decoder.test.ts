import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { watched } from '../../../test/support/wire-streams.ts'
import type { StreamPart } from '../../domain/answer.ts'
import { streamDecoder } from './stream-decoder.ts'

const recorded = (name: string) =>
  watched(streamDecoder, [readFileSync(new URL(`./__fixtures__/${name}.sse`, import.meta.url))])

/** What the decoder makes of these chunks, each a choice's delta, or a whole chunk where it has `choices` or `error`. */
function read(...chunks: object[]) {
  const text = chunks.map((chunk) => {
    const whole = 'choices' in chunk || 'error' in chunk
    return `data: ${JSON.stringify(whole ? chunk : { model: 'm', choices: [{ index: 0, delta: chunk }] })}\n\n`
  })
  return watched(streamDecoder, [Buffer.from(text.join(''))])
}

const usage = (inputTokens: number, outputTokens: number, more: object = {}) => ({
  kind: 'usage',
  usage: {
    inputTokens,
    outputTokens,
    cachedReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    source: 'reported',
    ...more,
  },
})
const start = (model: string) => ({ kind: 'start', model })
const text = (value: string) => ({ kind: 'text-delta', text: value })
const finish = (kind: string, raw: string) => ({ kind: 'finish', finish: { kind, raw } })
const callStart = (index: number, id: string, name: string) => ({ kind: 'tool-call-start', index, id, name })
const callDelta = (index: number, argumentsText: string) => ({
  kind: 'tool-call-delta',
  index,
  argumentsText,
})

describe('a recorded stream', () => {
  it('of text, with a chunk of usage alone', () => {
    const { parts, usageOnly } = recorded('openai-text')
    expect(parts).toEqual([
      start('gpt-4.1-mini-2025-04-14'),
      ...['Grüße', ' aus ', '北京 🎉', '\n\n"ok"'].map(text),
      finish('stop', 'stop'),
      usage(19, 6),
    ])
    expect(usageOnly).toEqual([false, false, false, false, false, false, true, false])
  })

  it('of tool calls in pieces', () => {
    expect(recorded('openai-tools').parts).toEqual([
      start('gpt-4.1-mini-2025-04-14'),
      callStart(0, 'call_h9Fz', 'get_weather'),
      callDelta(0, '{"ci'),
      callDelta(0, 'ty":"Zürich"}'),
      callStart(1, 'call_Ko2b', 'get_time'),
      callDelta(1, '{}'),
      finish('tool-calls', 'tool_calls'),
      usage(84, 31, { cachedReadTokens: 64 }),
    ])
  })

  it('with logprobs', () => {
    expect(recorded('openai-logprobs').parts.filter(({ kind }) => kind === 'logprobs')).toEqual([
      {
        kind: 'logprobs',
        tokens: [
          {
            token: 'Yes',
            logprob: -0.0513,
            top: [
              { token: 'Yes', logprob: -0.0513 },
              { token: 'No', logprob: -3.0513 },
            ],
          },
        ],
      },
      {
        kind: 'logprobs',
        tokens: [
          {
            token: '.',
            logprob: -0.2,
            top: [
              { token: '.', logprob: -0.2 },
              { token: '!', logprob: -9999 },
            ],
          },
        ],
      },
    ])
  })

  it('of reasoning, with keep-alives, and usage beside the finish', () => {
    const { parts, usageOnly } = recorded('deepseek-reasoning')
    expect(parts).toEqual([
      start('deepseek-reasoner'),
      { kind: 'reasoning-delta', text: '9.11 has' },
      { kind: 'reasoning-delta', text: ' hundredths.' },
      text('9.9'),
      text(' is larger.'),
      finish('stop', 'stop'),
      usage(22, 41, { cachedReadTokens: 16, reasoningTokens: 33 }),
    ])
    expect(usageOnly).not.toContain(true)
  })

  it('of whole tool calls without index, which ends with stop', () => {
    expect(recorded('gemini-tools').parts).toEqual([
      start('gemini-2.5-flash'),
      callStart(0, 'function-call-1', 'get_weather'),
      callDelta(0, '{"city":"Paris"}'),
      callStart(1, 'function-call-2', 'get_weather'),
      callDelta(1, '{"city":"Rome"}'),
      usage(61, 112, { reasoningTokens: 88 }),
      finish('tool-calls', 'stop'),
      usage(61, 112, { reasoningTokens: 88 }),
    ])
  })

  it('with the role on every chunk', () => {
    expect(recorded('ollama-text').parts).toEqual([
      start('llama3.2'),
      text('Hel'),
      text('lo'),
      finish('stop', 'stop'),
      usage(26, 3),
    ])
    expect(recorded('ollama-tools').parts).toEqual([
      start('llama3.2'),
      callStart(0, 'call_s1', 'add'),
      callDelta(0, '{"a":1,"b":2}'),
      finish('tool-calls', 'tool_calls'),
    ])
  })

  it("with usage under the vendor's own name", () => {
    expect(recorded('groq-text').parts.slice(-2)).toEqual([finish('stop', 'stop'), usage(36, 3)])
  })

  it('with content in parts', () => {
    expect(recorded('mistral-thinking').parts).toEqual([
      start('magistral-medium-2509'),
      { kind: 'reasoning-delta', text: 'Hm, ' },
      text('42'),
      finish('stop', 'stop'),
      usage(12, 8),
    ])
  })

  it('that fails after its beginning', () => {
    const { parts, failures } = recorded('openrouter-failure')
    expect(parts).toEqual([start('meta-llama/llama-3.3-70b-instruct'), text('Once')])
    expect(failures).toMatchObject([
      { kind: 'unavailable', vendorStatus: 502, message: expect.stringContaining('Provider disconnected') },
    ])
  })
})

describe('tool calls', () => {
  const called = (...deltas: object[]) =>
    read(...deltas.map((delta) => ({ tool_calls: [delta] }))).parts.slice(1) as StreamPart[]
  const whole = (name: string, more: object = {}) => ({ ...more, function: { name, arguments: '{"a":1}' } })
  const piece = (argumentsText: string, more: object = {}) => ({
    ...more,
    function: { arguments: argumentsText },
  })

  it.each([
    [
      'that repeat id and name on every delta',
      [
        { index: 0, id: 'x', function: { name: 'add', arguments: '{' } },
        { index: 0, id: 'x', function: { name: 'add', arguments: '}' } },
      ],
      [callStart(0, 'x', 'add'), callDelta(0, '{'), callDelta(0, '}')],
    ],
    [
      'without index, in pieces',
      [{ id: 'x', function: { name: 'add', arguments: '' } }, piece('{'), piece('}', { id: 'x' })],
      [callStart(0, 'x', 'add'), callDelta(0, '{'), callDelta(0, '}')],
    ],
    [
      'without ids',
      [whole('add', { index: 0 }), whole('now', { index: 1 })],
      [
        callStart(0, 'call_0', 'add'),
        callDelta(0, '{"a":1}'),
        callStart(1, 'call_1', 'now'),
        callDelta(1, '{"a":1}'),
      ],
    ],
    [
      'without index and ids',
      [whole('add'), whole('add')],
      [
        callStart(0, 'call_0', 'add'),
        callDelta(0, '{"a":1}'),
        callStart(1, 'call_1', 'add'),
        callDelta(1, '{"a":1}'),
      ],
    ],
    [
      'whole, with different ids and one index',
      [whole('add', { index: 0, id: 'x' }), whole('add', { index: 0, id: 'y' })],
      [callStart(0, 'x', 'add'), callDelta(0, '{"a":1}'), callStart(1, 'y', 'add'), callDelta(1, '{"a":1}')],
    ],
    [
      'whole, without ids and with one index',
      [whole('add', { index: 0, id: '' }), whole('add', { index: 0, id: '' })],
      [
        callStart(0, 'call_0', 'add'),
        callDelta(0, '{"a":1}'),
        callStart(1, 'call_1', 'add'),
        callDelta(1, '{"a":1}'),
      ],
    ],
    [
      'whose pieces alternate',
      [
        { index: 0, id: 'x', function: { name: 'add', arguments: '' } },
        { index: 1, id: 'y', function: { name: 'now', arguments: '' } },
        piece('{', { index: 0 }),
        piece('[', { index: 1 }),
        piece('}', { index: 0 }),
      ],
      [
        callStart(0, 'x', 'add'),
        callStart(1, 'y', 'now'),
        callDelta(0, '{'),
        callDelta(1, '['),
        callDelta(0, '}'),
      ],
    ],
    [
      'that begin at index 1',
      [whole('add', { index: 1, id: 'x' }), piece(' ', { index: 1 })],
      [callStart(0, 'x', 'add'), callDelta(0, '{"a":1}'), callDelta(0, ' ')],
    ],
    [
      'with arguments that are an object',
      [{ id: 'x', function: { name: 'add', arguments: { a: 1 } } }],
      [callStart(0, 'x', 'add'), callDelta(0, '{"a":1}')],
    ],
    ['with nothing in them', [{}, { index: 0 }, { extra_content: {} }, piece('lost')], []],
    [
      'with nothing in them after a call has begun',
      [whole('add', { id: 'x' }), {}, { extra_content: {} }],
      [callStart(0, 'x', 'add'), callDelta(0, '{"a":1}')],
    ],
  ])('%s', (_, deltas, expected) => {
    expect(called(...deltas)).toEqual(expected)
  })

  it('in the legacy form', () => {
    const parts = read(
      { function_call: { name: 'add', arguments: '' } },
      { function_call: { arguments: '{}' } },
    ).parts
    expect(parts.slice(1)).toEqual([callStart(0, 'add', 'add'), callDelta(0, '{}')])
  })
})

describe('a chunk', () => {
  const choice = (index: number, delta: object, finishReason: string | null = null) => ({
    index,
    delta,
    finish_reason: finishReason,
  })

  it('of another choice says nothing of this one', () => {
    const { parts } = read(
      { model: 'm', choices: [choice(1, { content: 'no' })] },
      { model: 'm', choices: [choice(1, { content: 'no' }, 'stop'), choice(0, { content: 'yes' })] },
      { model: 'm', choices: [choice(0, {}, 'stop')] },
    )
    expect(parts).toEqual([start('m'), text('yes'), finish('stop', 'stop')])
  })

  it('finishes once', () => {
    const { parts } = read(
      { model: 'm', choices: [choice(0, {}, 'length')] },
      { model: 'm', choices: [choice(0, {}, 'stop')] },
    )
    expect(parts).toEqual([start('m'), finish('length', 'length')])
  })

  it('with an empty finish reason does not finish', () => {
    expect(read({ model: 'm', choices: [choice(0, { content: 'a' }, '')] }).parts).toEqual([
      start('m'),
      text('a'),
    ])
  })

  it('without choices and usage is neither a start nor usage alone', () => {
    expect(read({ choices: [], model: '', prompt_filter_results: [] })).toEqual({
      parts: [],
      failures: [],
      usageOnly: [false],
    })
  })

  it('that is none is skipped', () => {
    const bytes = Buffer.from(
      'data: 7\n\ndata: ping\n\ndata:\n\ndata: {"choices":[{"delta":{"content":"a"}}]}\n\n',
    )
    expect(watched(streamDecoder, [bytes])).toMatchObject({ parts: [start(''), text('a')], failures: [] })
  })

  it('of which only a part came is a failure: what it said is lost', () => {
    const { failures } = watched(streamDecoder, [Buffer.from('data: {"choices":[{"del\n\n')])
    expect(failures).toMatchObject([{ kind: 'unreadable' }])
  })

  it.each([
    ['data: {"error":{"message":"Slow down","code":"rate_limit_exceeded"}}\n\n', 'rate-limited'],
    ['event: error\ndata: {"message":"Overloaded","type":"overloaded_error"}\n\n', 'overloaded'],
    ['event: error\ndata: request timed out\n\n', 'timed-out'],
    ['data: {"object":"error","message":"boom","code":500}\n\n', 'unavailable'],
    ['data: {"error":"model runner has unexpectedly stopped"}\n\n', 'unavailable'],
    [
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"insufficient_system_resource"}]}\n\n',
      'truncated',
    ],
  ])('%j is a failure', (event, kind) => {
    const { parts, failures } = watched(streamDecoder, [Buffer.from(event)])
    expect(failures).toMatchObject([{ kind }])
    expect(parts.filter((part) => part.kind === 'finish')).toEqual([])
  })
})
