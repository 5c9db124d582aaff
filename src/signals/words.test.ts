import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWordReader, wordBuckets } from './words.ts'

const read = createWordReader()
const counted = (text: string) => {
  const { ids, counts } = read(text)
  return new Map(Array.from(ids, (id, place) => [id, counts[place]!]))
}

describe('the words of a text', () => {
  test('are counted, whatever their case and what stands between them', () => {
    expect(counted('Rain, rain and\n sun')).toEqual(counted('and sun rain  rain ,'))
    expect([...counted('rain rain sun').values()].sort()).toEqual([1, 2])
  })

  test('take numbers by their digits, and letters apart from digits', () => {
    expect(counted('12 apples')).toEqual(counted('47 apples'))
    expect(counted('12 apples')).not.toEqual(counted('123 apples'))
    expect(counted('gpt4')).toEqual(counted('gpt 7'))
  })

  test('are single characters where words are written without spaces', () => {
    expect(read('下雨').ids).toHaveLength(2)
  })

  test('do not depend on what was read before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
        const first = read(text)
        read(other)
        expect(read(text)).toEqual(first)
        expect(new Set(first.ids).size).toBe(first.ids.length)
        expect(first.ids.every((id) => id < wordBuckets)).toBe(true)
      }),
    )
  })
})
