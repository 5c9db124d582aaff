import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addTo, mergeSums, type Sums } from './learner.ts'

const whole = fc.integer({ min: -1000, max: 1000 })
const increments = fc.array(
  fc.record({
    arm: fc.constantFrom('a', 'b', 'c'),
    add: fc.array(whole, { minLength: 3, maxLength: 3 }).map((values) => Float64Array.from(values)),
  }),
  { maxLength: 20 },
)
const sumsOf = (added: readonly { arm: string; add: Float64Array }[]) => added.reduce<Sums>(addTo, new Map())
const sorted = (sums: Sums) => [...sums].sort(([one], [other]) => (one < other ? -1 : 1))

describe('sums', () => {
  test('of parts that were added up apart are those of the whole, in any order', () => {
    fc.assert(
      fc.property(increments, fc.nat(20), (all, cut) => {
        const [first, second] = [sumsOf(all.slice(0, cut)), sumsOf(all.slice(cut))]
        expect(sorted(mergeSums(first, second))).toEqual(sorted(sumsOf(all)))
        expect(sorted(mergeSums(second, first))).toEqual(sorted(sumsOf(all)))
      }),
    )
  })

  test('that stand are never written to, nor is what was added', () => {
    const add = Float64Array.of(1, 2)
    const before = addTo(new Map(), { arm: 'a', add })
    const after = addTo(before, { arm: 'a', add })
    mergeSums(after, after)
    expect([...before.get('a')!]).toEqual([1, 2])
    expect([...after.get('a')!]).toEqual([2, 4])
    expect([...add]).toEqual([1, 2])
    expect(before.get('a')).not.toBe(add)
  })

  test('of two learners are not added up', () => {
    const sums: Sums = new Map([['a', new Float64Array(3)]])
    expect(() => addTo(sums, { arm: 'a', add: new Float64Array(4) })).toThrow('belong to two learners')
  })
})
