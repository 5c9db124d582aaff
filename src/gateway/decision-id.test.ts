import { expect, test } from 'vitest'
import { newDecisionId } from './decision-id.ts'

test('ids have one length, rise with time, and differ at one time', () => {
  const times = [1, 999, 1_800_000_000_000, 1_800_000_000_001, 281_474_976_710_655]
  const ids = times.map((time) => newDecisionId(time))
  for (const id of ids) expect(id).toMatch(/^dec_[0-9a-f]{32}$/)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(Array.from({ length: 1000 }, () => newDecisionId(5))).size).toBe(1000)
})
