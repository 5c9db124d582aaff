import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesGlob, mentions } from './text-tests.ts'

describe('a pattern', () => {
  test.each([
    ['ml-team', 'ml-*', true],
    ['ml-', 'ml-*', true],
    ['xml-team', 'ml-*', false],
    ['a-b-c', '*-?-*', true],
    ['a--c', 'a-?-c', false],
    ['abc', 'a?c', true],
    ['abbc', 'a?c', false],
    ['aba', 'ab*ba', false],
    ['', '*', true],
    ['', '', true],
    ['x', '', false],
    ['one two three', '*two*', true],
    ['a.b', 'a+b', false],
  ])('%j and %j: %s', (text, pattern, expected) => {
    expect(matchesGlob(text, pattern)).toBe(expected)
  })

  test('says what the regular expression of the same meaning says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 })
    fc.assert(
      fc.property(text, pattern, (said, glob) => {
        const expression = new RegExp(`^${glob.replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`)
        expect(matchesGlob(said, glob)).toBe(expression.test(said))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('words', () => {
  test.each([
    ['concatenate', 'cat', false],
    ['a cat.', 'cat', true],
    ['cat', 'cat', true],
    ['cats and cat', 'cat', true],
    ['Über', 'ber', false],
    ['my refund policy', 'refund policy', true],
    ['refunds policy', 'refund policy', false],
  ])('%j mentions %j: %s', (text, words, expected) => {
    expect(mentions(text, words)).toBe(expected)
  })
})
