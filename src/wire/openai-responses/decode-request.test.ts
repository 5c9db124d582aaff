import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ClientRequest } from '../wire-format.ts'
import { decodeRequest } from './decode-request.ts'

function read(body: Record<string, unknown>): ClientRequest {
  const result = decodeRequest({ model: 'auto', input: 'Hello', ...body })
  if (result.kind === 'failed') throw new Error(result.failure.message)
  return result.value
}

function fault(body: unknown) {
  const result = decodeRequest(body)
  if (result.kind === 'decoded') throw new Error('nothing was found at fault')
  return result.failure
}

const faultOf = (body: Record<string, unknown>) => fault({ model: 'auto', input: 'Hello', ...body })
const messages = (...input: unknown[]) => read({ input }).request.messages
const inputFault = (...input: unknown[]) => faultOf({ input })

const text = (value: string) => [{ kind: 'text', text: value }]
const call = { type: 'function_call', call_id: 'c1', name: 'add', arguments: '{"a":1}' }
const result = { type: 'function_call_output', call_id: 'c1', output: '1' }

describe('the input', () => {
  it('may be a prompt, with instructions before it', () => {
    expect(read({ input: 'Hello', instructions: 'Be brief.' }).request.messages).toEqual([
      { role: 'system', content: text('Be brief.'), name: null },
      { role: 'user', content: text('Hello'), name: null },
    ])
    expect(read({ instructions: null }).request.messages).toHaveLength(1)
    expect(read({ instructions: '' }).request.messages).toHaveLength(1)
  })

  it('has messages with and without a type, with a text or parts', () => {
    expect(
      messages(
        { role: 'system', content: 'Be brief.' },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'No jokes.' }] },
        { role: 'user', content: '' },
      ),
    ).toEqual([
      { role: 'system', content: text('Be brief.'), name: null },
      { role: 'developer', content: text('No jokes.'), name: null },
      { role: 'user', content: [], name: null },
    ])
  })

  it('has images, files and audio', () => {
    const [message] = messages({
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' },
        { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'auto' },
        { type: 'input_image', file_id: 'file-1', image_url: null },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
        { type: 'input_file', file_url: 'https://example.org/a.pdf' },
        { type: 'input_file', file_id: 'file-2' },
        { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
      ],
    })
    expect(message?.content).toEqual([
      { kind: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
      { kind: 'image', url: 'https://example.org/a.png', detail: null },
      { kind: 'image', url: '', detail: null, fileId: 'file-1' },
      { kind: 'file', fileId: null, filename: 'a.pdf', base64: 'data:application/pdf;base64,AA==' },
      { kind: 'file', fileId: null, filename: null, base64: null, url: 'https://example.org/a.pdf' },
      { kind: 'file', fileId: 'file-2', filename: null, base64: null },
      { kind: 'audio', base64: 'AA==', format: 'wav' },
    ])
  })

  it('is one message for what an assistant did in a row', () => {
    const reasoning = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'First' },
        { type: 'summary_text', text: 'Second' },
      ],
      encrypted_content: 'secret',
    }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const annotations = [{ type: 'url_citation', url: 'https://example.org', start_index: 0, end_index: 2 }]
    expect(
      messages(
        reasoning,
        search,
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [
            { type: 'output_text', text: 'Yes', annotations },
            { type: 'refusal', refusal: 'But no' },
          ],
        },
        call,
        result,
        { role: 'assistant', content: 'One' },
      ),
    ).toEqual([
      {
        role: 'assistant',
        name: null,
        content: [
          {
            kind: 'reasoning',
            text: 'First\n\nSecond',
            sealed: { format: 'openai-responses', data: 'secret', id: 'rs_1', redacted: false },
          },
          { kind: 'opaque', format: 'openai-responses', value: search },
          { kind: 'text', text: 'Yes', own: { format: 'openai-responses', fields: { annotations } } },
          { kind: 'refusal', text: 'But no' },
          { kind: 'tool-call', id: 'c1', name: 'add', argumentsText: '{"a":1}' },
        ],
      },
      { role: 'tool', toolCallId: 'c1', content: text('1') },
      { role: 'assistant', name: null, content: text('One') },
    ])
  })

  it('has reasoning that only the vendor has, and reasoning that Fairlead wrote', () => {
    const content = messages(
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'reasoning', id: 'rs_fairlead_d1_0', summary: [], content: [{ text: 'Hm' }] },
    ).flatMap((message): unknown[] => [...message.content])
    expect(content).toEqual([
      {
        kind: 'reasoning',
        text: '',
        sealed: { format: 'openai-responses', data: '', id: 'rs_1', redacted: true },
      },
      { kind: 'reasoning', text: 'Hm' },
    ])
  })

  it('has results of text and of parts', () => {
    const parts = [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }]
    const [, first] = messages(call, { ...result, output: parts })
    expect(first).toEqual({
      role: 'tool',
      toolCallId: 'c1',
      content: [{ kind: 'image', url: 'data:image/png;base64,AA==', detail: null }],
    })
    expect(messages(call, { ...result, output: '' })[1]?.content).toEqual([])
  })

  it('has calls of freeform tools as calls with one argument', () => {
    expect(
      messages(
        { type: 'custom_tool_call', call_id: 'c1', name: 'patch', input: 'a\n"b"' },
        { type: 'custom_tool_call_output', call_id: 'c1', output: 'Done' },
      ),
    ).toEqual([
      {
        role: 'assistant',
        name: null,
        content: [
          {
            kind: 'tool-call',
            id: 'c1',
            name: 'patch',
            argumentsText: '{"input":"a\\n\\"b\\""}',
            freeform: true,
          },
        ],
      },
      { role: 'tool', toolCallId: 'c1', content: text('Done') },
    ])
  })

  it.each([
    'file_search_call',
    'computer_call',
    'computer_call_output',
    'code_interpreter_call',
    'image_generation_call',
    'local_shell_call',
    'local_shell_call_output',
    'shell_call_output',
    'apply_patch_call',
    'mcp_call',
    'mcp_list_tools',
    'mcp_approval_request',
    'mcp_approval_response',
    'compaction',
    'item_reference',
    'hologram_call',
  ])('keeps an item of a hosted tool as it is: %s', (type) => {
    const item = { type, id: 'x_1', anything: [1] }
    expect(messages(item)[0]?.content).toEqual([{ kind: 'opaque', format: 'openai-responses', value: item }])
  })

  it('knows a reference without a type', () => {
    expect(messages({ id: 'msg_1' })[0]?.content).toEqual([
      { kind: 'opaque', format: 'openai-responses', value: { id: 'msg_1' } },
    ])
  })

  it.each(['prompt', 'conversation', 'previous_response_id'])('may be missing beside %s', (field) => {
    const { request } = read({ input: null, [field]: { id: 'x' } })
    expect(request.messages).toEqual([])
    expect(request.extra).toEqual({ [field]: { id: 'x' } })
  })

  it('may answer a call that the vendor has stored', () => {
    expect(read({ input: [result], previous_response_id: 'resp_1' }).request.messages).toHaveLength(1)
    expect(read({ input: [result], conversation: 'conv_1' }).request.messages).toHaveLength(1)
    expect(messages({ type: 'item_reference', id: 'fc_1' }, result)).toHaveLength(2)
  })
})

