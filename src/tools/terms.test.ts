import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTermReader, wordsOf } from './terms.ts'
import { classTermsOf, stemOf } from './word-forms.ts'

describe('names are taken apart', () => {
  test.each([
    ['getUserById', 'get user by id'],
    ['get_user-by.id', 'get user by id'],
    ['parseHTMLText', 'parse html text'],
    ['v2Upload', 'v 2 upload'],
    ['PRs', 'prs'],
    ['SENDMAIL', 'sendmail'],
  ])('%s', (name, words) => {
    expect(wordsOf(name).join(' ')).toBe(words)
  })
})

test('scripts without spaces are read by pairs of characters', () => {
  expect(wordsOf('天気予報')).toEqual(['天気', '気予', '予報'])
})

test.each([
  ['calculating', 'calculator'],
  ['calculates', 'calculation'],
  ['running', 'run'],
  ['countries', 'country'],
  ['searched', 'search'],
  ['payments', 'pay'],
])('%s and %s are one word', (one, other) => {
  expect(stemOf(one)).toBe(stemOf(other))
})

test('short words, and words that end in a double s, are left as they are', () => {
  expect(stemOf('gas')).toBe('gas')
  expect(stemOf('address')).toBe('address')
})

test('words that say nothing of a tool are left out, and the others know their classes', () => {
  const terms = createTermReader().read('Could you please look up where my parcels are?')
  expect(terms.map(({ word }) => word)).toEqual(['look', 'parcels'])
  expect(terms[1]!.classes).toEqual(classTermsOf(stemOf('parcel')))
  expect(classTermsOf(stemOf('shipment'))).toEqual(expect.arrayContaining([...terms[1]!.classes]))
})

test('any text is read, to the same terms each time', () => {
  const [reader, other] = [createTermReader(), createTermReader()]
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(reader.read(text)).toEqual(reader.read(text))
      expect(reader.read(text)).toEqual(other.read(text))
    }),
    { numRuns: 200 },
  )
})
