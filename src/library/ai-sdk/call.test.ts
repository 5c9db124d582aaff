import type {
  LanguageModelV3CallOptions,
  LanguageModelV3Prompt,
  LanguageModelV3ToolResultOutput,
} from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { decodeCall, routingOf } from './call.ts'

const call = (options: Partial<LanguageModelV3CallOptions>, own = {}) =>
  decodeCall({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }], ...options }, own, false)

const messages = (...prompt: LanguageModelV3Prompt) => call({ prompt }).request.messages

describe('a prompt', () => {
  test('has text, images where they are or as bytes, sounds and files', () => {
    const [message] = messages({
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'file', mediaType: 'image/*', data: new URL('https://example.com/a.png') },
        { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2, 3]) },
        { type: 'file', mediaType: 'image/png', data: 'AQID' },
        { type: 'file', mediaType: 'audio/mpeg', data: 'AQID' },
        { type: 'file', mediaType: 'application/pdf', data: 'AQID', filename: 'a.pdf' },
        { type: 'file', mediaType: 'application/pdf', data: 'AQID' },
        { type: 'file', mediaType: 'text/plain', data: Buffer.from('notes').toString('base64') },
      ],
    })
    const bytes = { kind: 'image', url: 'data:image/png;base64,AQID', detail: null }
    const pdf = { kind: 'file', fileId: null, base64: 'data:application/pdf;base64,AQID' }
    expect(message!.content).toEqual([
      { kind: 'text', text: 'Look:' },
      { kind: 'image', url: 'https://example.com/a.png', detail: null },
      bytes,
      bytes,
      { kind: 'audio', base64: 'AQID', format: 'mp3' },
      { ...pdf, filename: 'a.pdf' },
      { ...pdf, filename: 'file.pdf' },
      { kind: 'text', text: 'notes' },
    ])
  })

  test('has no file by its URL: the SDK fetches those', () => {
    const data = new URL('https://example.com/a.pdf')
    const file = { type: 'file' as const, mediaType: 'application/pdf', data }
    expect(() => messages({ role: 'user', content: [file] })).toThrow(
      'a file of type application/pdf by its URL is not supported. Pass its bytes, or base64 text.',
    )
  })

  test('goes on from thoughts with their seals, and from calls of tools', () => {
    const sealed = { format: 'anthropic-messages', data: 'c2ln', id: null, redacted: false }
    const [message] = messages({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', providerOptions: { fairlead: { sealed } } },
        { type: 'reasoning', text: '' },
        { type: 'text', text: 'I look it up.' },
        { type: 'tool-call', toolCallId: 'c1', toolName: 'look_up', input: { q: 'x' } },
        { type: 'tool-call', toolCallId: 'c2', toolName: 'now', input: undefined },
      ],
    })
    expect(message!.content).toEqual([
      { kind: 'reasoning', text: 'Hm.', sealed },
      { kind: 'text', text: 'I look it up.' },
      { kind: 'tool-call', id: 'c1', name: 'look_up', argumentsText: '{"q":"x"}' },
      { kind: 'tool-call', id: 'c2', name: 'now', argumentsText: '{}' },
    ])
  })

  function result(output: LanguageModelV3ToolResultOutput) {
    const decoded = call({
      prompt: [
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'c1', toolName: 'look_up', output },
            { type: 'tool-approval-response', approvalId: 'a1', approved: true },
          ],
        },
      ],
    })
    return { messages: decoded.request.messages, warnings: decoded.warnings }
  }

  test.each<[LanguageModelV3ToolResultOutput, string, boolean]>([
    [{ type: 'text', value: 'found' }, 'found', false],
    [{ type: 'json', value: { n: 1 } }, '{"n":1}', false],
    [{ type: 'error-text', value: 'no' }, 'no', true],
    [{ type: 'error-json', value: [1] }, '[1]', true],
    [{ type: 'execution-denied', reason: 'Not now.' }, 'The user did not allow this call. Not now.', false],
  ])('tells what a tool said: %j', (output, text, isError) => {
    expect(result(output).messages).toEqual([
      {
        role: 'tool',
        toolCallId: 'c1',
        content: [{ kind: 'text', text }],
        ...(isError && { isError }),
      },
    ])
  })

  test("has images and files in a tool's result, and says what it leaves out", () => {
    const { messages: decoded, warnings } = result({
      type: 'content',
      value: [
        { type: 'text', text: 'Here:' },
        { type: 'image-data', mediaType: 'image/png', data: 'AQID' },
        { type: 'image-url', url: 'https://example.com/a.png' },
        { type: 'file-data', mediaType: 'application/pdf', data: 'AQID' },
        { type: 'file-id', fileId: 'f1' },
        { type: 'custom' },
      ],
    })
    expect(decoded[0]!.content).toMatchObject([
      { kind: 'text', text: 'Here:' },
      { kind: 'image', url: 'data:image/png;base64,AQID' },
      { kind: 'image', url: 'https://example.com/a.png' },
      { kind: 'file', base64: 'data:application/pdf;base64,AQID' },
      { kind: 'text', text: '[a part of this result, of type file-id, was left out]' },
      { kind: 'text', text: '[a part of this result, of type custom, was left out]' },
    ])
    expect(warnings).toMatchObject([
      { type: 'unsupported', feature: "file-id in a tool's result" },
      { type: 'unsupported', feature: "custom in a tool's result" },
    ])
  })

  test('may say up to where it is worth caching', () => {
    const cache = { fairlead: { cache: '1h' } }
    expect(
      messages(
        { role: 'system', content: 'Long rules.', providerOptions: cache },
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hi', providerOptions: { fairlead: { cache: '5m' } } }],
        },
      ).map(({ content }) => content),
    ).toEqual([
      [{ kind: 'text', text: 'Long rules.', cache: { ttl: '1h' } }],
      [{ kind: 'text', text: 'Hi', cache: { ttl: '5m' } }],
    ])
  })
})