describe('an input at fault', () => {
  it.each([
    ['nothing', [{}], 'input', 'missing'],
    ['a number', [{ input: 1 }], 'input', 'expected a string or a list of items, got a number'],
    ['nothing in it', [{ input: [] }], 'input', 'the list is empty'],
  ])('is %s', (_, [body], param, says) => {
    const failure = fault({ model: 'auto', ...body })
    expect(failure).toMatchObject({ kind: 'rejected', param })
    expect(failure.message).toContain(says)
  })

  it.each<[string, unknown[], string, string]>([
    ['no object', ['Hello'], 'input[0]', 'expected an object'],
    ['an unknown item', [{ type: 'telegram' }], 'input[0].type', 'there is no item of type "telegram"'],
    ['a type that is no text', [{ type: 1 }], 'input[0].type', 'expected a string'],
    ['a tool as a role', [{ role: 'tool', content: 'x' }], 'input[0].role', 'function_call_output item'],
    ['no role', [{ type: 'message', content: 'x' }], 'input[0].role', 'missing'],
    ['no content', [{ role: 'user' }], 'input[0].content', 'missing'],
    [
      "another side's text",
      [{ role: 'user', content: [{ type: 'output_text', text: 'x' }] }],
      'input[0].content[0].type',
      'Use input_text',
    ],
    [
      "Chat Completions' text",
      [{ role: 'assistant', content: [{ type: 'text', text: 'x' }] }],
      'input[0].content[0].type',
      'Use output_text or refusal',
    ],
    [
      'an image from nowhere',
      [{ role: 'user', content: [{ type: 'input_image' }] }],
      'input[0].content[0].image_url',
      'https: or data: URL',
    ],
    [
      'a file from nowhere',
      [{ role: 'user', content: [{ type: 'input_file', filename: 'a' }] }],
      'input[0].content[0]',
      'file_data',
    ],
    ['a call without an id', [{ ...call, call_id: undefined }], 'input[0].call_id', 'missing'],
    ['a call without a name', [{ ...call, name: 1 }], 'input[0].name', 'Name the tool'],
    [
      'arguments that are no text',
      [{ ...call, arguments: {} }],
      'input[0].arguments',
      'JSON text, in quotes',
    ],
    ['a result without an id', [call, { ...result, call_id: null }], 'input[1].call_id', 'missing'],
    ['a result without output', [call, { ...result, output: undefined }], 'input[1].output', 'missing'],
    ['a result without its call', [result], 'input[0].call_id', 'no call before it has the id "c1"'],
    ['a result before its call', [result, call], 'input[0].call_id', 'no call before it'],
    ['two calls with one id', [call, call], 'input[1].call_id', 'another call has the id "c1" already'],
    ['two results of one call', [call, result, result], 'input[2].call_id', 'has a result already'],
    [
      'half a character',
      [{ role: 'user', content: 'cut \ud83d' }],
      'input[0].content',
      'half of a surrogate pair',
    ],
  ])('has %s', (_, input, param, says) => {
    const failure = inputFault(...input)
    expect(failure).toMatchObject({ kind: 'rejected', param })
    expect(failure.message).toContain(says)
  })

  it('has half a character anywhere', () => {
    expect(faultOf({ instructions: 'x\udc00y' })).toMatchObject({ param: 'instructions' })
    expect(faultOf({ metadata: { key: ['\udc00'] } })).toMatchObject({ param: 'metadata.key[0]' })
    expect(fault({ model: 'auto', input: 'x', '\udc00': 1 }).message).toContain('The body: a text holds half')
    expect(read({ input: '\ud83d\ude00' }).request.messages[0]?.content).toEqual(text('\u{1f600}'))
  })

  it('has several faults, told at once', () => {
    const { message } = faultOf({ input: [{ role: 'boss' }, { type: 'x' }], temperature: 'hot' })
    expect(message.split('\n')).toHaveLength(3)
  })
})

