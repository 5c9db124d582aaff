import { describe, expect, it } from 'vitest'
import { anEnvelope } from '../../../test/support/wire-arbitraries.ts'
import { type Answer, noUsage } from '../../domain/answer.ts'
import { plainRequest, type Request } from '../../domain/request.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'

const message = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
}
const call = { id: 'fc_1', type: 'function_call', call_id: 'c1', name: 'add', arguments: '{}' }
const body = (changes: object) => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  model: 'small',
  output: [message],
  ...changes,
})

function read(changes: object): Answer {
  const result = decodeAnswer(body(changes))
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

function failureOf(value: unknown) {
  const result = decodeAnswer(value)
  if (result.kind === 'decoded') throw new Error('it was read')
  return result.failure
}

describe("a vendor's answer", () => {
  it('has parts in the order of its items', () => {
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed' }
    const reasoning = { id: 'rs_1', type: 'reasoning', summary: [{ text: 'Hm' }], encrypted_content: 'x' }
    const refusal = { ...message, content: [{ type: 'refusal', refusal: 'No' }, { type: 'hologram' }] }
    const custom = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'a\n' }
    expect(read({ output: [reasoning, search, message, refusal, call, custom, 'noise'] }).parts).toEqual([
      {
        kind: 'reasoning',
        text: 'Hm',
        sealed: { format: 'openai-responses', data: 'x', id: 'rs_1', redacted: false },
      },
      { kind: 'opaque', format: 'openai-responses', value: search },
      { kind: 'text', text: 'Hi' },
      { kind: 'refusal', text: 'No' },
      { kind: 'tool-call', id: 'c1', name: 'add', argumentsText: '{}' },
      { kind: 'tool-call', id: 'c2', name: 'patch', argumentsText: '{"input":"a\\n"}', freeform: true },
    ])
  })

  it.each([
    [{}, 'stop', 'completed'],
    [{ output: [call] }, 'tool-calls', 'completed'],
    [{ output: [{ type: 'local_shell_call', id: 'x' }] }, 'tool-calls', 'completed'],
    [{ output: [{ type: 'web_search_call', id: 'x' }] }, 'stop', 'completed'],
    [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      'length',
      'max_output_tokens',
    ],
    [
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      'content-filter',
      'content_filter',
    ],
    [{ status: 'incomplete', incomplete_details: null }, 'other', 'incomplete'],
  ])('ends as it says: %j', (changes, kind, raw) => {
    expect(read(changes).finish).toEqual({ kind, raw })
  })

  it('has usage where it can be true', () => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 5 },
    }
    expect(read({ usage }).usage).toEqual({
      inputTokens: 10,
      cachedReadTokens: 4,
      cacheWriteTokens: 0,
      outputTokens: 6,
      reasoningTokens: 5,
      source: 'reported',
    })
    expect(read({ usage: { ...usage, output_tokens: -1 } }).usage).toBe(noUsage)
    expect(read({ usage: null }).usage).toBe(noUsage)
  })

  it.each([
    ['no object', [], 'unreadable'],
    ['an answer of another format', { choices: [] }, 'unreadable'],
    ['one without a status', body({ status: undefined }), 'unreadable'],
    ['one that is not there yet', body({ status: 'queued' }), 'unreadable'],
    ['one that was cancelled', body({ status: 'cancelled' }), 'truncated'],
    ['one that failed', body({ status: 'failed', error: null }), 'unavailable'],
    [
      'one that failed at the rate',
      body({ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down' } }),
      'rate-limited',
    ],
    [
      'one whose image is at fault',
      body({ status: 'failed', error: { code: 'invalid_image_url', message: 'No image' } }),
      'rejected',
    ],
    [
      'one whose image is not allowed',
      body({ status: 'failed', error: { code: 'image_content_policy_violation', message: 'No' } }),
      'content-filtered',
    ],
  ])('is a failure where it is %s', (_, value, kind) => {
    expect(failureOf(value).kind).toBe(kind)
  })
})

const anAnswer = (changes: Partial<Answer>): Answer => ({
  model: 'small',
  parts: [{ kind: 'text', text: 'Hi' }],
  finish: { kind: 'stop', raw: 'stop' },
  usage: noUsage,
  logprobs: [],
  ...changes,
})

function requestOf(client: object): Request {
  const result = decodeRequest({ model: 'auto', input: 'Hello', ...client })
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value.request
}

describe('an answer for a client', () => {
  it('has every field that clients read, in names that follow from its id', () => {
    expect(encodeAnswer(anAnswer({}), anEnvelope())).toEqual({
      id: 'resp_d1',
      object: 'response',
      created_at: 1_751_500_800,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      model: 'acme/small',
      output: [
        {
          id: 'msg_d1_0',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'default',
      store: true,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: null,
      truncation: 'disabled',
      usage: {
        input_tokens: 0,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 0,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 0,
      },
      user: null,
      metadata: {},
    })
  })

  it('repeats what was asked', () => {
    const tools = [
      { type: 'function', name: 'add', parameters: {}, strict: true },
      { type: 'custom', name: 'patch' },
      { type: 'web_search' },
    ]
    const asked = {
      instructions: 'Be brief.',
      max_output_tokens: 50,
      temperature: 0.5,
      tools,
      tool_choice: 'required',
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 'sum', schema: {}, strict: true }, verbosity: 'low' },
      reasoning: { effort: 'low', summary: 'auto' },
      store: false,
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
    }
    const envelope = anEnvelope({ request: requestOf(asked), previousResponseId: 'resp_0' })
    expect(encodeAnswer(anAnswer({}), envelope)).toMatchObject({ ...asked, previous_response_id: 'resp_0' })
  })

  it('calls a freeform tool with its bare text', () => {
    const request = requestOf({ tools: [{ type: 'custom', name: 'patch' }] })
    const parts = [
      { kind: 'tool-call' as const, id: 'c1', name: 'patch', argumentsText: '{"input":"a\\nb"}' },
    ]
    const { output } = encodeAnswer(anAnswer({ parts }), anEnvelope({ request })) as { output: unknown }
    expect(output).toEqual([
      {
        id: 'ctc_d1_0',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'c1',
        name: 'patch',
        input: 'a\nb',
      },
    ])
  })

  it('keeps the annotations of a text, and says where it was cut', () => {
    const annotations = [{ type: 'url_citation', url: 'https://example.org' }]
    const { parts } = read({ output: [{ ...message, content: [{ ...message.content[0], annotations }] }] })
    const finish = { kind: 'length' as const, raw: 'length' }
    expect(encodeAnswer(anAnswer({ parts, finish }), anEnvelope())).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ annotations }] }],
    })
  })

  it("has none of another format's secrets and hosted tools", () => {
    const format = 'anthropic-messages' as const
    const parts: Answer['parts'] = [
      { kind: 'reasoning', text: '', sealed: { format, data: 'x', id: null, redacted: true } },
      { kind: 'reasoning', text: 'Hm', sealed: { format, data: 'x', id: null, redacted: false } },
      { kind: 'opaque', format, value: {} },
    ]
    expect(encodeAnswer(anAnswer({ parts }), anEnvelope({ request: plainRequest('x') }))).toMatchObject({
      output: [
        { id: 'rs_fairlead_d1_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
      ],
    })
  })
})
