import { describe, expect, it } from 'vitest'
import type { ClientRequest } from '../wire-format.ts'
import { decodeRequest } from './decode-request.ts'

const hello = [{ role: 'user', content: 'Hello' }]

function read(body: Record<string, unknown>): ClientRequest {
  const result = decodeRequest({ model: 'auto', messages: hello, ...body })
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

function fault(body: unknown) {
  const result = decodeRequest(body)
  if (result.kind === 'decoded') throw new Error('nothing was found at fault')
  return result.failure
}

const faultOf = (body: Record<string, unknown>) => fault({ model: 'auto', messages: hello, ...body })
const messages = (...list: unknown[]) => read({ messages: list }).request.messages

describe('messages', () => {
  it('have string or part content', () => {
    expect(
      messages(
        { role: 'system', content: 'Be brief.', name: 'boss' },
        { role: 'developer', content: [{ type: 'text', text: 'No jokes.', cache_control: {} }] },
        { role: 'user', content: '' },
      ),
    ).toEqual([
      { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }], name: 'boss' },
      { role: 'developer', content: [{ kind: 'text', text: 'No jokes.' }], name: null },
      { role: 'user', content: [], name: null },
    ])
  })

  it('have images, audio and files', () => {
    const [message] = messages({
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
        { type: 'image_url', image_url: 'https://example.org/a.png' },
        { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
      ],
    })
    expect(message?.content).toEqual([
      { kind: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
      { kind: 'image', url: 'https://example.org/a.png', detail: null },
      { kind: 'audio', base64: 'AA==', format: 'wav' },
      { kind: 'file', fileId: null, filename: 'a.pdf', base64: 'data:application/pdf;base64,AA==' },
    ])
  })

  it('have what an assistant said, thought, refused and called', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }
    const custom = { id: 'c2', type: 'custom', custom: { name: 'run', input: 'ls' } }
    expect(
      messages(
        { role: 'assistant', content: null, tool_calls: [call, custom] },
        { role: 'tool', tool_call_id: 'c1', content: '1' },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], reasoning_content: 'Hm' },
        {
          role: 'assistant',
          content: 'Yes',
          refusal: null,
          tool_calls: null,
          function_call: null,
          audio: null,
        },
      ).map(({ content }) => content),
    ).toEqual([
      [
        { kind: 'tool-call', id: 'c1', name: 'add', argumentsText: '{"a":1}' },
        { kind: 'tool-call', id: 'c2', name: 'run', argumentsText: 'ls' },
      ],
      [{ kind: 'text', text: '1' }],
      [
        { kind: 'reasoning', text: 'Hm' },
        { kind: 'refusal', text: 'No.' },
      ],
      [{ kind: 'text', text: 'Yes' }],
    ])
  })

  it('pair a legacy function call with its result', () => {
    const [call, result] = messages(
      { role: 'assistant', content: null, function_call: { name: 'add', arguments: '{}' } },
      { role: 'function', name: 'add', content: '3' },
    )
    expect(call?.content).toEqual([{ kind: 'tool-call', id: 'add', name: 'add', argumentsText: '{}' }])
    expect(result).toMatchObject({ role: 'tool', toolCallId: 'add' })
  })

  it('may hold half of a surrogate pair', () => {
    expect(messages(JSON.parse('{"role":"user","content":"\\ud83d"}'))[0]?.content).toEqual([
      { kind: 'text', text: '\ud83d' },
    ])
  })
})

