import { describe, expect, it } from 'vitest'
import { noUsage } from '../../domain/answer.ts'
import { decodeAnswer } from './decode-answer.ts'

const body = (message: object, choice: object = {}, rest: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1751500800,
  model: 'gpt-4.1-mini-2025-04-14',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...choice }],
  ...rest,
})

function read(value: unknown) {
  const result = decodeAnswer(value)
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

const failureOf = (value: unknown) => {
  const result = decodeAnswer(value)
  return result.kind === 'failed' ? result.failure : null
}

describe('an answer', () => {
  it('has text, refusal, tool calls and reasoning, wherever the vendor writes them', () => {
    expect(read(body({ content: 'Hi', refusal: null })).parts).toEqual([{ kind: 'text', text: 'Hi' }])
    expect(read(body({ content: null, refusal: 'No.' })).parts).toEqual([{ kind: 'refusal', text: 'No.' }])
    const thought = [
      { kind: 'reasoning', text: 'Hm' },
      { kind: 'text', text: '4' },
    ]
    expect(read(body({ content: '4', reasoning_content: 'Hm' })).parts).toEqual(thought)
    expect(read(body({ content: '4', reasoning: 'Hm', reasoning_content: 'Hm' })).parts).toEqual(thought)
    const listed = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
      { type: 'text', text: '4' },
    ]
    expect(read(body({ content: listed })).parts).toEqual(thought)
  })

  it('has tool calls also without ids, with arguments that are objects, and in the legacy form', () => {
    const calls = [
      { function: { name: 'add', arguments: { a: 1 } } },
      { id: 'x', function: { name: 'now' } },
      null,
    ]
    expect(read(body({ content: '', tool_calls: calls })).parts).toEqual([
      { kind: 'tool-call', id: 'call_0', name: 'add', argumentsText: '{"a":1}' },
      { kind: 'tool-call', id: 'x', name: 'now', argumentsText: '' },
    ])
    expect(read(body({ content: null, function_call: { name: 'add', arguments: '{}' } })).parts).toEqual([
      { kind: 'tool-call', id: 'add', name: 'add', argumentsText: '{}' },
    ])
  })

  it('is the first choice', () => {
    const two = body({ content: 'one' })
    two.choices.push({ ...two.choices[0]!, index: 1 })
    expect(read(two).parts).toEqual([{ kind: 'text', text: 'one' }])
  })

  it.each([
    ['stop', 'stop'],
    ['eos', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['content_filter: SAFETY', 'content-filter'],
    ['STOP', 'stop'],
    ['galaxy', 'other'],
  ])('that ended with %s ended with %s', (raw, kind) => {
    expect(read(body({ content: 'x' }, { finish_reason: raw })).finish).toEqual({ kind, raw })
  })

  it('that stopped with tool calls waits for tools', () => {
    const calls = [{ id: 'x', function: { name: 'now', arguments: '{}' } }]
    expect(read(body({ tool_calls: calls })).finish).toEqual({ kind: 'tool-calls', raw: 'stop' })
  })

  it('has logprobs', () => {
    const content = [
      { token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [{ token: 'b', logprob: -9999 }] },
      {},
    ]
    expect(read(body({ content: 'a' }, { logprobs: { content } })).logprobs).toEqual([
      { token: 'a', logprob: -0.5, top: [{ token: 'b', logprob: -9999 }] },
    ])
  })
})

describe('usage', () => {
  const usageOf = (usage: unknown) => read(body({ content: 'x' }, {}, { usage })).usage
  const tokens = (changes: object) => ({ ...noUsage, source: 'reported', ...changes })

  it.each([
    [
      'with details',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 10, outputTokens: 5, cachedReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3 },
    ],
    [
      'with a cache hit beside them',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_cache_hit_tokens: 6 },
      { inputTokens: 10, outputTokens: 5, cachedReadTokens: 6 },
    ],
    [
      'with reasoning reported apart',
      {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      { inputTokens: 32, outputTokens: 103, reasoningTokens: 94 },
    ],
    [
      'with reasoning only in the total',
      { prompt_tokens: 8, completion_tokens: 9, total_tokens: 542 },
      { inputTokens: 8, outputTokens: 534, reasoningTokens: 525 },
    ],
    [
      'with a total that fits nothing',
      {
        prompt_tokens: 8,
        completion_tokens: 9,
        total_tokens: 100,
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      { inputTokens: 8, outputTokens: 9, reasoningTokens: 5 },
    ],
    [
      'with nonsense in it',
      { prompt_tokens: 8, completion_tokens: 'nine', prompt_tokens_details: 7 },
      { inputTokens: 8 },
    ],
  ])('%s', (_, usage, expected) => {
    expect(usageOf(usage)).toEqual(tokens(expected))
  })

  it.each([
    undefined,
    null,
    {},
    7,
    { prompt_tokens: '40', completion_tokens: -5 },
    { prompt_tokens: 40, completion_tokens: 1e300 },
  ])('%j is none', (usage) => {
    expect(usageOf(usage)).toEqual(noUsage)
  })
})

describe('what is not an answer', () => {
  it.each([
    [null, 'not a JSON object'],
    ['Hi', 'not a JSON object'],
    [{}, 'no choices'],
    [{ choices: [] }, 'no choices'],
    [{ choices: [{ finish_reason: 'stop' }] }, 'no message'],
    [body({ content: 'x' }, { finish_reason: null }), 'no finish_reason'],
  ])('%j can not be read', (value, why) => {
    expect(failureOf(value)).toMatchObject({ kind: 'unreadable', message: expect.stringContaining(why) })
  })

  it('is the failure that it tells of, though its status was 200', () => {
    expect(failureOf({ error: { code: 429, message: 'Slow down' } })).toMatchObject({
      kind: 'rate-limited',
      vendorStatus: 429,
    })
    expect(failureOf({ error: { message: 'x', code: 'context_length_exceeded' } })).toMatchObject({
      kind: 'context-exceeded',
      vendorStatus: null,
    })
    const choice = { finish_reason: 'error', error: { code: 502, message: 'gone' } }
    expect(failureOf(body({ content: 'x' }, choice))).toMatchObject({ kind: 'unavailable' })
  })

  it('is truncated where the vendor says that it broke off', () => {
    const value = body({ content: 'x' }, { finish_reason: 'insufficient_system_resource' })
    expect(failureOf(value)).toMatchObject({ kind: 'truncated' })
  })
})
