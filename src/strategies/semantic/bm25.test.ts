import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wordIndex } from './bm25.ts'
import { wordsOf } from './words.ts'

const likeness = (documents: readonly string[], text: string): number[] => {
  const index = wordIndex(documents.map(wordsOf))
  const out = new Float32Array(documents.length)
  index.likeness(wordsOf(text), out)
  return [...out]
}

describe('likeness by words', () => {
  test('is the cosine of BM25 weights, worked out by hand', () => {
    // Two documents of lengths 2 and 1, mean 1.5. idf(a) = ln(1 + 0.5/2.5), idf(b) = ln(1 + 1.5/1.5).
    const [idfA, idfB] = [Math.log(1.2), Math.log(2)]
    const saturation = 2.5 / (1 + 1.5 * (0.25 + (0.75 * 2) / 1.5))
    const document = [Math.sqrt(idfA) * saturation, Math.sqrt(idfB) * saturation]
    const expected = (Math.sqrt(idfB) * document[1]!) / (Math.sqrt(idfB) * Math.hypot(...document))
    const [first, second] = likeness(['a b', 'a'], 'b')
    expect(first).toBeCloseTo(expected, 6)
    expect(second).toBe(0)
  })

  test('counts rare words for more than common ones', () => {
    const [refund, card] = likeness(['my refund please', 'my card please', 'my pin please'], 'my refund')
    expect(refund).toBeGreaterThan(2 * card!)
  })

  test('goes down with words that nobody has', () => {
    const documents = ['cancel my order', 'track my parcel']
    const [alone] = likeness(documents, 'cancel order')
    const [among] = likeness(documents, 'cancel order zebra quantum')
    expect(among).toBeLessThan(alone!)
    expect(among).toBeGreaterThan(0)
  })

  test('is between 0 and 1, and 1 for the very text', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 6 })
      .map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), text, (documents, asked) => {
        for (const value of likeness(documents, asked)) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
    )
    expect(likeness(['one two three', 'four'], 'one two three')[0]).toBeCloseTo(1, 6)
  })

  test('of nothing, or among nothing, is nothing', () => {
    expect(likeness(['a b'], '?!')).toEqual([0])
    expect(likeness(['?!', ''], 'a')).toEqual([0, 0])
    expect(likeness([], 'a')).toEqual([])
  })

  test('leaves nothing of one text to the next', () => {
    const index = wordIndex([['a'], ['b']])
    const out = new Float32Array(2)
    index.likeness(['a'], out)
    index.likeness(['b'], out)
    expect([...out]).toEqual([0, 1])
  })
})

describe('words', () => {
  test.each([
    ["What's in my CARDS?", ['what', 's', 'in', 'my', 'card']],
    ['refund refunds refunded refunding', ['refund', 'refund', 'refund', 'refund']],
    ['policies policy bus is', ['policy', 'policy', 'bus', 'is']],
    ['Übung macht', ['übung', 'macht']],
    ['退款吗 ok', ['退', '款', '吗', 'ok']],
    ['', []],
  ])('of %j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected)
  })

  test('are bounded', () => {
    expect(wordsOf('word '.repeat(100_000)).length).toBeLessThanOrEqual(400)
    expect(wordsOf('x'.repeat(1_000_000))[0]!.length).toBeLessThanOrEqual(8_000)
  })
})
