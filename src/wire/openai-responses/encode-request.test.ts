import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plainRequest, type Request } from '../../domain/request.ts'
import type { VendorSide } from '../wire-format.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const to: VendorSide = {
  model: 'small',
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' },
}
const foreign = { ...to, foreignSeals: true }
const encode = (request: Partial<Request>, side = to) =>
  JSON.parse(encodeRequest({ ...plainRequest('Hello'), ...request }, side))

const fixture = JSON.parse(
  readFileSync(new URL('./__fixtures__/codex-request.json', import.meta.url), 'utf8'),
)

function decoded(body: unknown): Request {
  const result = decodeRequest(body)
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value.request
}

describe('a request for a vendor', () => {
  it('says no more than was asked', () => {
    expect(encode({})).toEqual({
      model: 'small',
      input: [{ type: 'message', role: 'user', content: 'Hello' }],
    })
  })

  it('that came in the same format says all of it again', () => {
    const again = JSON.parse(encodeRequest(decoded(fixture), to))
    const { input, tools, ...rest } = fixture
    expect(again).toMatchObject({ ...rest, model: 'small' })
    const typesOf = (items: { type: string }[]) => items.map(({ type }) => type)
    expect(typesOf(again.input)).toEqual(typesOf(input))
    // All but the status, which says nothing of an item that has ended.
    expect(input.slice(5)).toMatchObject(again.input.slice(5))
    expect(again.input[8]).toEqual(input[8])
    expect(again.tools).toEqual(tools)
  })

  it('has the first system message as its instructions, unless that is all or more than a text', () => {
    const system = {
      role: 'system' as const,
      content: [{ kind: 'text' as const, text: 'Be brief.' }],
      name: null,
    }
    const user = plainRequest('Hello').messages[0]!
    expect(encode({ messages: [system, user, system] })).toMatchObject({
      instructions: 'Be brief.',
      input: [{ role: 'user' }, { role: 'system' }],
    })
    expect(encode({ messages: [system] })).toEqual({
      model: 'small',
      input: [{ type: 'message', role: 'system', content: 'Be brief.' }],
    })
    const parts = { ...system, content: [...system.content, ...system.content] }
    expect(encode({ messages: [parts, user] }).instructions).toBeUndefined()
  })

  it('has no reasoning that the vendor can not read, and nothing empty in its place', () => {
    const sealed = { format: 'anthropic-messages' as const, data: 'x', id: null, redacted: false }
    const { input } = encode({
      messages: [
        { role: 'assistant', name: null, content: [{ kind: 'reasoning', text: 'Hm', sealed }] },
        { role: 'assistant', name: null, content: [{ kind: 'reasoning', text: 'Hm' }] },
        { role: 'user', name: null, content: [{ kind: 'text', text: 'Go on' }] },
      ],
    })
    expect(input).toEqual([{ type: 'message', role: 'user', content: 'Go on' }])
  })

  it('for another vendor than the one before has none of its secrets and stored items', () => {
    const request = decoded({
      model: 'auto',
      input: [
        { type: 'item_reference', id: 'msg_0' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { type: 'compaction', encrypted_content: 'x' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
    })
    const { input } = JSON.parse(encodeRequest(request, foreign))
    expect(input.map(({ type }: { type: string }) => type)).toEqual(['web_search_call', 'message'])
    expect(encodeRequest(request, to)).toContain('"encrypted_content":"x"')
  })

  it('of another format is not stored there, and brings what both formats have', () => {
    const chat = encode({
      from: 'openai-chat',
      extra: { metadata: { a: 'b' }, verbosity: 'low', store: true, logit_bias: {}, prompt_cache_key: 'k' },
      responseFormat: { kind: 'json' },
    })
    expect(chat).toMatchObject({
      store: false,
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      text: { verbosity: 'low', format: { type: 'json_object' } },
    })
    expect(chat.logit_bias).toBeUndefined()
    expect(encode({ from: 'anthropic-messages', extra: { metadata: { user_id: 'x' } } })).toEqual({
      ...encode({}),
      store: false,
    })
  })

  it('of another format has functions that are not strict unless they say so, and a limit that is taken', () => {
    const tool = { name: 'add', description: null, parameters: {}, strict: null }
    const sampling = { ...plainRequest('').sampling, maxOutputTokens: 1 }
    const chat = encode({ from: 'openai-chat', tools: [tool, { ...tool, strict: true }], sampling })
    expect(chat.tools.map(({ strict }: { strict: unknown }) => strict)).toEqual([false, true])
    expect(chat.max_output_tokens).toBe(16)
    expect(encode({ sampling }).max_output_tokens).toBe(1)
    expect(encode({ tools: [tool] }).tools[0].strict).toBeNull()
  })

  it('asks for logprobs, also for those of the tokens alone', () => {
    expect(encode({ topLogprobs: 0 })).toMatchObject({ include: ['message.output_text.logprobs'] })
    expect(encode({ topLogprobs: 2, extra: { include: ['x'] } })).toMatchObject({
      include: ['x', 'message.output_text.logprobs'],
      top_logprobs: 2,
    })
  })

  it('names a freeform tool as what it is', () => {
    const tools = decoded({ model: 'a', input: 'x', tools: [{ type: 'custom', name: 'patch' }] }).tools
    expect(encode({ tools, toolChoice: { kind: 'named', name: 'patch' } })).toMatchObject({
      tools: [{ type: 'custom', name: 'patch' }],
      tool_choice: { type: 'custom', name: 'patch' },
    })
    const content = [
      { kind: 'tool-call' as const, id: 'c1', name: 'patch', argumentsText: '{"input":"a\\nb"}' },
      { kind: 'tool-call' as const, id: 'c2', name: 'patch', argumentsText: 'no json' },
    ]
    const results = ['c1', 'c2'].map((toolCallId) => ({ role: 'tool' as const, toolCallId, content: [] }))
    expect(
      encode({ tools, messages: [{ role: 'assistant', content, name: null }, ...results] }).input,
    ).toEqual([
      { type: 'custom_tool_call', call_id: 'c1', name: 'patch', input: 'a\nb' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'no json' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: '' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: '' },
    ])
  })
})
