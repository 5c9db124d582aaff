import * as fc from 'fast-check'

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 32, max: 126 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0x4e00, max: 0x9fff }) },
  { weight: 2, arbitrary: fc.nat(0xffff) },
)

/** Any text that JavaScript can hold, halves of characters among it. */
export const someText = (maxLength = 200): fc.Arbitrary<string> =>
  fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units))
