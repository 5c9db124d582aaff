import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { createVectorIndex } from './vector-index.ts'

const dims = 8
function unit(draw: () => number): Float32Array {
  const raw = Float32Array.from({ length: dims }, () => normal(draw))
  const length = Math.hypot(...raw)
  return raw.map((value) => value / length)
}
const cosine = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, at) => sum + value * other[at]!, 0)

describe('an index of vectors', () => {
  it('finds the nearest of those that it holds, which are the last used', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.string(),
        (count, most, seed) => {
          const draw = seededDraw(seed)
          const vectors = Array.from({ length: count }, () => unit(draw))
          const index = createVectorIndex<number>(dims, most, () => 10)
          vectors.forEach((vector, item) => {
            index.add(vector, item)
          })
          const held = vectors.map((vector, item) => ({ vector, item })).slice(-most)
          const asked = unit(draw)
          const expected = held
            .map(({ vector, item }) => ({ item, similarity: cosine(vector, asked) }))
            .filter(({ similarity }) => similarity >= 0.2)
            .sort((one, other) => other.similarity - one.similarity)
            .slice(0, 3)
          const found = index.nearest(asked, 0.2, 3)
          expect(found.map(({ item }) => item)).toEqual(expected.map(({ item }) => item))
          expect(index.size()).toBe(Math.min(count, most))
          expect(index.bytes()).toBeLessThanOrEqual(Math.max(16, 2 * most) * dims * 4 + 10 * most)
        },
      ),
    )
  })

  it('forgets what was not used for longest', () => {
    const draw = seededDraw('lru')
    const [first, second, third] = [unit(draw), unit(draw), unit(draw)]
    const index = createVectorIndex<string>(dims, 2, () => 0)
    index.add(first, 'first')
    index.add(second, 'second')
    index.touch(index.nearest(first, 0.99, 1)[0]!)
    index.add(third, 'third')
    expect(index.nearest(first, 0.99, 1)).toHaveLength(1)
    expect(index.nearest(second, 0.99, 1)).toHaveLength(0)
  })

  it('takes one out and keeps the others', () => {
    const draw = seededDraw('out')
    const vectors = Array.from({ length: 20 }, () => unit(draw))
    const index = createVectorIndex<number>(dims, 50, () => 7)
    vectors.forEach((vector, item) => {
      index.add(vector, item)
    })
    const full = index.bytes()
    const gone = index.nearest(vectors[3]!, 0.999, 1)[0]!
    index.remove(gone)
    // What has moved meanwhile is not taken for it.
    index.remove(gone)
    expect(index.size()).toBe(19)
    expect(index.bytes()).toBe(full - 7)
    vectors.forEach((vector, item) => {
      expect(index.nearest(vector, 0.999, 1).map((near) => near.item)).toEqual(item === 3 ? [] : [item])
    })
  })
})
