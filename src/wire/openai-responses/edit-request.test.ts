import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { editRequest } from './edit-request.ts'

const to = { model: 'small', quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' } } as const
const foreign = { ...to, foreignSeals: true }

describe("a client's bytes for a vendor", () => {
  it('change in the model alone', () => {
    const text =
      '{ "model" : "auto",\n "top_p": 1.0e0, "stream":true, "previous_response_id":"resp_1", "x_new": [ 1,2 ], "input": [ {"role":"user","content":"\\u00e9 \\"model\\":"} ] }'
    expect(editRequest(text, to)).toBe(text.replace('"auto"', '"small"'))
    expect(editRequest(text, foreign)).toBe(text.replace('"auto"', '"small"'))
    const codex = readFileSync(new URL('./__fixtures__/codex-request.json', import.meta.url), 'utf8')
    expect(editRequest(codex, to)).toBe(codex.replace('"auto"', '"small"'))
  })

  it("lose Fairlead's own fields", () => {
    const text = '{"model":"auto","models":["a"],"fairlead":{"tier":"gold"},"input":"x","fallbacks":["b"]}'
    expect(editRequest(text, to)).toBe('{"model":"small","input":"x"}')
  })

  it('lose reasoning that Fairlead wrote, which no vendor knows', () => {
    const own = '{"type":"reasoning","id":"rs_fairlead_d1_0","summary":[]}'
    const sealed = '{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"}'
    expect(editRequest(`{"model":"auto","input":[${own},${sealed}]}`, to)).toBe(
      `{"model":"small","input":[${sealed}]}`,
    )
  })

  it("lose another vendor's secrets, references and ids", () => {
    const items = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
      { id: 'msg_0' },
      { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'add', arguments: '{}' },
      { role: 'user', content: 'x' },
    ]
    const text = JSON.stringify({ model: 'auto', input: items, top_p: 1 })
    expect(JSON.parse(editRequest(text, foreign))).toEqual({
      model: 'small',
      top_p: 1,
      input: [
        { type: 'message', role: 'assistant', content: [] },
        { type: 'function_call', call_id: 'c1', name: 'add', arguments: '{}' },
        { role: 'user', content: 'x' },
      ],
    })
    expect(editRequest(text, to)).toBe(text.replace('"auto"', '"small"'))
  })
})
