import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArtefactError, decodeArtefact, encodeArtefact } from './artefact-file.ts'

const header = { name: 'tiny', über: ['ä', 1, null] }
const arrays = {
  floats: Float32Array.of(1.5, -2, 3e30),
  bytes: Int8Array.of(-128, 0, 127),
  none: new Float32Array(0),
  small: Uint8Array.of(255),
}
const whole = encodeArtefact(header, arrays)
const headerLength = new DataView(whole.buffer).getUint32(8, true)

const failureOf = (bytes: Uint8Array): unknown => {
  try {
    decodeArtefact(bytes, 'a.fairlead')
  } catch (error) {
    return error
  }
  return null
}

/** The same file with another header; its arrays are left out. */
function withHeader(text: string): Uint8Array {
  const head = new TextEncoder().encode(text)
  const bytes = new Uint8Array(12 + Math.ceil(head.length / 4) * 4)
  bytes.set(whole.subarray(0, 8))
  new DataView(bytes.buffer).setUint32(8, head.length, true)
  bytes.set(head, 12)
  return bytes
}

describe('a round trip', () => {
  test('gives back header and arrays', () => {
    expect(decodeArtefact(whole, 'a')).toEqual({ header, arrays })
  })

  test('works from a buffer at any offset', () => {
    for (let offset = 0; offset < 9; offset++) {
      const pool = Buffer.alloc(whole.length + 16, 0xaa)
      pool.set(whole, offset)
      const decoded = decodeArtefact(pool.subarray(offset, offset + whole.length), 'a')
      expect(decoded.arrays).toEqual(arrays)
    }
  })

  test('gives arrays of their own: changing the file afterwards changes nothing', () => {
    const bytes = Buffer.from(whole)
    const decoded = decodeArtefact(bytes, 'a')
    bytes.fill(0)
    expect(decoded.arrays).toEqual(arrays)
  })

  test('keeps any floats and bytes', () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.int8Array(), fc.uint8Array(), (floats, signed, unsigned) => {
        const written = encodeArtefact({}, { unsigned, floats, signed })
        expect(decodeArtefact(written, 'a').arrays).toEqual({ unsigned, floats, signed })
      }),
    )
  })
})

describe('a file that cannot be used says what to do', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['text', Buffer.from('{"name": "not an artefact at all"}')],
    ['one wrong letter', Uint8Array.from(whole, (byte, at) => (at === 3 ? byte + 1 : byte))],
  ])('%s is no artefact', (_, bytes) => {
    const error = failureOf(bytes)
    expect(error).toBeInstanceOf(ArtefactError)
    expect((error as Error).message).toBe(
      'a.fairlead is not a Fairlead artefact. Make one with `fairlead train`.',
    )
  })

  test('cut short anywhere', () => {
    // The last array is one byte and is padded to four: the padding holds nothing.
    const end = whole.length - 3
    for (let length = 0; length < end; length++) {
      const error = failureOf(whole.subarray(0, length))
      expect(error).toBeInstanceOf(ArtefactError)
      expect((error as Error).message).toContain(length < 12 ? 'is not a Fairlead artefact' : 'is cut short')
    }
    expect(failureOf(whole.subarray(0, end))).toBeNull()
  })

  test('of another format', () => {
    const error = failureOf(withHeader('{"formatVersion": 1, "tensors": {}}'))
    expect((error as Error).message).toBe(
      'a.fairlead has format 1; this Fairlead reads format 2. Train it again with `fairlead train`.',
    )
  })

  test.each([
    ['no JSON', '{"formatVersion": 2, '],
    ['no object', 'null'],
    ['a list', '[1]'],
    ['no arrays', '{"formatVersion": 2}'],
    [
      'arrays of an unknown type',
      '{"formatVersion": 2, "arrays": {"a": {"type": "f64", "length": 0, "offset": 0}}}',
    ],
    ['a negative offset', '{"formatVersion": 2, "arrays": {"a": {"type": "u8", "length": 1, "offset": -4}}}'],
    ['half a number', '{"formatVersion": 2, "arrays": {"a": {"type": "u8", "length": 0.5, "offset": 0}}}'],
    ['an array that is none', '{"formatVersion": 2, "arrays": {"a": null}}'],
  ])('whose header is %s', (_, text) => {
    const error = failureOf(withHeader(text))
    expect(error).toBeInstanceOf(ArtefactError)
    expect((error as Error).message).toContain('is damaged')
  })

  test('any one changed byte is read, or refused as it should be', () => {
    fc.assert(
      fc.property(fc.nat(11 + headerLength), fc.nat(255), (at, byte) => {
        const changed = whole.slice()
        changed[at] = byte
        const error = failureOf(changed)
        if (error !== null) expect(error).toBeInstanceOf(ArtefactError)
      }),
      { numRuns: 500 },
    )
  })
})
