import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyMessagesRequest } from '../../test/support/anthropic-arbitraries.ts'
import { anyResponsesRequest } from '../../test/support/responses-arbitraries.ts'
import { anyRequest } from '../../test/support/wire-arbitraries.ts'
import type { Request } from '../domain/request.ts'
import type { WireFormatName } from '../domain/vendor.ts'
import { wireFormat } from '../wire/index.ts'
import { rewriteRequest } from './rewrite.ts'
import { rewriteText } from './rewrite-text.ts'
import type { PromptVariant } from './variant.ts'

const quirks = { streamUsageOption: true, maxTokensField: 'max_completion_tokens' } as const

const variants: readonly PromptVariant[] = [
  { system: { kind: 'keep' }, template: { before: 'Q: ', after: ' A:' } },
  { system: { kind: 'around', prepend: 'First.', append: null }, template: null },
  { system: { kind: 'around', prepend: 'First.', append: 'Last.' }, template: { before: '', after: '!' } },
  { system: { kind: 'replace', text: 'New.' }, template: { before: '<', after: '>' } },
]

function decoded(format: WireFormatName, text: string): Request | null {
  const result = wireFormat(format).decodeRequest(JSON.parse(text))
  return result.kind === 'failed' ? null : result.value.request
}

const both: readonly (readonly [WireFormatName, fc.Arbitrary<Request>])[] = [
  ['openai-chat', anyRequest],
  ['openai-responses', anyResponsesRequest],
  ['anthropic-messages', anyMessagesRequest],
]

describe.each(both)('%s', (format, requests) => {
  test('a text that is reworded decodes to the request reworded', () => {
    let handled = 0
    fc.assert(
      fc.property(requests, fc.constantFrom(...variants), (request, variant) => {
        const text = wireFormat(format).encodeRequest(request, { model: 'auto', quirks })
        const before = decoded(format, text)
        fc.pre(before !== null)
        const after = rewriteText(variant, format, text)
        if (after === null) return
        handled++
        expect(decoded(format, after)).toEqual(rewriteRequest(variant, before!))
      }),
      { numRuns: 300 },
    )
    expect(handled).toBeGreaterThan(50)
  })
})

const [, , around, replacing] = variants as [PromptVariant, PromptVariant, PromptVariant, PromptVariant]

describe('what Fairlead does not know', () => {
  test('stays byte for byte outside of the prompt, and by value within it', () => {
    const text =
      '{ "seed": 12345678901234567890, "messages": [{"role":"system","content":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"odd":1},' +
      '{"role":"user","content":"Hi","odd":2},{"role":"assistant","content":"","reasoning_content":"hm","tool_calls":[{"id":"c","odd":3}]},' +
      '{"role":"tool","tool_call_id":"c","content":"x"}],  "future" : 1.50 }'
    const after = rewriteText(around, 'openai-chat', text)!
    expect(after.startsWith('{ "seed": 12345678901234567890, "messages": ')).toBe(true)
    expect(after.endsWith(',  "future" : 1.50 }')).toBe(true)
    const before = JSON.parse(text) as { readonly messages: readonly object[] }
    expect(JSON.parse(after).messages).toEqual([
      {
        ...before.messages[0],
        content: [{ type: 'text', text: 'First.\n\nS\n\nLast.', cache_control: { type: 'ephemeral' } }],
      },
      { ...before.messages[1], content: 'Hi!' },
      ...before.messages.slice(2),
    ])
  })

  test('results of tools and thoughts are no words of the user', () => {
    const messages = [
      { role: 'user', content: 'Look' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'tool_use', id: 't', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'x' }] }],
      },
    ]
    const after = JSON.parse(
      rewriteText(around, 'anthropic-messages', JSON.stringify({ system: 'S', messages }))!,
    )
    expect(after).toEqual({
      system: 'First.\n\nS\n\nLast.',
      messages: [{ role: 'user', content: 'Look!' }, ...messages.slice(1)],
    })
  })

  test('a prompt in a place that is not handled is left to the encoder', () => {
    expect(rewriteText(around, 'openai-completions', '{"prompt":"Hi"}')).toBeNull()
    const input = [
      { role: 'developer', content: 'S' },
      { role: 'user', content: 'Hi' },
    ]
    expect(rewriteText(around, 'openai-responses', JSON.stringify({ input }))).toBeNull()
    expect(rewriteText(replacing, 'openai-chat', '{"messages":[{"role":"user","content":""}]}')).toBeNull()
  })
})
