import { describe, expect, it } from 'vitest'
import type { Continuation } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'

const to = { model: 'small', quirks: { streamUsageOption: true, maxTokensField: 'max_tokens' } } as const
const prefill: Continuation = { text: 'One two', ask: { kind: 'prefill' }, spentTokens: 20 }
const instruction: Continuation = { ...prefill, ask: { kind: 'instruction', words: 'Go on.' } }
const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One two' }] }
const told = { type: 'message', role: 'user', content: 'Go on.' }

describe('a request whose answer is to go on from another', () => {
  it('ends with the answer so far', () => {
    const text = '{"model":"small", "input":[ {"role":"user","content":"Count."} ],"top_p":1.0}'
    const body = JSON.parse(continueRequest(text, to, prefill))
    expect(body.input).toEqual([{ role: 'user', content: 'Count.' }, said])
    expect(continueRequest(text, to, prefill)).toContain('[ {"role":"user","content":"Count."} ,')
    expect(continueRequest(text, to, prefill)).toContain('"top_p":1.0}')
  })

  it('ends with the answer so far and what to do with it', () => {
    const { input } = JSON.parse(continueRequest('{"input":"Co\\u0075nt."}', to, instruction))
    expect(input).toEqual([{ type: 'message', role: 'user', content: 'Count.' }, said, told])
  })

  it.each(['{}', '{"input":null}', '{"input":[ ]}'])('has an input where there was none: %s', (text) => {
    expect(JSON.parse(continueRequest(text, to, instruction)).input).toEqual([said, told])
  })

  it.each([
    [100, 80],
    [30, 16],
    [8, 8],
  ])('may be as long as is left of its limit, and no shorter than vendors take: %d', (limit, left) => {
    const text = `{"input":"x","max_output_tokens":${limit}}`
    expect(JSON.parse(continueRequest(text, to, prefill)).max_output_tokens).toBe(left)
  })
})
