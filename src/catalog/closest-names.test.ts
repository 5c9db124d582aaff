import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedDistance, closestNames } from './closest-names.ts'

const names = (...texts: string[]) => texts.map((text) => ({ text, of: text }))

describe('the nearest names', () => {
  it('come nearest first, at most three of them', () => {
    expect(closestNames('model-aa', names('model-bb', 'model-ab', 'model-aa1', 'model-ba', 'other'))).toEqual(
      ['model-ab', 'model-aa1', 'model-ba'],
    )
  })

  it('are given once, by their nearest name', () => {
    const both = [
      { text: 'alpha-1', of: 'x' },
      { text: 'alpha-11', of: 'x' },
    ]
    expect(closestNames('alpha-1x', both)).toEqual(['x'])
  })

  it('leave out what shares only a few letters', () => {
    expect(closestNames('abc', names('xyz', 'ab'))).toEqual(['ab'])
  })

  it('can be asked for an absurdly long name', () => {
    expect(closestNames('a'.repeat(1e6), names('b'.repeat(1e6)))).toEqual([])
  })
})

describe('the edit distance', () => {
  const word = fc.string({ maxLength: 8 })

  it('counts insertions, deletions and replacements', () => {
    expect(boundedDistance('kitten', 'sitting', 9)).toBe(3)
    expect(boundedDistance('', 'abc', 9)).toBe(3)
  })

  it('is zero for a name and itself, and the same both ways', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(boundedDistance(a, a, 0)).toBe(0)
        expect(boundedDistance(a, b, 20)).toBe(boundedDistance(b, a, 20))
      }),
    )
  })

  it('is exact up to its limit and infinite beyond', () => {
    fc.assert(
      fc.property(word, word, fc.nat(8), (a, b, limit) => {
        const exact = boundedDistance(a, b, 100)
        expect(boundedDistance(a, b, limit)).toBe(exact <= limit ? exact : Number.POSITIVE_INFINITY)
      }),
    )
  })
})
