import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../../test/support/wire-arbitraries.ts'
import type { Continuation, VendorSide } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'
import { encodeRequest } from './encode-request.ts'

const to = (prefill?: VendorSide['quirks']['prefill']): VendorSide => ({
  model: 'small',
  quirks: { streamUsageOption: true, maxTokensField: 'max_tokens', ...(prefill && { prefill }) },
})

const prefill: Continuation = { text: 'One two', ask: { kind: 'prefill' }, spentTokens: 2 }
const instruction: Continuation = { ...prefill, ask: { kind: 'instruction', words: 'Go on.' } }
const asked = '{"model": "small", "messages": [ {"role":"user","content":"Count."} ], "temperature": 0.10}'

describe('a request whose answer is to go on from another', () => {
  it.each([
    ['last-message', { role: 'assistant', content: 'One two' }],
    ['prefix-field', { role: 'assistant', content: 'One two', prefix: true }],
    ['continue-final-message', { role: 'assistant', content: 'One two' }],
  ] as const)('ends with the answer so far, as the vendor takes it: %s', (how, last) => {
    const body = JSON.parse(continueRequest(asked, to(how), prefill))
    expect(body.messages).toEqual([{ role: 'user', content: 'Count.' }, last])
    const open = { continue_final_message: true, add_generation_prompt: false }
    if (how === 'continue-final-message') expect(body).toMatchObject(open)
    else expect(Object.keys(body)).toEqual(['model', 'messages', 'temperature'])
  })

  it('ends with the answer so far and what to do with it', () => {
    expect(JSON.parse(continueRequest(asked, to(), instruction)).messages.slice(1)).toEqual([
      { role: 'assistant', content: 'One two' },
      { role: 'user', content: 'Go on.' },
    ])
  })

  it('keeps everything else to the byte', () => {
    expect(continueRequest(asked, to(), instruction)).toContain('"temperature": 0.10}')
    expect(continueRequest(asked, to(), instruction)).toContain('[ {"role":"user","content":"Count."},')
  })

  it.each([
    ['max_tokens', 100, 98],
    ['max_completion_tokens', 100, 98],
    ['max_tokens', 1, 1],
  ])('may be as long as is left of its limit: %s %d', (field, limit, left) => {
    const body = `${asked.slice(0, -1)}, "${field}": ${limit}}`
    expect(JSON.parse(continueRequest(body, to(), prefill))).toMatchObject({ [field]: left })
  })

  it('says the same as before and two messages more, whatever was asked', () => {
    fc.assert(
      fc.property(anyRequest, fc.string({ minLength: 1 }), (request, text) => {
        const before = JSON.parse(encodeRequest(request, to()))
        const after = JSON.parse(
          continueRequest(encodeRequest(request, to()), to(), { ...instruction, text }),
        )
        const { messages, max_tokens: limit, ...others } = after
        const { messages: asked, max_tokens: limitBefore, ...same } = before
        expect(others).toEqual(same)
        expect(messages.slice(0, -2)).toEqual(asked)
        expect(messages.at(-2)).toEqual({ role: 'assistant', content: text })
        expect(limit === undefined).toBe(limitBefore === undefined)
      }),
    )
  })
})
