/** What clients of each format may write, a feature at a time: the body is the plainest request with these fields. */

import type { WireFormatName } from '../../src/domain/vendor.ts'

export type Feature = { readonly name: string; readonly body: object }

const data = 'iVBORw0KGgo='
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const user = (content: unknown) => ({ role: 'user', content })

const chatTool = { type: 'function', function: { name: 'look', parameters: schema } }
const chatCall = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"city":"Oslo"}' } }

const chat: readonly Feature[] = [
  { name: 'system message', body: { messages: [{ role: 'system', content: 'Be brief.' }, user('hi')] } },
  {
    name: 'system message in mid-conversation',
    body: {
      messages: [
        user('hi'),
        { role: 'assistant', content: 'yes' },
        { role: 'system', content: 'Now.' },
        user('go'),
      ],
    },
  },
  { name: 'name of a message', body: { messages: [{ ...user('hi'), name: 'ada' }] } },
  {
    name: 'image by URL',
    body: { messages: [user([{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }])] },
  },
  {
    name: 'image as data',
    body: { messages: [user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }])] },
  },
  {
    name: 'detail of an image',
    body: {
      messages: [
        user([{ type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } }]),
      ],
    },
  },
  {
    name: 'audio',
    body: { messages: [user([{ type: 'input_audio', input_audio: { data, format: 'wav' } }])] },
  },
  {
    name: 'file as data',
    body: {
      messages: [
        user([
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` } },
        ]),
      ],
    },
  },
  { name: 'file by its id', body: { messages: [user([{ type: 'file', file: { file_id: 'file-1' } }])] } },
  { name: 'functions', body: { tools: [chatTool] } },
  { name: 'tool_choice: required', body: { tools: [chatTool], tool_choice: 'required' } },
  {
    name: 'tool_choice of one function',
    body: { tools: [chatTool], tool_choice: { type: 'function', function: { name: 'look' } } },
  },
  { name: 'parallel_tool_calls: false', body: { tools: [chatTool], parallel_tool_calls: false } },
  {
    name: 'calls and results of functions',
    body: {
      tools: [chatTool],
      messages: [
        user('hi'),
        { role: 'assistant', content: null, tool_calls: [chatCall] },
        { role: 'tool', tool_call_id: 'c1', content: 'Sunny' },
      ],
    },
  },
  { name: 'response_format: json_object', body: { response_format: { type: 'json_object' } } },
  {
    name: 'response_format: json_schema',
    body: { response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } } },
  },
  { name: 'max_completion_tokens', body: { max_completion_tokens: 100 } },
  { name: 'temperature, top_p', body: { temperature: 0.5, top_p: 0.9 } },
  { name: 'stop', body: { stop: ['END'] } },
  { name: 'seed', body: { seed: 7 } },
  { name: 'frequency_penalty, presence_penalty', body: { frequency_penalty: 0.5, presence_penalty: 0.5 } },
  { name: 'n: 2', body: { n: 2 } },
  { name: 'logprobs', body: { logprobs: true, top_logprobs: 2 } },
  { name: 'reasoning_effort', body: { reasoning_effort: 'low' } },
  { name: 'user', body: { user: 'ada' } },
  { name: 'metadata', body: { metadata: { team: 'a' } } },
  { name: 'prompt_cache_key', body: { prompt_cache_key: 'k' } },
  { name: 'service_tier', body: { service_tier: 'flex' } },
  { name: 'logit_bias', body: { logit_bias: { '50256': -100 } } },
]

const claudeTool = { name: 'look', input_schema: schema }
const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { city: 'Oslo' } }
const signature = 'c2lnbmVkIGJ5IHRoZSB2ZW5kb3IgdGhhdCBtYWRlIGl0'

const messages: readonly Feature[] = [
  { name: 'system', body: { system: 'Be brief.' } },
  {
    name: 'cache_control',
    body: { system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] },
  },
  {
    name: 'image by URL',
    body: {
      messages: [user([{ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }])],
    },
  },
  {
    name: 'image as data',
    body: {
      messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }])],
    },
  },
  {
    name: 'document as data',
    body: {
      messages: [
        user([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }]),
      ],
    },
  },
  {
    name: 'document by URL',
    body: {
      messages: [user([{ type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } }])],
    },
  },
  { name: 'tools', body: { tools: [claudeTool] } },
  { name: 'tool_choice: any', body: { tools: [claudeTool], tool_choice: { type: 'any' } } },
  {
    name: 'tool_choice of one tool',
    body: { tools: [claudeTool], tool_choice: { type: 'tool', name: 'look' } },
  },
  {
    name: 'disable_parallel_tool_use',
    body: { tools: [claudeTool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  },
  {
    name: 'tool_use and tool_result',
    body: {
      tools: [claudeTool],
      messages: [
        user('hi'),
        { role: 'assistant', content: [use] },
        user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'Sunny' }]),
      ],
    },
  },
  {
    name: 'tool_result with is_error',
    body: {
      tools: [claudeTool],
      messages: [
        user('hi'),
        { role: 'assistant', content: [use] },
        user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'No.', is_error: true }]),
      ],
    },
  },
  {
    name: 'hosted tools (web search)',
    body: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  },
  {
    name: 'signed thinking of earlier turns',
    body: {
      messages: [
        user('hi'),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature },
            { type: 'text', text: 'Yes.' },
          ],
        },
        user('go'),
      ],
    },
  },
  {
    name: 'an answer begun for the model (prefill)',
    body: { messages: [user('hi'), { role: 'assistant', content: 'Well' }] },
  },
  {
    name: 'thinking with budget_tokens',
    body: { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 } },
  },
  {
    name: 'thinking: adaptive, with effort',
    body: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
  },
  { name: 'output_config.format', body: { output_config: { format: { type: 'json_schema', schema } } } },
  { name: 'temperature, top_p', body: { temperature: 0.5, top_p: 0.9 } },
  { name: 'top_k', body: { top_k: 5 } },
  { name: 'stop_sequences', body: { stop_sequences: ['END'] } },
  { name: 'metadata.user_id', body: { metadata: { user_id: 'ada' } } },
  { name: 'service_tier', body: { service_tier: 'auto' } },
]

const flatTool = { type: 'function', name: 'look', parameters: schema, strict: true }
const call = { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"city":"Oslo"}' }

const responses: readonly Feature[] = [
  { name: 'instructions', body: { instructions: 'Be brief.' } },
  {
    name: 'image by URL',
    body: {
      input: [user([{ type: 'input_image', image_url: 'https://example.org/a.png', detail: 'auto' }])],
    },
  },
  {
    name: 'image as data',
    body: {
      input: [user([{ type: 'input_image', image_url: `data:image/png;base64,${data}`, detail: 'auto' }])],
    },
  },
  {
    name: 'file as data',
    body: {
      input: [
        user([{ type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` }]),
      ],
    },
  },
  {
    name: 'file by URL',
    body: { input: [user([{ type: 'input_file', file_url: 'https://example.org/a.pdf' }])] },
  },
  {
    name: 'file or image by its id',
    body: { input: [user([{ type: 'input_image', file_id: 'file-1', detail: 'auto' }])] },
  },
  { name: 'functions', body: { tools: [flatTool] } },
  {
    name: 'tool_choice of one function',
    body: { tools: [flatTool], tool_choice: { type: 'function', name: 'look' } },
  },
  { name: 'parallel_tool_calls: false', body: { tools: [flatTool], parallel_tool_calls: false } },
  {
    name: 'calls and results of functions',
    body: {
      tools: [flatTool],
      input: [user('hi'), call, { type: 'function_call_output', call_id: 'c1', output: 'Sunny' }],
    },
  },
  { name: 'custom (freeform) tools', body: { tools: [{ type: 'custom', name: 'patch' }] } },
  { name: 'hosted tools (web search)', body: { tools: [{ type: 'web_search' }] } },
  {
    name: 'encrypted reasoning of earlier turns',
    body: {
      input: [
        user('hi'),
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: signature },
        {
          type: 'message',
          role: 'assistant',
          id: 'msg_1',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Yes.', annotations: [] }],
        },
        user('go'),
      ],
    },
  },
  {
    name: 'text.format: json_schema',
    body: { text: { format: { type: 'json_schema', name: 'place', schema, strict: true } } },
  },
  { name: 'text.format: json_object', body: { text: { format: { type: 'json_object' } } } },
  { name: 'text.verbosity', body: { text: { verbosity: 'low' } } },
  { name: 'reasoning.effort', body: { reasoning: { effort: 'low' } } },
  { name: 'reasoning.summary', body: { reasoning: { effort: 'low', summary: 'auto' } } },
  { name: 'max_output_tokens', body: { max_output_tokens: 100 } },
  { name: 'temperature, top_p', body: { temperature: 0.5, top_p: 0.9 } },
  { name: 'include, truncation', body: { include: ['reasoning.encrypted_content'], truncation: 'auto' } },
  { name: 'metadata', body: { metadata: { team: 'a' } } },
  { name: 'prompt_cache_key', body: { prompt_cache_key: 'k' } },
  { name: 'service_tier', body: { service_tier: 'flex' } },
]

export const plainest: Readonly<Record<WireFormatName, object>> = {
  'openai-chat': { model: 'auto', messages: [user('hi')] },
  'anthropic-messages': { model: 'auto', max_tokens: 100, messages: [user('hi')] },
  'openai-responses': { model: 'auto', input: 'hi' },
}

export const features: Readonly<Record<WireFormatName, readonly Feature[]>> = {
  'openai-chat': chat,
  'anthropic-messages': messages,
  'openai-responses': responses,
}