describe('a call', () => {
  test('has its settings, tools and form of the answer', () => {
    const schema = { type: 'object' } as const
    const { request, warnings } = call({
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.6,
      topK: 7,
      stopSequences: ['END'],
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseFormat: { type: 'json', schema, name: 'thing' },
      toolChoice: { type: 'tool', toolName: 'look_up' },
      tools: [
        { type: 'function', name: 'look_up', description: 'Looks.', inputSchema: schema, strict: true },
        { type: 'provider', id: 'acme.search', name: 'search', args: {} },
      ],
    })
    expect(request).toMatchObject({
      sampling: {
        maxOutputTokens: 9,
        temperature: 0.5,
        topP: 0.6,
        topK: 7,
        stop: ['END'],
        seed: 1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
      },
      responseFormat: { kind: 'json-schema', name: 'thing', schema, strict: null },
      toolChoice: { kind: 'named', name: 'look_up' },
      tools: [{ name: 'look_up', description: 'Looks.', parameters: schema, strict: true }],
    })
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: "the provider's tool acme.search" }])
    expect(call({ responseFormat: { type: 'json' } }).request.responseFormat).toEqual({ kind: 'json' })
    expect(call({ toolChoice: { type: 'none' } }).request.toolChoice).toEqual({ kind: 'none' })
  })

  test("has the model's wishes, over which go its own", () => {
    const own = { quality: 0.9, user: 'ada', tags: ['a'], reasoningEffort: 'low' }
    const providerOptions = { fairlead: { quality: 0.5, strictJsonSchema: true, fallbacks: ['acme/large'] } }
    const responseFormat = { type: 'json', schema: {} } as const
    const { request, settings } = call({ providerOptions, responseFormat }, own)
    expect(request).toMatchObject({ user: 'ada', reasoningEffort: 'low', responseFormat: { strict: true } })
    expect(routingOf(settings)).toMatchObject({
      quality: 0.5,
      user: 'ada',
      tags: ['a'],
      fallbacks: ['acme/large'],
      maxCostUsd: null,
    })
  })
})
