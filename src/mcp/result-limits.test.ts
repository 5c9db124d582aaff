import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonBytes, limitResult } from './result-limits.ts'

const text = (value: string) => ({ type: 'text', text: value })

describe('a result', () => {
  test('within the limit stays the same value', () => {
    const result = { content: [text('short')] }
    expect(limitResult(result, 1_000)).toEqual({ kind: 'within', result, bytes: jsonBytes(result) })
    expect((limitResult(result, 1_000) as { result: unknown }).result).toBe(result)
  })

  test('with too much text is cut, with a note for whoever reads it', () => {
    const limited = limitResult({ content: [text('a'.repeat(10_000)), text('tail')], isError: false }, 2_000)
    if (limited.kind !== 'within') throw new Error(limited.message)
    const [first, second] = limited.result.content as { text: string }[]
    expect(first?.text).toMatch(/^a{1000,2000}\n\[cut by the gateway: \d+ of 10000 characters are missing/)
    expect(second?.text).toContain('[cut by the gateway: 4 of 4 characters are missing')
    expect(limited.result.isError).toBe(false)
  })

  test('keeps the texts that come before the one that is too long', () => {
    const limited = limitResult({ content: [text('head'), text('a'.repeat(10_000))] }, 2_000)
    if (limited.kind !== 'within') throw new Error(limited.message)
    expect(limited.result.content).toMatchObject([
      text('head'),
      { text: expect.stringMatching(/^a+\n\[cut/) },
    ])
  })

  test('of a resource is cut too, embedded or read', () => {
    const resource = { uri: 'file:///a', text: 'a'.repeat(5_000) }
    for (const result of [{ contents: [resource] }, { content: [{ type: 'resource', resource }] }]) {
      const limited = limitResult(result, 1_000)
      if (limited.kind !== 'within') throw new Error(limited.message)
      expect(JSON.stringify(limited.result)).toContain('cut by the gateway')
    }
  })

  test('with an image that is too large is refused, and the message says what it is', () => {
    const image = { type: 'image', data: 'A'.repeat(5_000), mimeType: 'image/png' }
    expect(limitResult({ content: [text('look'), image] }, 1_000)).toMatchObject({
      kind: 'too-large',
      message: expect.stringMatching(/^binary content of the result \(image\/png\) is too large: \d+ bytes/),
    })
  })

  test('with a structure that is too large is refused: half of one would not fit its schema', () => {
    const result = { content: [text('ok')], structuredContent: { rows: 'x'.repeat(5_000) } }
    expect(limitResult(result, 1_000)).toMatchObject({
      kind: 'too-large',
      message: expect.stringMatching(/^the structured result is too large/),
    })
    expect(limitResult({ anything: 'x'.repeat(5_000) }, 1_000)).toMatchObject({ kind: 'too-large' })
  })

  test('of any texts comes out at most a note per text above the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { maxLength: 5 }),
        fc.integer({ min: 400, max: 2_000 }),
        (texts, limit) => {
          const limited = limitResult({ content: texts.map(text) }, limit)
          if (limited.kind !== 'within') throw new Error(limited.message)
          expect(jsonBytes(limited.result)).toBeLessThanOrEqual(limit + texts.length * 250)
        },
      ),
    )
  })
})
