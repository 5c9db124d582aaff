import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { someText } from '../../../test/support/texts.ts'
import { clip, createTextFeatures } from './text-features.ts'

const buckets = 4096

/** Weight by bucket, read afresh: the arrays of a reading are reused. */
function features(text: string, idf?: Float32Array): Map<number, number> {
  const { ids, weights, count } = createTextFeatures(buckets, idf).read(text)
  return new Map(Array.from({ length: count }, (_, index) => [ids[index]!, weights[index]!]))
}

const norm = (weights: Map<number, number>) => Math.hypot(...weights.values())
const similarity = (a: string, b: string) => {
  const other = features(b)
  let sum = 0
  for (const [id, weight] of features(a)) sum += weight * (other.get(id) ?? 0)
  return sum
}

test('any text has features of unit length in its buckets, none of them twice', () => {
  const reader = createTextFeatures(buckets)
  fc.assert(
    fc.property(someText(500), (text) => {
      const { ids, weights, count } = reader.read(text)
      const seen = [...ids.subarray(0, count)]
      expect(new Set(seen).size).toBe(count)
      expect(seen.every((id) => id < buckets)).toBe(true)
      if (count > 0) expect(Math.hypot(...weights.subarray(0, count))).toBeCloseTo(1, 4)
    }),
  )
})

test('a reading does not depend on what was read before', () => {
  const reader = createTextFeatures(buckets)
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, text) => {
      reader.read(before)
      const { ids, weights, count } = reader.read(text)
      expect(new Map(Array.from({ length: count }, (_, i) => [ids[i]!, weights[i]!]))).toEqual(features(text))
    }),
  )
})

describe('texts without features', () => {
  test.each([
    ['nothing', ''],
    ['spaces', ' \n\t\u00a0\u3000 '],
  ])('%s', (_, text) => {
    expect(features(text).size).toBe(0)
  })
})

describe('what is alike', () => {
  test('capitals do not matter', () => {
    expect(features('What IS Love')).toEqual(features('what is love'))
  })

  test.each([
    ['spaces around a text', '  What is love?\n'],
    ['the mark at its end', 'What is love'],
    ['emphasis', 'What *is* **love**?'],
  ])('%s does not matter', (_, text) => {
    expect(features(text)).toEqual(features('What is love?'))
  })

  test('quotation marks are one, however they are set', () => {
    expect(features('say “no” and ‘why’ and «so» and ‹it›')).toEqual(
      features('say "no" and \'why\' and "so" and \'it\''),
    )
    expect(features('it’s')).toEqual(features("it's"))
  })

  test('numbers are read by how many digits they have', () => {
    expect(features('add 123 and 45')).toEqual(features('add 987 and 10'))
    expect(features('add 123 and 45')).not.toEqual(features('add 1234 and 45'))
  })

  test('order matters, by pairs', () => {
    expect(features('dog bites man')).not.toEqual(features('man bites dog'))
  })

  test('words of one stem share their inner n-grams', () => {
    expect(similarity('translating', 'translated')).toBeGreaterThan(0.3)
    expect(similarity('translating', 'cooking')).toBeLessThan(0.3)
  })

  test('Chinese is read by character and pair, so that sentences share what they share', () => {
    expect(features('你好世界').size).toBe(7)
    expect(similarity('法国的首都', '德国的首都')).toBeGreaterThan(0.5)
    expect(similarity('法国的首都', '我喜欢吃鱼')).toBeLessThan(0.2)
  })
})

test('a repeated word grows by the logarithm of its count', () => {
  const once = features('alpha beta')
  const often = features(`alpha ${'beta '.repeat(50)}`)
  expect(Math.max(...often.values()) / Math.min(...often.values())).toBeLessThan(1 + Math.log(60))
  expect(norm(once)).toBeCloseTo(1, 5)
})

test('inverse document frequency weighs buckets', () => {
  const plain = features('alpha beta')
  const [heavy] = plain.keys()
  const idf = new Float32Array(buckets).fill(1)
  idf[heavy!] = 10
  const weighed = features('alpha beta', idf)
  expect(weighed.get(heavy!)!).toBeGreaterThan(plain.get(heavy!)!)
})

describe('long texts', () => {
  test('are clipped to both ends', () => {
    const text = `${'a'.repeat(3000)}${'b'.repeat(100_000)}${'c'.repeat(3000)}`
    expect(clip(text).length).toBe(4001)
    expect(clip(text)).not.toContain('b')
    expect(clip('short')).toBe('short')
  })

  test('of a megabyte stay within the arrays, whatever their letters', () => {
    let every = ''
    for (let code = 33; every.length < 1_000_000; code = code >= 0xfff0 ? 33 : code + 1)
      every += String.fromCharCode(code)
    // The letter İ is two letters when it is small.
    for (const text of [every, 'İ一'.repeat(500_000), '\ud800'.repeat(1_000_000)]) {
      const { ids, weights, count } = createTextFeatures(65536).read(text)
      expect(count).toBeLessThanOrEqual(ids.length)
      expect(Math.hypot(...weights.subarray(0, count))).toBeCloseTo(1, 3)
    }
  })
})
