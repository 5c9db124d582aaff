import { describe, expect, it } from 'vitest'
import { aRequest } from '../../../test/support/builders.ts'
import type { AssistantPart, Message, Request } from '../../domain/request.ts'
import type { VendorSide } from '../wire-format.ts'
import { encodeRequest } from './encode-request.ts'

const to = (model = 'small', more: Partial<VendorSide> = {}): VendorSide => ({
  model,
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens' },
  ...more,
})

const encoded = (request: Request, side = to()) => JSON.parse(encodeRequest(request, side))

const user = (text: string): Message => ({ role: 'user', content: [{ kind: 'text', text }], name: null })
const system = (text: string): Message => ({ role: 'system', content: [{ kind: 'text', text }], name: null })
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content, name: null })
const call = (id: string, argumentsText = '{}'): AssistantPart => ({
  kind: 'tool-call',
  id,
  name: 'f',
  argumentsText,
})
const result = (toolCallId: string, text: string): Message => ({
  role: 'tool',
  toolCallId,
  content: [{ kind: 'text', text }],
})
const messagesOf = (messages: Message[], more: Partial<Request> = {}) =>
  encoded({ ...aRequest({ messages }), ...more }).messages
const thought = {
  kind: 'reasoning',
  text: 'Hm',
  sealed: { format: 'anthropic-messages', data: 'sig', id: null, redacted: false },
} as const

