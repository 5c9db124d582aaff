import { expect, it } from 'vitest'
import { wireFormat, wireFormats } from './index.ts'

it('a wire format is found by its name', () => {
  for (const format of wireFormats) expect(wireFormat(format.name)).toBe(format)
  expect(() => wireFormat('telegram' as never)).toThrow('unreachable')
})