describe('options', () => {
  it('are all read', () => {
    const schema = { type: 'object' }
    const { request } = read({
      tools: [
        {
          type: 'function',
          function: { name: 'add', description: 'Adds', parameters: schema, strict: true },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'add' } },
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'sum', schema, strict: true } },
      temperature: 0.5,
      top_p: 0.9,
      max_completion_tokens: 50,
      stop: 'END',
      seed: -1,
      frequency_penalty: 0.1,
      presence_penalty: -0.1,
      n: 2,
      reasoning_effort: 'low',
      logprobs: true,
      top_logprobs: 3,
      stream: true,
      user: 'u1',
    })
    expect(request).toEqual({
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }], name: null }],
      tools: [{ name: 'add', description: 'Adds', parameters: schema, strict: true }],
      toolChoice: { kind: 'named', name: 'add' },
      parallelToolCalls: false,
      responseFormat: { kind: 'json-schema', name: 'sum', description: null, schema, strict: true },
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        maxOutputTokens: 50,
        stop: ['END'],
        seed: -1,
        frequencyPenalty: 0.1,
        presencePenalty: -0.1,
        answers: 2,
      },
      reasoningEffort: 'low',
      topLogprobs: 3,
      stream: true,
      user: 'u1',
      from: 'openai-chat',
      extra: {},
    })
  })

  it('may all be null, which is as if they were absent', () => {
    const keys = [
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'response_format',
      'temperature',
      'top_p',
      'max_tokens',
      'max_completion_tokens',
      'stop',
      'seed',
      'frequency_penalty',
      'presence_penalty',
      'n',
      'reasoning_effort',
      'logprobs',
      'top_logprobs',
      'stream',
      'user',
      'models',
      'fallbacks',
      'fairlead',
      'functions',
      'function_call',
    ]
    expect(read(Object.fromEntries(keys.map((key) => [key, null])))).toEqual(read({}))
  })

  it.each([
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    ['any', { kind: 'required' }],
  ])('tool_choice %s', (word, expected) => {
    expect(read({ tool_choice: word }).request.toolChoice).toEqual(expected)
  })

  it('keep tools and choices that are no functions, as they are', () => {
    const custom = { type: 'custom', custom: { name: 'run' } }
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } }
    const { request } = read({ tools: [custom], tool_choice: choice })
    expect(request).toMatchObject({
      tools: [],
      toolChoice: null,
      extra: { tools: [custom], tool_choice: choice },
    })
  })

  it('read functions, the form of before tools', () => {
    const { request } = read({ functions: [{ name: 'add' }], function_call: { name: 'add' } })
    expect(request.tools).toEqual([{ name: 'add', description: null, parameters: null, strict: null }])
    expect(request.toolChoice).toEqual({ kind: 'named', name: 'add' })
  })

  it('take the limit of the answer by its newer name where both are given', () => {
    const limit = (body: object) => read({ ...body }).request.sampling.maxOutputTokens
    expect(limit({ max_tokens: 5 })).toBe(5)
    expect(limit({ max_tokens: 5, max_completion_tokens: 9 })).toBe(9)
  })

  it('that are unknown are kept, null and __proto__ too', () => {
    const body = JSON.parse('{"metadata":{"a":1},"store":null,"__proto__":{"stream":true}}')
    const { request } = read(body)
    expect(Object.keys(request.extra)).toEqual(['metadata', 'store', '__proto__'])
    expect(Object.getPrototypeOf(request.extra)).toBe(Object.prototype)
  })
})

describe("Fairlead's own fields", () => {
  it('become options', () => {
    const own = {
      session: 's',
      step: 'plan',
      user: 'u',
      tier: 'gold',
      tags: ['a'],
      maxCostUsd: 0.01,
      quality: 0.9,
    }
    const { options, request } = read({ models: ['b', 'auto', 'c'], fallbacks: ['c', 'd'], fairlead: own })
    expect(options).toEqual({ ...own, fallbacks: ['b', 'c', 'd'] })
    expect(request.extra).toEqual({})
  })

  it('name the model by the first of models where model is absent', () => {
    const result = decodeRequest({ models: ['a', 'b'], messages: hello })
    expect(result).toMatchObject({ value: { model: 'a', options: { fallbacks: ['b'] } } })
  })
})