describe('a request for a vendor', () => {
  it('says no more than it must, and how long the answer may be', () => {
    expect(encoded(aRequest({ text: 'Hi' }))).toEqual({
      model: 'small',
      max_tokens: 8192,
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })

  it.each([
    [4096, 4096],
    [128_000, 32_000],
  ])('has a limit that a model with one of %d takes', (maxOutputTokens, expected) => {
    expect(encoded(aRequest({ text: 'Hi' }), to('small', { maxOutputTokens })).max_tokens).toBe(expected)
  })

  it.each([
    ['claude-opus-5', 32_000],
    ['claude-3-5-haiku-latest', 8192],
    ['claude-3-haiku-20240307', 4096],
  ])('has one that %s takes where nobody says what it can', (model, expected) => {
    expect(encoded(aRequest({ text: 'Hi' }), to(model)).max_tokens).toBe(expected)
  })

  it('never has a limit that the model can not reach', () => {
    const request = aRequest({ text: 'Hi', sampling: { maxOutputTokens: 64_000 } })
    expect(encoded(request, to('small', { maxOutputTokens: 4096 })).max_tokens).toBe(4096)
    expect(encoded(request).max_tokens).toBe(64_000)
  })

  it('has the system at its top, wherever it stood', () => {
    const request = aRequest({ messages: [system('A'), user('Hi'), system('B')] })
    expect(encoded(request)).toMatchObject({
      system: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })

  it('leaves the system in its midst where the client wrote this format', () => {
    const request = {
      ...aRequest({ messages: [user('Hi'), system('B')] }),
      from: 'anthropic-messages' as const,
    }
    expect(encoded(request).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'B' },
    ])
  })

  it('begins with the user', () => {
    expect(messagesOf([system('Only this.')])).toEqual([{ role: 'user', content: 'Only this.' }])
    expect(messagesOf([assistant({ kind: 'text', text: 'Hello!' }), user('Hi')])[0]).toEqual({
      role: 'user',
      content: '…',
    })
    expect(messagesOf([user(' ')])).toEqual([{ role: 'user', content: '…' }])
  })

  it('goes by turns, and is never blank', () => {
    expect(
      messagesOf([
        user('a'),
        user(' \n'),
        user('b'),
        assistant({ kind: 'text', text: '' }),
        assistant({ kind: 'text', text: 'c' }, { kind: 'text', text: '  ' }),
        assistant({ kind: 'refusal', text: 'd' }),
        user('e'),
      ]),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd' },
        ],
      },
      { role: 'user', content: 'e' },
    ])
  })

  it('has results of tools first in the next turn', () => {
    const [, , turn] = messagesOf([
      user('a'),
      assistant(call('x'), call('y')),
      result('x', '1'),
      user('and'),
      result('y', '2'),
    ])
    expect(turn).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'x', content: '1' },
        { type: 'tool_result', tool_use_id: 'y', content: '2' },
        { type: 'text', text: 'and' },
      ],
    })
  })

  it('gives every call an id of its own that the vendor takes, and its result the same', () => {
    const messages = messagesOf([
      user('a'),
      assistant(call('call:0'), call('call:0')),
      result('call:0', '1'),
      result('call:0', '2'),
      assistant(call('call:0')),
      result('call:0', '3'),
      user('b'),
    ])
    type Block = { readonly id?: string; readonly tool_use_id?: string }
    const ids = messages
      .flatMap(({ content }: { content: string | Block[] }) => (typeof content === 'string' ? [] : content))
      .flatMap(({ id, tool_use_id: answered }: Block) => id ?? answered ?? [])
    expect(ids).toEqual(['call_0', 'call_0_2', 'call_0', 'call_0_2', 'call_0_3', 'call_0_3'])
  })

  it('has a result for every call, and a call for every result', () => {
    const messages = messagesOf([user('a'), assistant(call('x')), user('b'), result('z', 'lost')])
    expect(messages[2].content).toEqual([
      { type: 'tool_result', tool_use_id: 'x', content: 'The tool gave no result.', is_error: true },
      { type: 'text', text: 'b' },
      { type: 'text', text: 'Result of a tool (z):' },
      { type: 'text', text: 'lost' },
    ])
  })

  it.each([
    ['{"a":1}', { a: 1 }],
    ['', {}],
    ['{', { arguments: '{' }],
    ['[1]', { arguments: '[1]' }],
  ])('has the arguments %j as an object', (argumentsText, input) => {
    const [, message] = messagesOf([user('a'), assistant(call('x', argumentsText)), result('x', '1')])
    expect(message.content).toEqual([{ type: 'tool_use', id: 'x', name: 'f', input }])
  })

  it('makes tools known that the conversation calls and nobody describes', () => {
    const request = aRequest({ messages: [user('a'), assistant(call('x')), result('x', '1')] })
    expect(encoded(request)).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    })
  })

  it('has thoughts that this vendor signed, and no others', () => {
    const foreign = { ...thought, sealed: { ...thought.sealed, format: 'openai-responses' as const } }
    const messages = [
      user('a'),
      assistant(thought, { kind: 'reasoning', text: 'x' }, foreign, { kind: 'text', text: 'b' }),
      user('c'),
    ]
    const content = [
      { type: 'thinking', thinking: 'Hm', signature: 'sig' },
      { type: 'text', text: 'b' },
    ]
    expect(messagesOf(messages)[1].content).toEqual(content)
    const side = to('small', { foreignSeals: true })
    expect(encoded(aRequest({ messages }), side).messages[1].content).toBe('b')
    const only = aRequest({ messages: [user('a'), assistant(thought), user('c')] })
    expect(encoded(only, side).messages.map(({ role }: { role: string }) => role)).toEqual(['user'])
  })

  it('asks to go on where a last message of the assistant would be refused', () => {
    const request = aRequest({ messages: [user('a'), assistant({ kind: 'text', text: 'One \n' })] })
    expect(encoded(request).messages.at(-1)).toEqual({ role: 'user', content: 'Go on.' })
    const quirks = { ...to().quirks, prefill: 'last-message' as const }
    expect(encoded(request, { model: 'claude-haiku-4-5', quirks }).messages.at(-1)).toEqual({
      role: 'assistant',
      content: 'One',
    })
    expect(encoded(request, { model: 'claude-opus-5', quirks }).messages.at(-1).role).toBe('user')
  })

  it('has no half of a surrogate pair', () => {
    const text = encodeRequest(aRequest({ text: 'a\ud83d' }), to())
    expect(JSON.parse(text).messages[0].content).toBe('a\ufffd')
    expect(JSON.parse(encodeRequest(aRequest({ text: '🎉 \\ud83d' }), to())).messages[0].content).toBe(
      '🎉 \\ud83d',
    )
  })

  it('has files and images as the vendor takes them', () => {
    const file = { kind: 'file', fileId: null, filename: null, base64: null } as const
    const content = [
      { kind: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
      { ...file, filename: 'a.txt', base64: 'data:text/plain;base64,w6k=' },
      { ...file, base64: 'JVBERi0=' },
      { ...file, base64: 'data:image/jpeg;base64,AA==' },
      { ...file, fileId: 'file-of-another-vendor' },
      { kind: 'audio', base64: 'AA==', format: 'wav' },
    ] as const
    const request = aRequest({ messages: [{ role: 'user', content, name: null }] })
    const source = (media_type: string, data: string) => ({ type: 'base64', media_type, data })
    expect(encoded(request).messages[0].content).toEqual([
      { type: 'image', source: source('image/png', 'AA==') },
      { type: 'document', title: 'a.txt', source: { type: 'text', media_type: 'text/plain', data: 'é' } },
      { type: 'document', source: source('application/pdf', 'JVBERi0=') },
      { type: 'image', source: source('image/jpeg', 'AA==') },
    ])
  })
})

