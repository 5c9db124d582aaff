import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ClientRequest } from '../wire-format.ts'
import { decodeCountTokens, encodeTokenCount } from './count-tokens.ts'
import { decodeRequest } from './decode-request.ts'

const hello = [{ role: 'user', content: 'Hello' }]
const least = { model: 'auto', max_tokens: 50, messages: hello }

function read(body: Record<string, unknown>): ClientRequest {
  const result = decodeRequest({ ...least, ...body })
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

function fault(body: unknown) {
  const result = decodeRequest(body)
  if (result.kind === 'decoded') throw new Error('nothing was found at fault')
  return result.failure
}

const faultOf = (body: Record<string, unknown>) => fault({ ...least, ...body })
const messages = (...list: unknown[]) => read({ messages: list }).request.messages
const ownTo = (fields: object) => ({ own: { format: 'anthropic-messages', fields } })

describe('messages', () => {
  it('begin with the system prompt, a string or blocks', () => {
    const [first] = read({ system: 'Be brief.' }).request.messages
    expect(first).toEqual({ role: 'system', content: [{ kind: 'text', text: 'Be brief.' }], name: null })
    const system = [
      { type: 'text', text: 'A', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]
    expect(read({ system }).request.messages[0]?.content).toEqual([
      { kind: 'text', text: 'A', cache: { ttl: '5m' } },
      { kind: 'text', text: 'B', cache: { ttl: '1h' } },
    ])
  })

  it('may have the system in their midst', () => {
    expect(messages(...hello, { role: 'system', content: 'Now in French.' })[1]).toEqual({
      role: 'system',
      content: [{ kind: 'text', text: 'Now in French.' }],
      name: null,
    })
  })

  it('have images and documents from anywhere', () => {
    const source = (type: string, more: object) => ({ type, ...more })
    const [message] = messages({
      role: 'user',
      content: [
        { type: 'image', source: source('base64', { media_type: 'image/png', data: 'AA==' }) },
        { type: 'image', source: source('url', { url: 'https://example.org/a.png' }) },
        { type: 'image', source: source('file', { file_id: 'file_1' }) },
        {
          type: 'document',
          title: 'Notes',
          context: 'Mine.',
          citations: { enabled: true },
          source: source('text', { media_type: 'text/plain', data: 'é' }),
          cache_control: { type: 'ephemeral' },
        },
        { type: 'document', source: source('base64', { media_type: 'application/pdf', data: 'AA==' }) },
        { type: 'document', source: source('url', { url: 'https://example.org/a.pdf' }) },
        { type: 'document', source: source('file', { file_id: 'file_2' }) },
      ],
    })
    const file = { kind: 'file', fileId: null, filename: null, base64: null }
    expect(message?.content).toEqual([
      { kind: 'image', url: 'data:image/png;base64,AA==', detail: null },
      { kind: 'image', url: 'https://example.org/a.png', detail: null },
      { kind: 'image', url: '', detail: null, fileId: 'file_1' },
      {
        ...file,
        filename: 'Notes',
        base64: 'data:text/plain;base64,w6k=',
        cache: { ttl: '5m' },
        ...ownTo({ context: 'Mine.', citations: { enabled: true } }),
      },
      { ...file, base64: 'data:application/pdf;base64,AA==' },
      { ...file, url: 'https://example.org/a.pdf' },
      { ...file, fileId: 'file_2' },
    ])
  })

  it('have blocks of which other formats get the words', () => {
    const content = [{ type: 'text', text: 'one' }]
    const search = { type: 'search_result', source: 'https://e.org', title: 'Tides', content }
    const document = { type: 'document', title: 'Chunks', source: { type: 'content', content } }
    expect(messages({ role: 'user', content: [search, document] })[0]?.content).toEqual([
      { kind: 'text', text: 'Tides\nhttps://e.org\none', ...ownTo(search) },
      { kind: 'text', text: 'Chunks\none', ...ownTo(document) },
    ])
  })

  it('give results of tools messages of their own, before what the user says with them', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://e.org/a.png' } }
    expect(
      messages({
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'four', cache_control: { type: 'ephemeral' } },
          { type: 'tool_result', tool_use_id: 'b', is_error: true, content: [image] },
          { type: 'tool_result', tool_use_id: 'c' },
          { type: 'text', text: 'Go on.' },
        ],
      }),
    ).toEqual([
      { role: 'tool', toolCallId: 'a', content: [{ kind: 'text', text: 'four' }], cache: { ttl: '5m' } },
      {
        role: 'tool',
        toolCallId: 'b',
        content: [{ kind: 'image', url: 'https://e.org/a.png', detail: null }],
        isError: true,
      },
      { role: 'tool', toolCallId: 'c', content: [] },
      { role: 'user', content: [{ kind: 'text', text: 'Go on.' }], name: null },
    ])
  })

  it('have what an assistant thought, said, called and had looked up', () => {
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }
    const found = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    const mcp = { type: 'mcp_tool_use', id: 'm', name: 'n', server_name: 'x', input: {} }
    const citations = [{ type: 'char_location', cited_text: 'x' }]
    const sealed = { format: 'anthropic-messages', id: null }
    const [, message] = messages(...hello, {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'secret' },
        { type: 'thinking', thinking: 'unsigned', signature: '' },
        search,
        found,
        mcp,
        { type: 'text', text: 'So', citations },
        { type: 'tool_use', id: 't', name: 'add', input: { a: 1 }, caller: { type: 'direct' } },
      ],
    })
    const opaque = (value: object) => ({ kind: 'opaque', format: 'anthropic-messages', value })
    expect(message?.content).toEqual([
      { kind: 'reasoning', text: 'Hm', sealed: { ...sealed, data: 'sig', redacted: false } },
      { kind: 'reasoning', text: '', sealed: { ...sealed, data: 'secret', redacted: true } },
      { kind: 'reasoning', text: 'unsigned' },
      opaque(search),
      opaque(found),
      opaque(mcp),
      { kind: 'text', text: 'So', ...ownTo({ citations }) },
      {
        kind: 'tool-call',
        id: 't',
        name: 'add',
        argumentsText: '{"a":1}',
        ...ownTo({ caller: { type: 'direct' } }),
      },
    ])
  })
})

