import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyAnswer } from '../../test/support/wire-arbitraries.ts'
import { modelId } from '../domain/model.ts'
import { decodeEntry, encodeEntry, withoutSeals } from './entry.ts'

describe('a stored answer', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyAnswer, fc.option(fc.double({ min: 0, max: 9, noNaN: true })), (answer, usd) => {
        const entry = {
          answer,
          model: modelId('acme/small'),
          usd: usd === null ? null : usd + 0,
          storedAt: 5,
        }
        expect(decodeEntry(encodeEntry(entry))).toEqual(entry)
      }),
    )
  })

  it.each([
    '',
    '{',
    'null',
    '1',
    '{}',
    '{"layout":0,"answer":{"parts":[]},"model":"a/b","storedAt":1}',
    '{"layout":1}',
  ])('is none in %j', (text) => {
    expect(decodeEntry(text)).toBeNull()
  })

  it('has no proof of reasoning, and no reasoning that was nothing but one', () => {
    const sealed = { format: 'anthropic-messages', data: 'secret', id: null, redacted: false } as const
    const answer = {
      model: 'small',
      parts: [
        { kind: 'reasoning', text: 'so', sealed } as const,
        { kind: 'reasoning', text: '', sealed: { ...sealed, redacted: true } } as const,
        { kind: 'text', text: 'Paris' } as const,
      ],
      finish: { kind: 'stop', raw: 'stop' } as const,
      usage: {
        inputTokens: 1,
        cachedReadTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 1,
        reasoningTokens: 0,
        source: 'reported',
      } as const,
      logprobs: [],
    }
    expect(withoutSeals(answer).parts).toEqual([
      { kind: 'reasoning', text: 'so' },
      { kind: 'text', text: 'Paris' },
    ])
    expect(JSON.stringify(withoutSeals(answer))).not.toContain('secret')
  })
})
