import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { VendorSide } from '../wire-format.ts'
import { editRequest } from './edit-request.ts'

const to = (model = 'small', foreignSeals = false): VendorSide => ({
  model,
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens' },
  foreignSeals,
})

describe("a client's bytes for a vendor", () => {
  it('change in the model alone', () => {
    const text =
      '{ "model" : "auto",\n  "max_tokens": 1.0e3, "x_new": [ 1,2 ], "thinking": {"type": "adaptive"}, "messages": [{"role":"user","content":"\\u00e9 \\"thinking\\":"}] }'
    expect(editRequest(text, to())).toBe(text.replace('"auto"', '"small"'))
    expect(editRequest(text, to('claude-opus-5', true))).toBe(text.replace('"auto"', '"claude-opus-5"'))
  })

  it("lose Fairlead's own fields", () => {
    const text = '{"model":"auto","models":["a"],"fairlead":{"tier":"gold"},"messages":[],"fallbacks":["b"]}'
    expect(editRequest(text, to())).toBe('{"model":"small","messages":[]}')
  })

  it.each([
    ['claude-opus-5', '"temperature":0.5,"top_p":0.9,"top_k":4', ''],
    ['claude-sonnet-4-5', '"temperature":0.5,"top_p":0.9,"top_k":4', '"temperature":0.5,"top_k":4'],
    ['claude-sonnet-4-5', '"temperature":null,"top_p":0.9', '"temperature":null,"top_p":0.9'],
    ['claude-opus-5', '"thinking":{"type":"enabled","budget_tokens":2000}', '"thinking":{"type":"adaptive"}'],
    [
      'claude-sonnet-4-5',
      '"thinking":{"type":"adaptive","display":"omitted"},"output_config":{"effort":"high"}',
      '"thinking":{"type":"enabled","budget_tokens":8000,"display":"omitted"}',
    ],
    [
      'claude-3-5-haiku-latest',
      '"thinking":{"type":"adaptive"},"output_config":{"effort":"low","x":1}',
      '"output_config":{"x":1}',
    ],
    ['claude-fable-5-1', '"thinking":{"type":"disabled"}', ''],
    [
      'claude-opus-4-6',
      '"output_config":{"effort":"xhigh", "format":{"type":"x"}}',
      '"output_config":{"effort":"high", "format":{"type":"x"}}',
    ],
    [
      'claude-sonnet-4-6',
      '"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}',
      '"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}',
    ],
    [
      'glm-5',
      '"thinking":{"type":"adaptive"},"output_config":{"effort":"max"},"temperature":2',
      '"thinking":{"type":"adaptive"},"output_config":{"effort":"max"},"temperature":2',
    ],
  ])('say to %s in its words: %s', (model, before, after) => {
    const text = `{"model":"auto","max_tokens":10000,${before},"messages":[]}`
    const kept = after === '' ? '' : `,${after}`
    expect(editRequest(text, to(model))).toBe(`{"model":"${model}","max_tokens":10000${kept},"messages":[]}`)
  })
})

describe('a limit of the answer', () => {
  const body = (limit: number) =>
    `{"max_tokens":${limit},"thinking":{"type":"enabled","budget_tokens":5000},"messages":[],"model":"auto"}`
  const edited = (limit: number) =>
    JSON.parse(editRequest(body(limit), { ...to('claude-haiku-4-5'), maxOutputTokens: 4096 }))

  it('is no more than the model can write, and leaves room beside the thoughts', () => {
    expect(edited(64_000)).toMatchObject({ max_tokens: 4096, thinking: { budget_tokens: 4095 } })
    expect(editRequest(body(64_000), to('claude-haiku-4-5'))).toContain('"max_tokens":64000')
  })
})

describe("a coding agent's bytes", () => {
  const text = readFileSync(new URL('./__fixtures__/coding-agent.json', import.meta.url), 'utf8')

  it('go as they are to a model that takes all of it', () => {
    expect(editRequest(text, to('claude-opus-5'))).toBe(
      text.replace('"claude-sonnet-4-6"', '"claude-opus-5"'),
    )
  })

  it('lose to another vendor the thoughts alone', () => {
    const before = JSON.parse(text)
    const after = JSON.parse(editRequest(text, to('glm-5', true)))
    const [question, answer, results] = before.messages
    const messages = [question, { ...answer, content: answer.content.slice(1) }, results]
    expect(after).toEqual({ ...before, model: 'glm-5', messages })
  })
})

describe("another vendor's thoughts", () => {
  const thinking = '{"type":"thinking","thinking":"Hm","signature":"sig"}'
  const redacted = '{"type": "redacted_thinking", "data": "x"}'
  const call = '{"type":"tool_use","id":"t","name":"f","input":{"n":1.0}}'
  const result = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"1"}]}'
  const asked = '{"role":"user", "content":"a"}'
  const body = (messages: string, more = '') => `{"model":"auto","messages":[${messages}]${more}}`

  it('are taken out, and nothing else', () => {
    const text = body(`${asked},{"role":"assistant","content":[${thinking}, ${redacted},${call}]},${result}`)
    expect(editRequest(text, to('small', true))).toBe(
      `{"model":"small","messages":[${asked},{"role":"assistant","content":[${call}]},${result}]}`,
    )
    expect(editRequest(text, to('small'))).toContain(thinking)
  })

  it('take the whole message with them where it has nothing else', () => {
    const text = body(`${asked},{"role":"assistant","content":[${thinking}]},${asked}`)
    expect(editRequest(text, to('small', true))).toBe(`{"model":"small","messages":[${asked},${asked}]}`)
  })

  it('end thinking on a budget where an answer goes on from results of tools', () => {
    const more =
      ',"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"context_management":{"edits":[{"type":"clear_thinking_20251015"}]}'
    const loop = body(`${asked},{"role":"assistant","content":[${thinking},${call}]},${result}`, more)
    expect(Object.keys(JSON.parse(editRequest(loop, to('claude-sonnet-4-5', true))))).toEqual([
      'model',
      'messages',
      'max_tokens',
    ])
    const plain = body(
      `${asked},{"role":"assistant","content":[${thinking},{"type":"text","text":"x"}]},${asked}`,
      more,
    )
    expect(editRequest(plain, to('claude-sonnet-4-5', true))).toContain('"budget_tokens":2000')
  })

  it('are not asked for in the middle of a tool loop that began without them', () => {
    const more = ',"max_tokens":9000,"thinking":{"type":"adaptive"}'
    const loop = (first: string) =>
      body(`${asked},{"role":"assistant","content":[${first}${call}]},${result}`, more)
    expect(editRequest(loop(''), to('claude-haiku-4-5'))).not.toContain('"thinking"')
    expect(editRequest(loop(`${thinking},`), to('claude-haiku-4-5'))).toContain('"budget_tokens":4500')
    expect(editRequest(loop(''), to('claude-opus-5'))).toContain('"adaptive"')
  })

  it('keep other edits of the context', () => {
    const more =
      ',"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"context_management":{"edits":[{"type":"clear_thinking_20251015"},{"type":"clear_tool_uses_20250919"}]}'
    const loop = body(`${asked},{"role":"assistant","content":[${thinking},${call}]},${result}`, more)
    expect(JSON.parse(editRequest(loop, to('claude-sonnet-4-5', true))).context_management).toEqual({
      edits: [{ type: 'clear_tool_uses_20250919' }],
    })
  })
})