describe('a fault', () => {
  it('is nesting so deep that no code could walk it', () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
    const deep = nested(100_000)
    const schema = { type: 'json_schema', json_schema: { name: 'deep', schema: deep } }
    const tools = [{ type: 'function', function: { name: 'deep', parameters: deep } }]
    for (const body of [{ response_format: schema }, { tools }, { extra: deep }])
      expect(faultOf(body)).toMatchObject({
        code: 'invalid_value',
        message: expect.stringContaining('256 levels'),
      })
    expect(read({ extra: nested(200) }).request.extra).toEqual({ extra: nested(200) })
  })

  it.each([
    [null, 'invalid_type', null, 'expected a JSON object, got null'],
    [[], 'invalid_type', null, 'expected a JSON object, got a list'],
    [
      { messages: hello },
      'missing_field',
      'model',
      'model: missing; expected a string. Name a policy such as "auto"',
    ],
    [{ model: 7, messages: hello }, 'invalid_type', 'model', 'model: expected a string, got a number'],
    [{ model: '', messages: hello }, 'invalid_value', 'model', 'model: the name is empty'],
    [{ model: 'auto' }, 'missing_field', 'messages', 'messages: missing; expected a list of messages'],
    [{ model: 'auto', messages: [] }, 'invalid_value', 'messages', 'messages: the list is empty'],
  ])('in %j is %s at %s', (body, code, param, message) => {
    expect(fault(body)).toMatchObject({
      kind: 'rejected',
      code,
      param,
      message: expect.stringContaining(message),
    })
  })

  it.each([
    [7, 'messages[0]', 'expected an object, got a number'],
    [{ content: 'x' }, 'messages[0].role', 'missing; expected a string'],
    [
      { role: 'bot', content: 'x' },
      'messages[0].role',
      'there is no role "bot". Use system, developer, user',
    ],
    [
      { role: 'user', content: 7 },
      'messages[0].content',
      'expected a string or a list of parts, got a number. Write',
    ],
    [{ role: 'user' }, 'messages[0].content', 'missing; expected a string or a list of parts'],
    [{ role: 'user', content: null }, 'messages[0].content', 'got null'],
    [{ role: 'user', content: ['x'] }, 'messages[0].content[0]', 'expected an object, got a string'],
    [{ role: 'user', content: [{ type: 'text' }] }, 'messages[0].content[0].text', 'missing'],
    [{ role: 'user', content: [{ text: 'x' }] }, 'messages[0].content[0].type', 'missing'],
    [
      { role: 'user', content: [{ type: 'video_url' }] },
      'messages[0].content[0].type',
      'no part of type "video_url"',
    ],
    [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 1 } }] },
      'messages[0].content[0].image_url.url',
      'got a number',
    ],
    [{ role: 'user', content: [{ type: 'input_audio' }] }, 'messages[0].content[0].input_audio', 'missing'],
    [{ role: 'user', content: [{ type: 'file', file: 'f' }] }, 'messages[0].content[0].file', 'got a string'],
    [{ role: 'tool', content: 'x' }, 'messages[0].tool_call_id', 'missing; expected a string. Repeat the id'],
    [
      { role: 'assistant', content: [{ type: 'image_url' }] },
      'messages[0].content[0].type',
      'Use text or refusal',
    ],
    [{ role: 'assistant', tool_calls: {} }, 'messages[0].tool_calls', 'expected a list, got an object'],
    [{ role: 'assistant', tool_calls: [{ id: 'a' }] }, 'messages[0].tool_calls[0].function', 'missing'],
    [
      { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: {} } }] },
      'messages[0].tool_calls[0].function.arguments',
      'Write the arguments as JSON text',
    ],
    [{ role: 'function', content: 'x' }, 'messages[0].name', 'missing'],
  ])('in the message %j', (message, param, expected) => {
    expect(faultOf({ messages: [message] })).toMatchObject({
      param,
      message: expect.stringContaining(`${param}: `),
    })
    expect(faultOf({ messages: [message] }).message).toContain(expected)
  })

  it.each([
    ['temperature', 'hot', 'temperature: expected a number, got a string. Write it without quotes'],
    ['temperature', Number.POSITIVE_INFINITY, 'temperature: the number is too large'],
    ['max_tokens', 1.5, 'max_tokens: 1.5 is not a whole number of at least 1'],
    ['max_completion_tokens', 0, 'max_completion_tokens: 0 is not a whole number of at least 1'],
    ['n', 0, 'n: 0 is not'],
    ['seed', 1.5, 'seed: 1.5 is not a whole number.'],
    ['stop', 7, 'stop: expected a string or a list of strings, got a number'],
    ['stop', [7], 'stop[0]: expected a string, got a number'],
    ['stream', 'true', 'stream: expected true or false, got a string'],
    ['user', 7, 'user: expected a string, got a number'],
    ['tools', {}, 'tools: expected a list, got an object'],
    ['tools', [1], 'tools[0]: expected an object, got a number'],
    ['tools', [{ function: { name: 'f' } }], 'tools[0].type: missing'],
    ['tools', [{ type: 'function' }], 'tools[0].function: missing'],
    ['tools', [{ type: 'function', function: {} }], 'tools[0].function.name: missing'],
    [
      'tools',
      [{ type: 'function', function: { name: 'f', parameters: [] } }],
      'tools[0].function.parameters: expected an object, got a list',
    ],
    ['functions', ['f'], 'functions[0]: expected an object'],
    ['tool_choice', 'maybe', 'tool_choice: there is no choice "maybe"'],
    ['tool_choice', 7, 'tool_choice: expected a string or an object'],
    ['tool_choice', { type: 'function' }, 'tool_choice.function: missing'],
    ['response_format', 'json', 'response_format: expected an object, got a string'],
    ['response_format', {}, 'response_format.type: missing'],
    ['response_format', { type: 'xml' }, 'response_format.type: there is no format "xml". Use text'],
    ['response_format', { type: 'json_schema' }, 'response_format.json_schema: missing'],
    [
      'response_format',
      { type: 'json_schema', json_schema: {} },
      'response_format.json_schema.name: missing',
    ],
    ['top_logprobs', 2, 'top_logprobs: needs logprobs. Write "logprobs": true'],
    ['logprobs', 2, 'logprobs: expected true or false'],
    ['stream_options', 'usage', 'stream_options: expected an object'],
    ['models', 'gpt', 'models: expected a list, got a string'],
    ['fallbacks', [{ model: 'x' }], 'fallbacks[0]: expected a string, got an object'],
    ['fairlead', 'gold', 'fairlead: expected an object'],
    ['fairlead', { teir: 'gold' }, 'fairlead.teir: there is no such option. Use session, episode, step'],
    ['fairlead', { quality: 95 }, 'fairlead.quality: 95 is above 1. Write a share, such as 0.95.'],
    ['fairlead', { maxCostUsd: -1 }, 'fairlead.maxCostUsd: -1 is below 0'],
    ['fairlead', { tags: 'a' }, 'fairlead.tags: expected a list'],
  ])('in %s %j', (key, value, message) => {
    expect(faultOf({ [key]: value })).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(message),
    })
  })

  it('comes with all the others, the first one giving code and param', () => {
    const { message, code, param } = faultOf({ temperature: 'hot', messages: [{ role: 'bot' }], stream: 1 })
    expect(message.split('\n')).toHaveLength(3)
    expect([code, param]).toEqual(['unknown_role', 'messages[0].role'])
  })

  it('that comes a thousand times is told a few times', () => {
    const { message } = faultOf({ messages: Array.from({ length: 1000 }, () => 7) })
    expect(message.split('\n')).toHaveLength(9)
    expect(message).toContain('and 992 more')
  })

  it('quotes no more of a long value than is needed', () => {
    expect(faultOf({ messages: [{ role: 'x'.repeat(5000) }] }).message.length).toBeLessThan(200)
  })
})
