import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyMessagesRequest, aWord } from '../../../test/support/anthropic-arbitraries.ts'
import type { Continuation, VendorSide } from '../wire-format.ts'
import { continueRequest } from './continue-request.ts'
import { encodeRequest } from './encode-request.ts'

const to: VendorSide = {
  model: 'small',
  quirks: { streamUsageOption: false, maxTokensField: 'max_tokens', prefill: 'last-message' },
}
const prefill: Continuation = { text: 'One two \n', ask: { kind: 'prefill' }, spentTokens: 2 }
const instruction: Continuation = { ...prefill, ask: { kind: 'instruction', words: 'Go on.' } }
const asked =
  '{"model": "small", "max_tokens": 100, "messages": [ {"role":"user","content":"Count."} ], "temperature": 0.10}'

const continued = (text: string, how: Continuation) => JSON.parse(continueRequest(text, to, how))
const withThinking = (thinking: object, maxTokens: number) =>
  JSON.stringify({ model: 'small', max_tokens: maxTokens, messages: [], thinking })

describe('a request whose answer is to go on from another', () => {
  it('ends with the answer so far, without white space at its end', () => {
    expect(continued(asked, prefill).messages).toEqual([
      { role: 'user', content: 'Count.' },
      { role: 'assistant', content: 'One two' },
    ])
  })

  it('ends with the answer so far and what to do with it', () => {
    expect(continued(asked, instruction).messages.slice(1)).toEqual([
      { role: 'assistant', content: 'One two' },
      { role: 'user', content: 'Go on.' },
    ])
  })

  it('keeps everything else to the byte', () => {
    const text = continueRequest(asked, to, instruction)
    expect(text).toContain('"temperature": 0.10}')
    expect(text).toContain('[ {"role":"user","content":"Count."} ,{')
  })

  it.each([
    [100, 98],
    [1, 1],
  ])('may be as long as is left of its limit: %d', (limit, left) => {
    expect(continued(asked.replace('100', String(limit)), prefill).max_tokens).toBe(left)
  })

  it('thinks no longer than what is left allows', () => {
    const budget = (tokens: number) => ({ type: 'enabled', budget_tokens: tokens })
    const spent = { ...instruction, spentTokens: 2000 }
    expect(continued(withThinking(budget(4000), 8000), spent).thinking).toEqual(budget(4000))
    expect(continued(withThinking(budget(4000), 5000), spent).thinking).toEqual(budget(2999))
    expect(continued(withThinking(budget(1024), 3000), spent)).not.toHaveProperty('thinking')
    expect(continued(withThinking({ type: 'adaptive' }, 3000), spent).thinking).toEqual({ type: 'adaptive' })
  })

  it('does not think where its words are put in its mouth', () => {
    for (const type of ['enabled', 'adaptive'])
      expect(continued(withThinking({ type, budget_tokens: 1024 }, 9000), prefill)).not.toHaveProperty(
        'thinking',
      )
    expect(continued(withThinking({ type: 'disabled' }, 9000), prefill).thinking).toEqual({
      type: 'disabled',
    })
  })

  it('says the same as before and two messages more, whatever was asked', () => {
    fc.assert(
      fc.property(anyMessagesRequest, aWord, (request, text) => {
        const before = JSON.parse(encodeRequest(request, to))
        const after = continued(encodeRequest(request, to), { ...instruction, text })
        expect(after.messages.slice(0, -2)).toEqual(before.messages)
        expect({ ...after, messages: [], max_tokens: 0 }).toEqual({ ...before, messages: [], max_tokens: 0 })
      }),
    )
  })
})