describe('tools', () => {
  const parameters = { type: 'object', properties: {} }

  it('are functions, freeform and hosted', () => {
    const search = { type: 'web_search', search_context_size: 'low' }
    const { request } = read({
      tools: [
        { type: 'function', name: 'add', description: 'Adds', parameters, strict: true },
        {
          type: 'custom',
          name: 'patch',
          format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
        },
        search,
      ],
    })
    expect(request.tools[0]).toEqual({ name: 'add', description: 'Adds', parameters, strict: true })
    expect(request.tools[1]).toMatchObject({
      name: 'patch',
      parameters: { required: ['input'] },
      freeform: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
    })
    expect(JSON.stringify(request.tools[1]?.parameters)).toContain('lark grammar:\\nstart:')
    expect(request.hostedTools).toEqual([
      { format: 'openai-responses', type: 'web_search', definition: search },
    ])
  })

  it.each([
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    [
      { type: 'function', name: 'add' },
      { kind: 'named', name: 'add' },
    ],
    [
      { type: 'custom', name: 'patch' },
      { kind: 'named', name: 'patch' },
    ],
  ])('are chosen by %j', (tool_choice, choice) => {
    const { request } = read({ tool_choice })
    expect(request.toolChoice).toEqual(choice)
    expect(request.extra).toEqual({})
  })

  it.each([
    { type: 'web_search_preview' },
    { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'add' }] },
    { type: 'mcp', server_label: 'x' },
  ])('may be chosen in ways that only the vendor knows: $type', (tool_choice) => {
    expect(read({ tool_choice }).request).toMatchObject({ toolChoice: null, extra: { tool_choice } })
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a text', { tools: ['add'] }, 'tools[0]', 'expected an object'],
    ['without a type', { tools: [{ name: 'add' }] }, 'tools[0].type', 'missing'],
    [
      'in the shape of Chat Completions',
      { tools: [{ type: 'function', function: { name: 'add' } }] },
      'tools[0].name',
      'out of "function"',
    ],
    ['chosen by an unknown word', { tool_choice: 'any' }, 'tool_choice', 'Write auto, none or required'],
    ['chosen by a number', { tool_choice: 1 }, 'tool_choice', 'expected a string or an object'],
    ['chosen without a name', { tool_choice: { type: 'function' } }, 'tool_choice.name', 'missing'],
  ])('are at fault: %s', (_, body, param, says) => {
    const failure = faultOf(body)
    expect(failure).toMatchObject({ kind: 'rejected', param })
    expect(failure.message).toContain(says)
  })
})

