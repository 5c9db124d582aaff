import { describe, expect, it } from 'vitest'
import { aRequest } from '../../../test/support/builders.ts'
import { encodeRequest } from './encode-request.ts'

const usage = {
  model: 'small',
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
} as const
const noUsage = {
  model: 'small',
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens' },
} as const

describe('a request for a vendor', () => {
  it('says no more than it must', () => {
    expect(JSON.parse(encodeRequest(aRequest({ text: 'Hi' }), usage))).toEqual({
      model: 'small',
      messages: [{ role: 'user', content: 'Hi' }],
    })
  })

  it('limits the answer with the field that the vendor knows', () => {
    const request = aRequest({ sampling: { maxOutputTokens: 9 } })
    expect(JSON.parse(encodeRequest(request, usage))).toMatchObject({ max_completion_tokens: 9 })
    expect(JSON.parse(encodeRequest(request, noUsage))).toMatchObject({ max_tokens: 9 })
  })

  it('has stream options only where it streams and the vendor knows them', () => {
    const extra = { stream_options: { include_obfuscation: false } }
    const streamed = aRequest({ stream: true, extra })
    expect(JSON.parse(encodeRequest(streamed, usage))).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
    })
    expect(JSON.parse(encodeRequest(streamed, noUsage))).not.toHaveProperty('stream_options')
    expect(JSON.parse(encodeRequest(aRequest({ extra }), usage))).not.toHaveProperty('stream_options')
  })

  it('puts tools that are no functions after the others, and prefers its own tool choice to the kept one', () => {
    const custom = { type: 'custom', custom: { name: 'run' } }
    const tool = { name: 'add', description: null, parameters: null, strict: null }
    const extra = { tools: [custom], tool_choice: { type: 'custom' } }
    expect(JSON.parse(encodeRequest(aRequest({ tools: [tool], extra }), usage))).toMatchObject({
      tools: [{ type: 'function', function: { name: 'add' } }, custom],
      tool_choice: { type: 'custom' },
    })
    const chosen = aRequest({ toolChoice: { kind: 'none' }, extra })
    expect(JSON.parse(encodeRequest(chosen, usage))).toMatchObject({ tool_choice: 'none' })
  })

  it("leaves an assistant's reasoning out", () => {
    const content = [
      { kind: 'reasoning', text: 'Hm' },
      { kind: 'text', text: 'Yes' },
    ] as const
    const request = aRequest({ messages: [{ role: 'assistant', content, name: null }] })
    expect(JSON.parse(encodeRequest(request, usage)).messages).toEqual([
      { role: 'assistant', content: 'Yes' },
    ])
  })
})
