import { expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { kMeans, nearestCentre } from './k-means.ts'

const draw = seededDraw('three groups')
const directions = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
]
const vectors = Array.from({ length: 300 }, (_, index) => {
  const noisy = directions[index % 3]!.map((value) => value + 0.1 * normal(draw))
  return Float32Array.from(noisy, (value) => value / Math.hypot(...noisy))
})
const evenly = vectors.map(() => 1)

test('finds groups that lie apart', () => {
  const centres = kMeans(vectors, evenly, 3, seededDraw('any'))
  const groups = vectors.map((vector) => nearestCentre(centres, vector))
  expect(new Set(groups.slice(0, 3)).size).toBe(3)
  for (const [index, group] of groups.entries()) expect(group).toBe(groups[index % 3])
})

test('vectors of no weight move no centre', () => {
  const weights = vectors.map((_, index) => (index % 3 === 0 ? 1 : 0))
  const [x] = kMeans(vectors, weights, 1, seededDraw('any'))
  expect(x).toBeGreaterThan(0.98)
})

test('gives no more centres than there are different vectors, and the same for the same draw', () => {
  const two = [vectors[0]!, vectors[1]!, vectors[0]!]
  expect(kMeans(two, [1, 1, 1], 8, seededDraw('any'))).toHaveLength(2 * 3)
  expect(kMeans(vectors, evenly, 5, seededDraw('x'))).toEqual(kMeans(vectors, evenly, 5, seededDraw('x')))
  expect(kMeans([], [], 3, seededDraw('any'))).toHaveLength(0)
})