describe('what else is asked', () => {
  it('is read, and the rest kept for a vendor of the format', () => {
    const { request, usageWanted } = read({
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      parallel_tool_calls: false,
      stream: true,
      stream_options: { include_obfuscation: false },
      user: 'ada',
      reasoning: { effort: 'low', summary: 'auto', context: 'x' },
      text: { verbosity: 'low', format: { type: 'json_object' } },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      top_logprobs: 3,
      store: false,
      service_tier: 'flex',
      truncation: 'auto',
      max_tool_calls: 4,
      metadata: { a: 'b' },
      safety_identifier: 's',
      prompt_cache_key: 'k',
    })
    expect(usageWanted).toBe(true)
    expect(request).toMatchObject({
      from: 'openai-responses',
      sampling: { maxOutputTokens: 100, temperature: 0.5, topP: 0.9 },
      parallelToolCalls: false,
      stream: true,
      user: 'ada',
      reasoningEffort: 'low',
      reasoning: { enabled: true, summary: 'auto' },
      responseFormat: { kind: 'json' },
      topLogprobs: 3,
    })
    expect(request.extra).toEqual({
      stream_options: { include_obfuscation: false },
      reasoning: { context: 'x' },
      text: { verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      store: false,
      service_tier: 'flex',
      truncation: 'auto',
      max_tool_calls: 4,
      metadata: { a: 'b' },
      safety_identifier: 's',
      prompt_cache_key: 'k',
    })
  })

  it('may be a format of the answer', () => {
    const schema = { type: 'object' }
    const format = { type: 'json_schema', name: 'sum', schema, strict: true }
    expect(read({ text: { format } }).request.responseFormat).toEqual({
      kind: 'json-schema',
      name: 'sum',
      description: null,
      schema,
      strict: true,
    })
    expect(read({ text: { format: { type: 'text' } } }).request.responseFormat).toEqual({ kind: 'text' })
    expect(faultOf({ text: { format: { type: 'xml' } } })).toMatchObject({ param: 'text.format.type' })
    expect(faultOf({ text: { format: {} } })).toMatchObject({ param: 'text.format.type' })
  })

  it('may be the older name of a summary, and logprobs by either field', () => {
    expect(read({ reasoning: { generate_summary: 'concise' } }).request.reasoning).toEqual({
      enabled: true,
      summary: 'concise',
    })
    expect(read({ reasoning: { effort: 'none', summary: 'auto' } }).request.reasoning?.enabled).toBe(false)
    expect(read({ reasoning: { effort: 'high' } }).request.reasoning).toBeUndefined()
    expect(read({ include: ['message.output_text.logprobs'] }).request.topLogprobs).toBe(0)
    expect(read({ top_logprobs: 2 }).request.topLogprobs).toBe(2)
    expect(read({}).request.topLogprobs).toBeNull()
  })

  it('may not be an answer in the background', () => {
    expect(faultOf({ background: true })).toMatchObject({ param: 'background' })
    expect(read({ background: false }).request.stream).toBe(false)
  })

  it.each([
    [1, ''],
    [{ input: 'x' }, 'model'],
    [{ model: 'auto', input: 'x', include: [1] }, 'include[0]'],
    [{ model: 'auto', input: 'x', text: 'low' }, 'text'],
    [{ model: 'auto', input: 'x', reasoning: 'low' }, 'reasoning'],
    [{ model: 'auto', input: 'x', max_output_tokens: 0 }, 'max_output_tokens'],
    [{ model: 'auto', input: 'x', stream: 'yes' }, 'stream'],
    [{ model: 'auto', input: 'x', instructions: ['x'] }, 'instructions'],
  ])('is at fault: %j', (body, param) => {
    expect(fault(body).param ?? '').toBe(param)
  })

  it('may not be nested without end', () => {
    let deep: unknown = 1
    for (let level = 0; level < 300; level++) deep = [deep]
    expect(faultOf({ metadata: { deep } }).message).toContain('levels deep')
  })
})

it("the request of a coding agent keeps its turns, tools and vendor's fields", () => {
  const body = JSON.parse(readFileSync(new URL('./__fixtures__/codex-request.json', import.meta.url), 'utf8'))
  const { request } = read(body)
  expect(request.messages.map(({ role }) => role)).toEqual([
    'system',
    'developer',
    'user',
    'user',
    'assistant',
    'tool',
    'assistant',
    'tool',
  ])
  expect(request.messages[4]?.content.map(({ kind }) => kind)).toEqual(['reasoning', 'text', 'tool-call'])
  expect(request.messages[6]?.content.map(({ kind }) => kind)).toEqual(['opaque', 'opaque', 'tool-call'])
  expect(request.tools.map(({ name }) => name)).toEqual(['exec_command', 'apply_patch'])
  expect(request.hostedTools?.map(({ type }) => type)).toEqual(['local_shell', 'web_search'])
  expect(Object.keys(request.extra).sort()).toEqual(['include', 'prompt_cache_key', 'store', 'text'])
})
