import { describe, expect, it } from 'vitest'
import { editRequest } from './edit-request.ts'

const usage = {
  model: 'small',
  quirks: { streamUsageOption: true, maxTokensField: 'max_completion_tokens' },
} as const
const noUsage = {
  model: 'small',
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens' },
} as const

describe("a client's bytes for a vendor", () => {
  it('change in the model alone', () => {
    const text =
      '{ "model" : "auto",\n  "seed": 1.0e3, "max_tokens": 5, "x_new": [ 1,2 ], "messages": [{"role":"user","content":"\\u00e9 \\"model\\":"}] }'
    expect(editRequest(text, usage)).toBe(text.replace('"auto"', '"small"'))
  })

  it("lose Fairlead's own fields", () => {
    const text = '{"model":"auto","models":["a"],"fairlead":{"tier":"gold"},"messages":[],"fallbacks":["b"]}'
    expect(editRequest(text, usage)).toBe('{"model":"small","messages":[]}')
  })

  it('name the model also where the client named a list of them', () => {
    expect(editRequest('{"models":["a"],"messages":[]}', usage)).toBe('{"messages":[],"model":"small"}')
  })

  it('ask for usage where they stream, and keep other stream options', () => {
    expect(editRequest('{"model":"auto","stream":true}', usage)).toBe(
      '{"model":"small","stream":true,"stream_options":{"include_usage":true}}',
    )
    expect(
      editRequest(
        '{"model":"auto","stream":true,"stream_options":{"include_usage":false,"include_obfuscation":false}}',
        usage,
      ),
    ).toBe(
      '{"model":"small","stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}',
    )
  })

  it('do not ask for usage where they do not stream', () => {
    expect(editRequest('{"model":"auto","stream":false}', usage)).toBe('{"model":"small","stream":false}')
    expect(editRequest('{"model":"auto","stream":true,"stream":false}', usage)).not.toContain(
      'stream_options',
    )
  })

  it('have no stream options for a vendor that refuses them', () => {
    const text = '{"model":"auto","stream":true,"stream_options":{"include_usage":true}}'
    expect(editRequest(text, noUsage)).toBe('{"model":"small","stream":true}')
  })

  it('name a model with quotes in its name rightly', () => {
    expect(JSON.parse(editRequest('{"model":"auto"}', { ...usage, model: 'a"b' }))).toEqual({ model: 'a"b' })
  })

  it('lose what another vendor sealed in the turns of the assistant, and nothing else', () => {
    const sealed = {
      role: 'assistant',
      content: null,
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }],
      tool_calls: [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'sign', arguments: '{"signature":"mine"}' },
          extra_content: { google: { thought_signature: 'y' } },
        },
      ],
    }
    const asked = { role: 'user', content: 'What is "signature"?', name: 'me' }
    const text = JSON.stringify({ model: 'auto', messages: [asked, sealed], signature: 'kept' })
    const { reasoning_details: _, ...rest } = sealed
    const [{ extra_content: __, ...call }] = sealed.tool_calls as [(typeof sealed.tool_calls)[0]]
    expect(JSON.parse(editRequest(text, { ...usage, foreignSeals: true }))).toEqual({
      model: 'small',
      messages: [asked, { ...rest, tool_calls: [call] }],
      signature: 'kept',
    })
    expect(editRequest(text, usage)).toContain('thought_signature')
  })

  it('stay as they are where nothing is sealed', () => {
    const text = '{"model":"auto","messages":[ {"role":"user","content":"hi"} ]}'
    expect(editRequest(text, { ...usage, foreignSeals: true })).toBe(text.replace('"auto"', '"small"'))
  })
})
