import { describe, expect, it } from 'vitest'
import { anAnswer } from '../../../test/support/builders.ts'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import type { AssistantPart } from '../../domain/request.ts'
import { decodeAnswer } from './decode-answer.ts'
import { encodeAnswer } from './encode-answer.ts'

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5',
  content: [{ type: 'text', text: 'Paris', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    input_tokens: 10,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 30,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
    output_tokens: 5,
    output_tokens_details: { thinking_tokens: 3 },
    server_tool_use: { web_search_requests: 1 },
  },
}

function read(more: object = {}) {
  const result = decodeAnswer({ ...message, ...more })
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

const failureOf = (body: unknown) => {
  const result = decodeAnswer(body)
  return result.kind === 'failed' ? result.failure : null
}

describe("a vendor's answer", () => {
  it('is read, and its prompt counted with what came from the cache and went into it', () => {
    expect(read()).toEqual({
      model: 'claude-opus-5',
      parts: [{ kind: 'text', text: 'Paris' }],
      finish: { kind: 'stop', raw: 'end_turn' },
      usage: {
        inputTokens: 100,
        cachedReadTokens: 60,
        cacheWriteTokens: 30,
        longCacheWriteTokens: 10,
        outputTokens: 5,
        reasoningTokens: 3,
        source: 'reported',
      },
      logprobs: [],
    })
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['refusal', 'content-filter'],
    ['pause_turn', 'other'],
    ['something_new', 'other'],
    ['constructor', 'other'],
  ])('that ended with %s is %s', (raw, kind) => {
    expect(read({ stop_reason: raw }).finish).toEqual({ kind, raw })
  })

  it('says which stop sequence ended it', () => {
    const ended = { stop_reason: 'stop_sequence', stop_sequence: 'END' }
    expect(read(ended).finish).toEqual({ kind: 'stop', raw: 'stop_sequence', stopSequence: 'END' })
  })

  it('has thoughts, calls, citations, and what only the vendor knows', () => {
    const citations = [{ type: 'char_location', cited_text: 'x' }]
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const { parts, finish } = read({
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        search,
        { type: 'text', text: 'So', citations },
        { type: 'tool_use', name: 'add', input: { a: 1 } },
        { type: 'hologram' },
        'noise',
      ],
    })
    const format = 'anthropic-messages'
    expect(parts).toEqual([
      { kind: 'reasoning', text: 'Hm', sealed: { format, data: 'sig', id: null, redacted: false } },
      { kind: 'opaque', format, value: search },
      { kind: 'text', text: 'So', own: { format, fields: { citations } } },
      { kind: 'tool-call', id: 'call_3', name: 'add', argumentsText: '{"a":1}' },
      { kind: 'opaque', format, value: { type: 'hologram' } },
    ])
    expect(finish.kind).toBe('tool-calls')
  })

  it.each([
    [null, 'unreadable', 'it is not a JSON object'],
    [{}, 'unreadable', 'it has no content'],
    [{ ...message, stop_reason: null }, 'unreadable', 'no stop_reason'],
    [
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'overloaded',
      'Overloaded',
    ],
  ])('%j is %s', (body, kind, words) => {
    expect(failureOf(body)).toMatchObject({ kind, message: expect.stringContaining(words) })
  })
})

describe('an answer for a client', () => {
  const encoded = (parts: readonly AssistantPart[], more: object = {}) =>
    encodeAnswer(anAnswer({ parts, ...more }), anEnvelope()) as typeof message

  it('is written as Anthropic writes it', () => {
    const call = { kind: 'tool-call', id: 'c1', name: 'add', argumentsText: '{"a":1}' } as const
    const finish = { kind: 'tool-calls', raw: 'tool_calls' }
    expect(encoded([{ kind: 'text', text: 'So' }, call], { finish })).toEqual({
      id: 'msg_d1',
      type: 'message',
      role: 'assistant',
      model: 'acme/small',
      content: [
        { type: 'text', text: 'So' },
        { type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 12,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 2,
      },
    })
  })

  it('shows thoughts of other vendors unsigned, and a refusal as text', () => {
    const sealed = { format: 'openai-responses', data: 'x', id: 'rs', redacted: true } as const
    const finish = { kind: 'content-filter', raw: 'content_filter' }
    const { content, stop_reason } = encoded(
      [
        { kind: 'reasoning', text: 'Hm' },
        { kind: 'reasoning', text: '', sealed },
        { kind: 'refusal', text: 'No.' },
        { kind: 'opaque', format: 'openai-responses', value: {} },
      ],
      { finish },
    )
    expect(content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: '' },
      { type: 'text', text: 'No.' },
    ])
    expect(stop_reason).toBe('refusal')
  })

  it('has citations that came by themselves in the text they belong to', () => {
    const citation = { type: 'char_location' }
    const opaque = {
      kind: 'opaque',
      format: 'anthropic-messages',
      value: { type: 'citations_delta', citation },
    } as const
    expect(encoded([opaque, { kind: 'text', text: 'So' }, opaque, opaque]).content).toEqual([
      { type: 'text', text: 'So', citations: [citation, citation] },
    ])
  })

  it.each([
    [{ kind: 'stop', raw: 'stop' }, 'end_turn'],
    [{ kind: 'stop', raw: 'stop', stopSequence: 'END' }, 'stop_sequence'],
    [{ kind: 'length', raw: 'model_context_window_exceeded' }, 'model_context_window_exceeded'],
    [{ kind: 'length', raw: 'length' }, 'max_tokens'],
    [{ kind: 'other', raw: 'pause_turn' }, 'pause_turn'],
    [{ kind: 'other', raw: 'insufficient' }, 'end_turn'],
  ])('that ended with %j says %s', (finish, expected) => {
    expect(encoded([], { finish }).stop_reason).toBe(expected)
  })
})
