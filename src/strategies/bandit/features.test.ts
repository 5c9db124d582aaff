import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aSignals } from '../../../test/support/builders.ts'
import { taskTypes } from '../../domain/signals.ts'
import { banditDims, banditFeatures, featuresOf } from './features.ts'

const vectorOf = (...values: number[]) => Float32Array.from(values)
const product = (one: Float64Array, other: Float64Array) =>
  one.reduce((sum, value, place) => sum + value * other[place]!, 0)

describe('the features of a turn', () => {
  test('have a name each, and unit length whatever the request', () => {
    expect(banditFeatures).toHaveLength(banditDims)
    expect(new Set(banditFeatures).size).toBe(banditDims)
    fc.assert(
      fc.property(
        fc.constantFrom(...taskTypes),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1_000_000),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 64 }),
        (taskType, complexity, inputTokens, text) => {
          const x = featuresOf({
            signals: aSignals({ taskType, complexity, inputTokens }),
            vector: Float32Array.from(text),
          })
          expect(product(x, x)).toBeCloseTo(1, 9)
          expect(x[0]).toBeCloseTo(Math.SQRT1_2, 12)
        },
      ),
    )
  })

  test('are the nearer the more alike requests are', () => {
    const code = featuresOf({ signals: aSignals({ taskType: 'code' }), vector: vectorOf(1, 0, 0, 0) })
    const sameTask = featuresOf({ signals: aSignals({ taskType: 'code' }), vector: vectorOf(0, 1, 0, 0) })
    const other = featuresOf({
      signals: aSignals({ taskType: 'math', subject: { name: 'math', probability: 0.9 } }),
      vector: vectorOf(0, 1, 0, 0),
    })
    expect(product(code, code)).toBeGreaterThan(product(code, sameTask))
    expect(product(code, sameTask)).toBeGreaterThan(product(code, other))
  })

  test('keep what vectors have in common, roughly', () => {
    const signals = aSignals()
    const [a, near, far] = [
      [1, 0.1, 0, 0, 0, 0, 0, 0],
      [1, 0, 0.1, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 1, 0.2, 0, 0],
    ].map((values) => featuresOf({ signals, vector: Float32Array.from(values) }))
    expect(product(a!, near!)).toBeGreaterThan(product(a!, far!))
  })
})
