import { describe, expect, it } from 'vitest'
import { vendorText } from './vendor-text.ts'

describe("a vendor's text", () => {
  it.each([
    'Incorrect API key provided: sk-proj-abcd1234efgh.',
    'bad key sk-abc***********wxyz',
    'key gsk_Zm9vYmFyYmF6cXV4 refused',
    'Authorization: Bearer abc.def-ghi',
    'key AIzaSyD-1234567890abcdefg',
    'key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b is not valid',
  ])('never shows a key: %s', (text) => {
    const shown = vendorText(text)
    expect(shown).toContain('[key]')
    expect(shown).not.toMatch(/abcd|wxyz|Zm9v|def|AIza|9f86/)
  })

  it('leaves ordinary words and numbers alone', () => {
    const text = "task-specific disk-usage of 'gpt-4o-mini-2024-07-18' is 131072 tokens; request 0a1b-2c3d"
    expect(vendorText(text)).toBe(text)
  })

  it('is one line of at most 500 characters, with no half of a character at the cut', () => {
    expect(vendorText('a\n\n  b\tc')).toBe('a b c')
    expect(vendorText('x'.repeat(40).concat(' ').repeat(100)).length).toBeLessThanOrEqual(500)
    expect(vendorText(`${'é '.repeat(249)}🎉🎉🎉`)).toMatch(/é …$/)
  })

  it('sums a web page up by its title', () => {
    expect(vendorText('<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>…')).toBe(
      'a web page titled "502 Bad Gateway"',
    )
    expect(vendorText('<html><body>nothing</body></html>')).toBe('a web page')
  })
})
