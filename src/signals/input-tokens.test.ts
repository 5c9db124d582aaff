import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aRequest, aUserMessage } from '../../test/support/builders.ts'
import { someText } from '../../test/support/texts.ts'
import type { ContentPart, Message, Tool } from '../domain/request.ts'
import { inputTokens, textTokens } from './input-tokens.ts'

const withParts = (...content: readonly ContentPart[]) =>
  inputTokens(aRequest({ messages: [{ role: 'user', content, name: null }] }))

describe('tokens of a text', () => {
  test('are near what tokenizers count', () => {
    // Counts of OpenAI's cl100k_base.
    const counted: readonly (readonly [string, number])[] = [
      ['The quick brown fox jumps over the lazy dog.', 10],
      ['Many words map to one token, but some don’t: indivisible.', 14],
      ['Tell me in two sentences why the sky looks blue at noon and red in the evening.', 18],
    ]
    for (const [text, tokens] of counted) {
      expect(textTokens(text) / tokens).toBeGreaterThan(0.75)
      expect(textTokens(text) / tokens).toBeLessThan(1.35)
    }
  })

  test('weigh a Chinese character three times a Latin letter', () => {
    expect(textTokens('你好世界')).toBe(3)
    expect(textTokens('abcd')).toBe(1)
    expect(textTokens('한국어입')).toBe(3)
  })

  test('add up over pieces and never fall as text is added', () => {
    fc.assert(
      fc.property(someText(), someText(), (a, b) => {
        expect(textTokens(a + b)).toBeCloseTo(textTokens(a) + textTokens(b), 6)
        expect(textTokens(a)).toBeGreaterThanOrEqual(a.length / 4)
      }),
    )
  })
})

describe('tokens of a request', () => {
  test('are a whole number, and few for an empty one', () => {
    expect(inputTokens(aRequest({ text: '' }))).toBe(7)
    expect(inputTokens(aRequest({ messages: [] }))).toBe(3)
    expect(Number.isInteger(inputTokens(aRequest({ text: 'abc' })))).toBe(true)
  })

  test('count every message, whoever wrote it', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: [{ kind: 'text', text: 'x'.repeat(400) }], name: null },
      aUserMessage('y'.repeat(400)),
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'z'.repeat(400) },
          { kind: 'tool-call', id: '1', name: 'look', argumentsText: 'a'.repeat(396) },
        ],
        name: null,
      },
      { role: 'tool', toolCallId: '1', content: [{ kind: 'text', text: 'r'.repeat(400) }] },
    ]
    expect(inputTokens(aRequest({ messages }))).toBe(3 + 4 * 4 + 100 * 5 + 8)
  })

  test('count tools and the schema of the answer', () => {
    const tool: Tool = {
      name: 'weather',
      description: 'Tells the weather.',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
      strict: null,
    }
    const plain = inputTokens(aRequest())
    expect(inputTokens(aRequest({ tools: [tool] }))).toBeGreaterThan(plain + 20)
    expect(inputTokens(aRequest({ tools: [{ ...tool, description: null, parameters: null }] }))).toBe(
      plain + 10,
    )
    const schema = { type: 'object', properties: { answer: { type: 'string' } } }
    const responseFormat = {
      kind: 'json-schema',
      name: 'a',
      description: null,
      schema,
      strict: null,
    } as const
    expect(inputTokens(aRequest({ responseFormat }))).toBeGreaterThan(plain + 10)
  })

  test('count pictures by their detail, sound and files by their size', () => {
    const empty = withParts()
    const image = (detail: string | null) => withParts({ kind: 'image', url: 'https://x.test/i.png', detail })
    expect(image('low') - empty).toBe(85)
    expect(image('high') - empty).toBe(765)
    expect(image(null)).toBe(image('high'))
    expect(withParts({ kind: 'audio', base64: 'A'.repeat(4000), format: 'wav' }) - empty).toBe(10)
    const file = (base64: string | null) =>
      withParts({ kind: 'file', fileId: null, filename: null, base64 }) - empty
    expect(file('A'.repeat(1600))).toBe(100)
    expect(file(null)).toBe(0)
  })
})
