import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anEncoder } from '../../../test/support/a-router.ts'
import { someText } from '../../../test/support/texts.ts'
import { createEncoder, embed, outputDims, unitTextVector } from './network.ts'
import { shapeFeatureCount, writeShapeFeatures } from './shape-features.ts'
import { createTextFeatures } from './text-features.ts'

const weights = anEncoder()
const encoder = createEncoder(weights)

/** The formulas at the head of network.ts, written as they stand there. */
function byHand(text: string): number[] {
  const { ids, weights: featureWeights, count } = createTextFeatures(weights.buckets, weights.idf).read(text)
  const v = Array.from({ length: weights.textDims }, (_, dim) => {
    let sum = 0
    for (let i = 0; i < count; i++)
      sum += featureWeights[i]! * weights.embedding[ids[i]! * weights.textDims + dim]!
    return sum
  })
  const f = new Float32Array(shapeFeatureCount)
  writeShapeFeatures(text, f)
  const inputs = [...v, ...f]
  const z = Array.from({ length: weights.hiddenDims }, (_, unit) => {
    const row = weights.hidden.subarray(unit * inputs.length, (unit + 1) * inputs.length)
    return Math.max(
      0,
      inputs.reduce((sum, input, i) => sum + row[i]! * input, weights.hiddenBias[unit]!),
    )
  })
  return [...inputs, ...z]
}

test('encodes by its formulas', () => {
  fc.assert(
    fc.property(someText(), (text) => {
      const encoding = encoder.encode(text)
      byHand(text).forEach((value, dim) => {
        expect(encoding[dim]!).toBeCloseTo(value, 4)
      })
      expect(encoding.length).toBe(outputDims(weights))
    }),
  )
})

test('features that are added four at a time come to the same, to the last bit, as one after another', () => {
  fc.assert(
    fc.property(someText(), (text) => {
      const read = createTextFeatures(weights.buckets, weights.idf).read(text)
      const together = new Float32Array(weights.textDims)
      embed(weights, read, together)
      const apart = new Float32Array(weights.textDims)
      for (let place = 0; place < read.count; place++) {
        const [ids, featureWeights] = [read.ids.subarray(place), read.weights.subarray(place)]
        embed(weights, { ids, weights: featureWeights, count: 1 }, apart)
      }
      expect(together).toEqual(apart)
    }),
  )
})

test('each encoding is an array of its own', () => {
  const first = encoder.encode('first')
  const kept = first.slice()
  encoder.encode('second')
  expect(first).toEqual(kept)
})

test.each([
  ['nothing', ''],
  ['half a character', '\udc00'],
  ['a megabyte', 'lorem ipsum '.repeat(87_000)],
  ['Chinese', '法国的首都是哪里'],
])('%s has finite features, the same each time', (_, text) => {
  const encoding = encoder.encode(text)
  expect(encoding.every(Number.isFinite)).toBe(true)
  expect(createEncoder(anEncoder()).encode(text)).toEqual(encoding)
})

describe('the text vector', () => {
  test('has unit length', () => {
    expect(Math.hypot(...unitTextVector(encoder.encode('hello there'), weights.textDims))).toBeCloseTo(1, 5)
  })

  test('of no text is left at zero', () => {
    expect([...unitTextVector(encoder.encode(''), weights.textDims)]).toEqual([0, 0, 0, 0])
  })
})
