import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keeping } from './row-sample.ts'

const kept = (ids: readonly string[], most: number, seed = 's') => {
  const sample = keeping<{ id: string }>({ most, seed })
  for (const id of ids) sample.add({ id })
  return { ids: sample.rows().map(({ id }) => id), found: sample.found() }
}

describe('a sample of rows', () => {
  const ids = Array.from({ length: 500 }, (_, at) => `row-${at}`)

  test('is everything where there is no more than is wanted, or nothing is said', () => {
    expect(kept(ids, 500).ids).toEqual(ids)
    const all = keeping<{ id: string }>(null)
    for (const id of ids) all.add({ id })
    expect(all.rows()).toHaveLength(500)
  })

  test('is the same whatever order the rows stand in, and keeps their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (written, most) => {
          const { ids: forth, found } = kept(written, most)
          expect(found).toBe(written.length)
          expect(forth).toHaveLength(Math.min(most, written.length))
          expect(forth).toEqual(written.filter((id) => forth.includes(id)))
          expect(new Set(kept([...written].reverse(), most).ids)).toEqual(new Set(forth))
        },
      ),
    )
  })

  test('hangs on the seed, and favours neither the first nor the last', () => {
    expect(kept(ids, 50, 'a').ids).not.toEqual(kept(ids, 50, 'b').ids)
    const places = Array.from({ length: 40 }, (_, seed) => kept(ids, 50, `seed ${seed}`).ids).flat()
    const mean = places.reduce((sum, id) => sum + Number(id.slice(4)), 0) / places.length
    expect(mean).toBeGreaterThan(220)
    expect(mean).toBeLessThan(280)
  })
})
