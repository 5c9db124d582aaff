import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { budgetPeriods } from './policy.ts'
import { periodAt } from './period.ts'

const spanOf = (per: (typeof budgetPeriods)[number], at: string) => {
  const { beganAt, endsAt } = periodAt(per, new Date(at))
  return [beganAt, endsAt].map((moment) => new Date(moment).toISOString().replace(':00.000Z', ''))
}

describe('the period that a moment falls into, by UTC', () => {
  test.each([
    ['hour', '2026-11-27T13:59:59.999Z', '2026-11-27T13:00', '2026-11-27T14:00'],
    ['day', '2026-11-27T23:59:59+02:00', '2026-11-27T00:00', '2026-11-28T00:00'],
    ['day', '2026-11-27T00:30:00+02:00', '2026-11-26T00:00', '2026-11-27T00:00'],
    ['week', '2026-11-29T23:59:59Z', '2026-11-23T00:00', '2026-11-30T00:00'],
    ['week', '2026-11-30T00:00:00Z', '2026-11-30T00:00', '2026-12-07T00:00'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00', '2028-03-01T00:00'],
    ['month', '2026-12-31T23:59:59Z', '2026-12-01T00:00', '2027-01-01T00:00'],
  ] as const)('%s of %s', (per, at, began, ends) => {
    expect(spanOf(per, at)).toEqual([began, ends])
  })

  test('a lifetime has always begun and never ends', () => {
    expect(periodAt('lifetime', new Date('2026-11-27'))).toEqual({
      beganAt: 0,
      endsAt: Number.POSITIVE_INFINITY,
    })
  })

  test('holds the moment, and the next begins where it ends', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...budgetPeriods),
        fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (per, at) => {
          const { beganAt, endsAt } = periodAt(per, at)
          expect(beganAt).toBeLessThanOrEqual(at.getTime())
          expect(endsAt).toBeGreaterThan(at.getTime())
          expect(periodAt(per, new Date(endsAt)).beganAt).toBe(endsAt)
          expect(periodAt(per, new Date(endsAt - 1)).beganAt).toBe(beganAt)
        },
      ),
    )
  })
})
