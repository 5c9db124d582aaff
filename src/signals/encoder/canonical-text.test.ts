import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { someText } from '../../../test/support/texts.ts'
import { afterEmphasis, canonicalText, isQuote, plainQuote } from './canonical-text.ts'

describe('what is read of a text', () => {
  test.each([
    ['no space around it', ' \n\t hi there \u00a0\n', 'hi there'],
    ['no mark at its end', 'Why?', 'Why'],
    ['none of several', 'Really?! ...', 'Really'],
    ['none of another script', '法国的首都是哪里？', '法国的首都是哪里'],
    ['the marks inside', 'Stop. Why? Go', 'Stop. Why? Go'],
    ['a factorial', 'What is 5!', 'What is 5!'],
    ['a factorial of a sum', 'Expand (n - 1)!', 'Expand (n - 1)!'],
    ['marks that are all there is', '?!', '?!'],
    ['nothing of nothing', ' \n ', ''],
  ])('%s', (_, text, read) => {
    expect(canonicalText(text)).toBe(read)
  })

  test('is a part of the text, and read from itself it is the same', () => {
    fc.assert(
      fc.property(someText(200), (text) => {
        const read = canonicalText(text)
        expect(text).toContain(read)
        expect(canonicalText(read)).toBe(read)
      }),
    )
  })

  test('does not depend on spaces around the text', () => {
    fc.assert(
      fc.property(someText(200), (text) => {
        expect(canonicalText(` \n${text}\t `)).toBe(canonicalText(text))
      }),
    )
  })
})

test('quotation marks of all kinds stand for the two on a keyboard', () => {
  const plain = (marks: string) =>
    [...marks].map((mark) => String.fromCharCode(plainQuote(mark.charCodeAt(0))))
  expect(new Set(plain('"“”„«»'))).toEqual(new Set(['"']))
  expect(new Set(plain("'‘’‚‹›"))).toEqual(new Set(["'"]))
  expect([...'"“”„«»\'‘’‚‹›'].every((mark) => isQuote(mark.charCodeAt(0)))).toBe(true)
  expect([...'a`-\u2010\u2022'].some((mark) => isQuote(mark.charCodeAt(0)))).toBe(false)
  expect(plain('a`')).toEqual(['a', '`'])
})

describe('asterisks', () => {
  test.each([
    ['**so** it is', 0, 2],
    ['**so** it is', 4, 6],
    ['it is *so*', 9, 10],
  ])('of %j at %i emphasise', (text, at, end) => {
    expect(afterEmphasis(text, at)).toBe(end)
  })

  test.each([
    ['2 * 3', 2],
    ['2*3', 1],
    ['x**2', 1],
    ['(a)*(b)', 3],
    ['* first', 0],
  ])('of %j at %i do not', (text, at) => {
    expect(afterEmphasis(text, at)).toBe(at)
  })
})
