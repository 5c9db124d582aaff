import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHash, canonicalText } from './canonical.ts'

/** The same value with the fields of each object written in the other order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  )
}

describe('the canonical text of a value', () => {
  it('is that of its JSON, whatever order fields were written in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalText(value)
        expect(text).toBe(canonicalText(reversed(value)))
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('differs where values differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const same = JSON.stringify(reversed(reversed(one))) === JSON.stringify(reversed(reversed(other)))
        if (!same && canonicalText(one) === canonicalText(other))
          expect(reversed(one)).toEqual(reversed(other))
      }),
    )
  })

  it.each([
    [null, 'null'],
    [1, '1'],
    [[1], ['1']],
    [[[1], 2], [[1, 2]]],
    [{ a: null }, {}],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
    [[undefined], [null]],
    [Number.NaN, null],
  ])('tells %j and %j apart', (one, other) => {
    expect(canonicalHash(one)).not.toBe(canonicalHash(other))
  })

  it('takes no notice of fields that are not there', () => {
    expect(canonicalText({ b: 1, a: undefined })).toBe('{"b":1}')
  })
})
