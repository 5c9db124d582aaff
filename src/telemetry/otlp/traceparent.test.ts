import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTraceparent } from './traceparent.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

describe('a traceparent', () => {
  it.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-03`, true],
    // Of a later version what is known of this one is read.
    [`cc-${traceId}-${spanId}-01-what-the-future-holds`, true],
    [` 00-${traceId}-${spanId}-01 `, true],
  ])('is read: %s', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled })
  })

  it.each([
    null,
    undefined,
    '',
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `cc-${traceId}-${spanId}-01-${'x'.repeat(1000)}`,
  ])('is none: %s', (header) => {
    expect(parseTraceparent(header)).toBeNull()
  })

  it('is never what else a client sends', () => {
    fc.assert(fc.property(fc.string(), (text) => parseTraceparent(text) === null))
  })
})
