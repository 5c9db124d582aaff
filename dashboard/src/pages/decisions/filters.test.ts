import { describe, expect, test } from 'vitest'
import { aDecision } from '../../../../test/support/a-decision.ts'
import { decisionLine } from '../../../../src/gateway/admin/decisions.ts'
import { filtersOf, fits, merged } from './filters.ts'

const line = (changes: Parameters<typeof aDecision>[0] = {}) =>
  decisionLine({ decision: aDecision(changes), outcome: null })

describe('filters in the address', () => {
  test('are those that say something, and no others', () => {
    const search = new URLSearchParams('policy=auto&status=&after=x&text=nano')
    expect(filtersOf(search)).toEqual({ policy: 'auto', text: 'nano' })
  })

  test('what happens is shown where all of them hold', () => {
    const one = line({ policy: 'auto', because: 'Best value' })
    expect(fits(one, {})).toBe(true)
    expect(fits(one, { policy: 'auto', text: 'BEST' })).toBe(true)
    expect(fits(one, { policy: 'support' })).toBe(false)
    expect(fits(one, { text: 'worst' })).toBe(false)
    expect(fits(one, { tag: 'batch' })).toBe(false)
    expect(fits(one, { status: 'answered' })).toBe(false)
  })
})

describe('what has arrived, and the page', () => {
  test('newest first, each decision once, as it last was', () => {
    const before = line({ id: 'a', time: '2026-03-01T10:00:00.000Z' })
    const older = line({ id: 'b', time: '2026-03-01T09:00:00.000Z' })
    const finished = { ...before, status: 'answered' as const }
    const newer = line({ id: 'c', time: '2026-03-01T11:00:00.000Z' })
    const list = merged([newer, finished], [before, older], 10)
    expect(list.map(({ id, status }) => [id, status])).toEqual([
      ['c', null],
      ['a', 'answered'],
      ['b', null],
    ])
    expect(merged([newer], [before, older], 2)).toHaveLength(2)
  })
})
