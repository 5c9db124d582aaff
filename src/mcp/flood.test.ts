import { expect, test } from 'vitest'
import { floodGuard } from './flood.ts'

test('a burst passes, what follows it at once does not, and time lets more pass', () => {
  const takes = floodGuard({ perSecond: 10, burst: 3 })
  expect([takes(0), takes(0), takes(0), takes(0)]).toEqual([true, true, true, false])
  expect([takes(100), takes(100)]).toEqual([true, false])
  expect([takes(60_000), takes(60_000), takes(60_000), takes(60_000)]).toEqual([true, true, true, false])
})
