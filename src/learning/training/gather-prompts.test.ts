import { describe, expect, test } from 'vitest'
import type { Example } from './corpus.ts'
import { gatherPrompts } from './gather-prompts.ts'
import { nearestCentre } from './k-means.ts'
import { groupLabel } from './training-examples.ts'

const anExample = (group: string | null): Example => ({
  text: 'a prompt',
  scores: [],
  labels: group === null ? {} : { [groupLabel]: group },
  weight: 1,
})

const [east, north, west] = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(-1, 0)]

describe('prompts in groups', () => {
  const examples = ['law', 'law', 'math', 'law', null, null].map(anExample)
  const vectors = [east, east, north, north, west, north]
  const { centres, clusterOf } = gatherPrompts(examples, vectors, 'seed')

  test('lie in the cluster of their group, though another centre be nearer', () => {
    expect(clusterOf.slice(0, 4)).toEqual([0, 0, 1, 0])
    expect(nearestCentre(centres, vectors[3]!)).toBe(1)
  })

  test('have the direction of their mean for a centre', () => {
    expect(centres[0]).toBeCloseTo(2 / Math.sqrt(5), 5)
    expect(centres[1]).toBeCloseTo(1 / Math.sqrt(5), 5)
    expect([...centres.subarray(2, 4)]).toEqual([0, 1])
  })

  test('leave clusters for those without one, who go to the nearest of all', () => {
    expect(centres.length / 2).toBeGreaterThan(2)
    expect([clusterOf[4], clusterOf[5]]).toEqual([
      nearestCentre(centres, west),
      nearestCentre(centres, north),
    ])
  })
})

test('where all prompts have a group there are no other clusters', () => {
  const { centres } = gatherPrompts(['a', 'b'].map(anExample), [east, west], 'seed')
  expect([...centres]).toEqual([1, 0, -1, 0])
})

test('where none has, likeness alone gathers them', () => {
  const examples = Array.from({ length: 40 }, () => anExample(null))
  const vectors = examples.map((_, index) => (index % 2 === 0 ? east : north))
  const { centres, clusterOf } = gatherPrompts(examples, vectors, 'seed')
  expect(centres).toHaveLength(4)
  expect(new Set(clusterOf.filter((_, index) => index % 2 === 0)).size).toBe(1)
  expect(clusterOf[0]).not.toBe(clusterOf[1])
})