describe('what is asked of an answer', () => {
  const chat = (more: Partial<Request>): Request => ({
    ...aRequest({ text: 'Hi' }),
    from: 'openai-chat',
    ...more,
  })

  it('may be a schema, closed as the vendor wants it', () => {
    const schema = { type: 'object', properties: { a: { type: 'object' } }, required: ['a'] }
    const responseFormat = {
      kind: 'json-schema',
      name: 'x',
      description: null,
      schema,
      strict: null,
    } as const
    expect(encoded(chat({ responseFormat })).output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          ...schema,
          properties: { a: { type: 'object', additionalProperties: false } },
          additionalProperties: false,
        },
      },
    })
  })

  it('may be JSON, in words', () => {
    expect(encoded(chat({ responseFormat: { kind: 'json' } })).system).toContain('one JSON object')
  })

  it.each([
    ['claude-opus-5', 'high', { type: 'adaptive' }, 'high'],
    ['claude-opus-5', 'minimal', { type: 'adaptive' }, 'low'],
    ['claude-opus-5', 'none', { type: 'disabled' }, undefined],
    ['claude-fable-5-1', 'none', undefined, undefined],
    ['claude-sonnet-4-5', 'high', { type: 'enabled', budget_tokens: 8000 }, undefined],
    ['claude-opus-4-5', 'high', { type: 'enabled', budget_tokens: 8000 }, 'high'],
    ['claude-3-5-haiku-latest', 'high', undefined, undefined],
    ['glm-5', 'low', { type: 'enabled', budget_tokens: 2000 }, undefined],
  ])('of %s with effort %s is %j', (model, reasoningEffort, thinking, effort) => {
    const sampling = { ...aRequest({ text: 'Hi' }).sampling, maxOutputTokens: 10_000, temperature: 0.2 }
    const body = encoded(chat({ reasoningEffort, sampling }), to(model))
    expect(body.thinking).toEqual(thinking)
    expect(body.output_config?.effort).toBe(effort)
    const thinks = thinking !== undefined && thinking.type !== 'disabled'
    if (thinks) expect(body).not.toHaveProperty('temperature')
  })

  it('leaves room for an answer beside the thoughts, or has none of them', () => {
    const thinkingIn = (maxOutputTokens: number) => {
      const sampling = { ...aRequest({ text: 'Hi' }).sampling, maxOutputTokens }
      return encoded(chat({ reasoningEffort: 'low', sampling }), to('claude-sonnet-4-5')).thinking
    }
    expect(thinkingIn(2000)).toEqual({ type: 'enabled', budget_tokens: 1024 })
    expect(thinkingIn(1024)).toBeUndefined()
  })

  it('is no thinking on a budget where a tool is forced, or thoughts of a tool loop are lost', () => {
    const tool = { name: 'f', description: null, parameters: null, strict: null }
    const forced = chat({ tools: [tool], toolChoice: { kind: 'required' }, reasoningEffort: 'high' })
    expect(encoded(forced, to('claude-sonnet-4-5')).thinking).toBeUndefined()
    const messages = [user('a'), assistant(call('x')), result('x', '1')]
    const looping = chat({ ...aRequest({ messages }), reasoningEffort: 'high' })
    expect(encoded(looping, to('claude-sonnet-4-5')).thinking).toBeUndefined()
    expect(encoded(looping, to('claude-opus-5')).thinking).toEqual({ type: 'adaptive' })
    const kept = [user('a'), assistant(thought, call('x')), result('x', '1')]
    const whole = chat({ ...aRequest({ messages: kept }), reasoningEffort: 'high' })
    expect(encoded(whole, to('claude-sonnet-4-5')).thinking).toMatchObject({ type: 'enabled' })
  })

  it('has the sampling that the model takes', () => {
    const sampling = { ...aRequest({ text: 'Hi' }).sampling, temperature: 1.7, topP: 0.9, stop: ['END', ' '] }
    const fields = (model: string) => {
      const { temperature, top_p, stop_sequences } = encoded(chat({ sampling }), to(model))
      return [temperature, top_p, stop_sequences]
    }
    expect(fields('glm-5')).toEqual([1, 0.9, ['END']])
    expect(fields('claude-sonnet-4-5')).toEqual([1, undefined, ['END']])
    expect(fields('claude-opus-5')).toEqual([undefined, undefined, ['END']])
  })

  it('has tools with a schema of an object, one call at a time if so wished', () => {
    const tool = { name: 'f', description: 'F', parameters: { properties: {} }, strict: true }
    const body = encoded(
      chat({ tools: [tool, { ...tool, name: 'g', parameters: null }], parallelToolCalls: false }),
    )
    expect(body.tools).toEqual([
      { name: 'f', description: 'F', input_schema: { type: 'object', properties: {} }, strict: true },
      { name: 'g', description: 'F', input_schema: { type: 'object' }, strict: true },
    ])
    expect(body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    const alone = encoded(chat({ toolChoice: { kind: 'auto' } }))
    expect(alone).not.toHaveProperty('tool_choice')
  })

  it('has no fields of another format', () => {
    expect(encoded(chat({ extra: { store: true } }))).not.toHaveProperty('store')
  })
})
