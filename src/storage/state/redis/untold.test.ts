import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Told } from './remote.ts'
import { createUntold, type Place } from './untold.ts'

const key = { name: 'key', per: 'day' } as const
const entry = (amount: number, beganAt = 0) => ({ account: key, amount, beganAt, at: beganAt })

function ids() {
  let next = 0
  return () => `op-${next++}`
}

/** Counts as Redis does: each id once; `held` is what is set aside there. */
function aBook(held: ReadonlySet<string>) {
  const seen = new Set<string>()
  let spent = 0
  return {
    spent: () => spent,
    tell: ({ id, otherwise, entries }: Told) => {
      if (seen.has(id)) return
      seen.add(id)
      if (held.has(id) || otherwise === 'add') for (const { amount } of entries) spent += amount
    },
  }
}

describe('what could not be told', () => {
  test('counts once, whichever answers are lost on the way', async () => {
    const settled = fc.record({
      place: fc.constantFrom<Place>('here', 'there', 'perhaps'),
      amount: fc.nat(100),
      // Whether Redis has it set aside, where that is not certain.
      held: fc.boolean(),
    })
    const answer = fc.constantFrom('told', 'lost before', 'lost after')
    await fc.assert(
      fc.asyncProperty(fc.array(settled), fc.array(answer), async (list, answers) => {
        const untold = createUntold(ids(), 1000)
        const held = new Set<string>()
        list.forEach(({ place, held: there }, index) => {
          if (place === 'there' || (place === 'perhaps' && there)) held.add(`hold-${index}`)
        })
        const book = aBook(held)
        const coming = [...answers]
        const tell = async (told: Told) => {
          const next = coming.shift()
          if (next !== 'lost before') book.tell(told)
          if (next === 'lost before' || next === 'lost after') throw new Error(next)
        }
        for (const [index, { place, amount }] of list.entries()) {
          untold.add(`hold-${index}`, place, [entry(amount)])
          if (index % 3 === 0) await untold.flush(tell).catch(() => {})
        }
        while (untold.size() > 0) await untold.flush(tell).catch(() => {})
        expect(book.spent()).toBe(list.reduce((sum, { amount }) => sum + amount, 0))
        expect(untold.of(key)).toBe(0)
      }),
    )
  })

  test('is known by account until it is told', async () => {
    const untold = createUntold(ids(), 1000)
    untold.add('a', 'here', [entry(5)])
    untold.add('b', 'there', [entry(7)])
    expect(untold.of(key)).toBe(12)
    const lost = untold.flush(() => Promise.reject(new Error('gone')))
    await expect(lost).rejects.toThrow('gone')
    expect(untold.of(key)).toBe(12)
    await untold.flush(async () => {})
    expect([untold.of(key), untold.size()]).toEqual([0, 0])
  })

  test('of a period that is over is forgotten with the first of the next', async () => {
    const untold = createUntold(ids(), 1000)
    untold.add('a', 'here', [entry(5, 0)])
    untold.add('b', 'here', [entry(7, 86_400_000)])
    expect(untold.of(key)).toBe(7)
    const told: Told[] = []
    await untold.flush(async (one) => {
      told.push(one)
    })
    expect(told.flatMap(({ entries }) => entries)).toEqual([entry(7, 86_400_000)])
  })

  test('counts in full where Redis has lost what it had set aside', async () => {
    const untold = createUntold(ids(), 1000)
    untold.add('a', 'there', [entry(5)])
    untold.moved()
    const book = aBook(new Set())
    await untold.flush(async (one) => book.tell(one))
    expect(book.spent()).toBe(5)
  })

  test('is bounded: beyond so many, what Redis has set aside counts as it was set aside', () => {
    const untold = createUntold(ids(), 10)
    for (let n = 0; n < 1000; n++) {
      untold.add(`there-${n}`, 'there', [entry(1)])
      untold.add(`perhaps-${n}`, 'perhaps', [entry(1)])
    }
    expect(untold.size()).toBe(11)
    expect(untold.of(key)).toBe(10 + 995)
  })
})