describe('options', () => {
  it('are all read', () => {
    const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 }
    const { request, usageWanted } = read({
      tools: [
        {
          name: 'add',
          description: 'Adds',
          input_schema: { type: 'object' },
          strict: true,
          input_examples: [{}],
          cache_control: { type: 'ephemeral' },
        },
        search,
      ],
      tool_choice: { type: 'tool', name: 'add', disable_parallel_tool_use: true },
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      stream: true,
      metadata: { user_id: 'u1', team: 'x' },
      thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
      output_config: { effort: 'low', task_budget: { tokens: 5 } },
      service_tier: 'auto',
      container: 'c',
      mcp_servers: [{ name: 'x' }],
      context_management: { edits: [] },
      cache_control: { type: 'ephemeral' },
    })
    expect(usageWanted).toBe(true)
    expect(request).toEqual({
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }], name: null }],
      tools: [
        {
          name: 'add',
          description: 'Adds',
          parameters: { type: 'object' },
          strict: true,
          cache: { ttl: '5m' },
          ...ownTo({ input_examples: [{}] }),
        },
      ],
      hostedTools: [{ format: 'anthropic-messages', type: 'web_search_20250305', definition: search }],
      toolChoice: { kind: 'named', name: 'add' },
      parallelToolCalls: false,
      responseFormat: { kind: 'text' },
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 5,
        maxOutputTokens: 50,
        stop: ['END'],
        seed: null,
        frequencyPenalty: null,
        presencePenalty: null,
        answers: 1,
      },
      reasoningEffort: 'low',
      reasoning: { enabled: true, budgetTokens: 2000, summary: 'omitted' },
      topLogprobs: null,
      stream: true,
      user: 'u1',
      from: 'anthropic-messages',
      extra: {
        service_tier: 'auto',
        container: 'c',
        mcp_servers: [{ name: 'x' }],
        context_management: { edits: [] },
        cache_control: { type: 'ephemeral' },
        output_config: { task_budget: { tokens: 5 } },
        metadata: { team: 'x' },
      },
    })
  })

  it.each([
    [{ type: 'auto' }, { kind: 'auto' }],
    [{ type: 'any' }, { kind: 'required' }],
    [{ type: 'none' }, { kind: 'none' }],
  ])('tool_choice %j', (choice, expected) => {
    expect(read({ tool_choice: choice }).request.toolChoice).toEqual(expected)
  })

  it.each([
    [{ type: 'adaptive' }, { enabled: 'adaptive' }],
    [{ type: 'disabled' }, { enabled: false }],
  ])('thinking %j', (thinking, expected) => {
    expect(read({ thinking }).request.reasoning).toEqual(expected)
  })

  it('keep a way to think that is yet to come', () => {
    const thinking = { type: 'between_tools' }
    expect(read({ thinking }).request).toMatchObject({ extra: { thinking } })
  })

  it('ask for a schema by its newer name or its older, strictly where all is required', () => {
    const schema = (required: string[]) => ({
      type: 'object',
      properties: { a: { type: 'number' } },
      required,
      additionalProperties: false,
    })
    const format = (required: string[]) => ({ type: 'json_schema', schema: schema(required) })
    expect(read({ output_config: { format: format(['a']) } }).request.responseFormat).toEqual({
      kind: 'json-schema',
      name: 'answer',
      description: null,
      schema: schema(['a']),
      strict: true,
    })
    expect(read({ output_format: format([]) }).request.responseFormat).toMatchObject({ strict: null })
  })

  it('may all be null, which is as if they were absent', () => {
    const keys = ['system', 'tools', 'tool_choice', 'temperature', 'top_p', 'top_k', 'stop_sequences']
    const others = ['stream', 'metadata', 'thinking', 'output_config', 'output_format', 'models', 'fairlead']
    expect(read(Object.fromEntries([...keys, ...others].map((key) => [key, null])))).toEqual(read({}))
  })

  it("of Fairlead's own are read here too", () => {
    expect(read({ fairlead: { tier: 'gold' }, models: ['b'] })).toMatchObject({
      model: 'auto',
      options: { tier: 'gold', fallbacks: ['b'] },
      request: { extra: {} },
    })
  })
})

describe("a coding agent's request", () => {
  it('is read whole', () => {
    const body = JSON.parse(
      readFileSync(new URL('./__fixtures__/coding-agent.json', import.meta.url), 'utf8'),
    )
    const { request } = read(body)
    expect(request.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'user',
    ])
    expect(request).toMatchObject({
      stream: true,
      reasoning: { enabled: 'adaptive' },
      reasoningEffort: 'high',
      user: expect.stringContaining('session_id'),
      extra: { context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } },
    })
    expect(request.tools.map(({ name }) => name)).toEqual(['Bash', 'Read', 'Edit', 'Task'])
    expect(request.hostedTools).toHaveLength(1)
  })
})

describe('a request to count tokens', () => {
  it('needs no limit, and is otherwise one for an answer', () => {
    const counted = decodeCountTokens({ model: 'auto', messages: hello })
    expect(counted).toMatchObject({ kind: 'decoded', value: { model: 'auto' } })
    expect(decodeCountTokens({ model: 'auto' })).toMatchObject({
      kind: 'failed',
      failure: { param: 'messages' },
    })
    expect(encodeTokenCount(42)).toEqual({ input_tokens: 42 })
  })
})

describe('a fault', () => {
  it.each([
    [null, null, 'expected a JSON object, got null'],
    [{ model: 'auto', messages: hello }, 'max_tokens', 'max_tokens: missing; expected a whole number. Write'],
    [{ max_tokens: 5, messages: hello }, 'model', 'model: missing'],
    [{ ...least, messages: [] }, 'messages', 'messages: the list is empty'],
    [{ ...least, messages: 'Hi' }, 'messages', 'messages: expected a list of messages, got a string'],
  ])('in %j is at %s', (body, param, message) => {
    expect(fault(body)).toMatchObject({
      kind: 'rejected',
      param,
      message: expect.stringContaining(message),
    })
  })

  const user = (...content: unknown[]) => ({ role: 'user', content })
  const assistant = (...content: unknown[]) => ({ role: 'assistant', content })
  it.each([
    [7, 'messages[0]', 'expected an object, got a number'],
    [
      { role: 'tool', content: 'x' },
      'messages[0].role',
      'there is no role "tool". Use user, assistant or system',
    ],
    [{ content: 'x' }, 'messages[0].role', 'missing'],
    [{ role: 'user' }, 'messages[0].content', 'missing; expected a string or a list of blocks'],
    [user('x'), 'messages[0].content[0]', 'expected an object, got a string'],
    [user({ type: 'text' }), 'messages[0].content[0].text', 'missing'],
    [user({ text: 'x' }), 'messages[0].content[0].type', 'missing'],
    [
      user({ type: 'image_url' }),
      'messages[0].content[0].type',
      'no block of type "image_url" here. Use text, image',
    ],
    [user({ type: 'tool_use' }), 'messages[0].content[0].type', 'no block of type "tool_use"'],
    [user({ type: 'image' }), 'messages[0].content[0].source', 'missing'],
    [
      user({ type: 'image', source: { type: 'ftp' } }),
      'messages[0].content[0].source.type',
      'no source of type "ftp"',
    ],
    [user({ type: 'image', source: { type: 'url' } }), 'messages[0].content[0].source.url', 'missing'],
    [user({ type: 'document', source: {} }), 'messages[0].content[0].source.type', 'missing'],
    [
      user({ type: 'document', title: 1, source: { type: 'url', url: 'x' } }),
      'messages[0].content[0].title',
      'a string',
    ],
    [
      user({ type: 'tool_result' }),
      'messages[0].content[0].tool_use_id',
      'missing; expected a string. Repeat the id',
    ],
    [
      user({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'audio' }] }),
      'messages[0].content[0].content[0].type',
      'no block of type "audio"',
    ],
    [
      user({ type: 'text', text: 'x', cache_control: { ttl: '2h' } }),
      'messages[0].content[0].cache_control.ttl',
      'there is no time "2h". Write "5m" or "1h"',
    ],
    [
      assistant({ type: 'image' }),
      'messages[0].content[0].type',
      'Use text, thinking, redacted_thinking or tool_use',
    ],
    [assistant({ type: 'tool_result' }), 'messages[0].content[0].type', 'no block of type "tool_result"'],
    [
      assistant({ type: 'tool_use', id: 'a', name: 'f' }),
      'messages[0].content[0].input',
      'missing; expected an object',
    ],
    [
      assistant({ type: 'tool_use', id: 'a', name: 'f', input: '{}' }),
      'messages[0].content[0].input',
      "expected an object, got a string. Write the tool's input",
    ],
    [{ role: 'system', content: [{ type: 'image' }] }, 'messages[0].content[0].type', 'Use text'],
  ])('in the message %j', (message, param, expected) => {
    const found = faultOf({ messages: [message] })
    expect(found).toMatchObject({ param, message: expect.stringContaining(`${param}: `) })
    expect(found.message).toContain(expected)
  })

  it.each([
    ['max_tokens', 1.5, 'max_tokens: 1.5 is not a whole number of at least 0'],
    ['top_k', -1, 'top_k: -1 is not'],
    ['system', 7, 'system: expected a string or a list of blocks'],
    ['system', [{ type: 'image' }], 'system[0].type: there is no block of type "image" here. Use text.'],
    ['stop_sequences', 'END', 'stop_sequences: expected a list'],
    ['metadata', { user_id: 7 }, 'metadata.user_id: expected a string'],
    ['tools', [{ name: 'f' }], 'tools[0].input_schema: missing; expected a JSON Schema'],
    ['tools', [{ input_schema: {} }], 'tools[0].name: missing'],
    ['tools', [7], 'tools[0]: expected an object'],
    ['tool_choice', 'auto', 'tool_choice: expected an object'],
    ['tool_choice', { type: 'required' }, 'tool_choice.type: there is no choice "required". Write auto, any'],
    ['tool_choice', { type: 'tool' }, 'tool_choice.name: missing'],
    ['thinking', { type: 'enabled' }, 'thinking.budget_tokens: missing'],
    [
      'thinking',
      { type: 'enabled', budget_tokens: 5 },
      'thinking.budget_tokens: 5 is not a whole number of at least 1024',
    ],
    ['thinking', {}, 'thinking.type: missing'],
    ['output_config', { format: { type: 'xml' } }, 'output_config.format.type: there is no format "xml"'],
    ['output_config', { format: 'json' }, 'output_config.format: expected an object'],
    ['output_format', { type: 'json_schema' }, 'output_format.schema: missing'],
    ['fairlead', { teir: 'gold' }, 'fairlead.teir: there is no such option'],
  ])('in %s %j', (key, value, message) => {
    expect(faultOf({ [key]: value })).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(message),
    })
  })

  it('is nesting so deep that no code could walk it', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)
    expect(faultOf({ extra: deep }).message).toContain('256 levels')
  })
})
