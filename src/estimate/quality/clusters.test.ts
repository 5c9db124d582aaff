import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { type ClusterTable, createClusters, nearClusters } from './clusters.ts'

const unit = (...values: number[]): Float32Array => {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}
const centres = [unit(1, 0), unit(0, 1), unit(-1, 0), unit(0, -1), unit(-1, -1)]
const table: ClusterTable = {
  centres: Float32Array.from(centres.flatMap((centre) => [...centre])),
  clusters: centres.length,
  models: [modelId('acme/small'), modelId('acme/large')],
  usual: Float32Array.from([0.5, 0.6]),
  means: Float32Array.from([0.2, 0.6, 0.8, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
  weights: new Float32Array(10).fill(99),
}
const small = aModel({ id: 'acme/small' })
const at = (vector: Float32Array, model = small) =>
  createClusters(table).read({
    encoding: new Float32Array(0),
    vector,
    words: { ids: new Uint32Array(0), counts: new Float32Array(0) },
  })(model)

describe('a prompt in the middle of a cluster', () => {
  test('has the mean of its posterior, by model', () => {
    expect(at(unit(1, 0))!.mean).toBeCloseTo(0.2, 3)
    expect(at(unit(1, 0), aModel({ id: 'acme/large' }))!.mean).toBeCloseTo(0.6, 3)
  })

  test('has the deviation of a Beta posterior of so many outcomes', () => {
    expect(at(unit(1, 0))!.deviation).toBeCloseTo(Math.sqrt((0.2 * 0.8) / 100), 2)
  })
})

test('between two clusters it has the mean of both, and their disagreement adds to the deviation', () => {
  const between = at(unit(1, 1))!
  expect(between.mean).toBeCloseTo(0.5, 3)
  expect(between.deviation).toBeGreaterThan(0.3)
})

test('four of the clusters are read, nearest first, with weights that sum to 1', () => {
  const near = nearClusters(table, unit(3, 1))
  expect(near.map(({ cluster }) => cluster)).toEqual([0, 1, 3, 4].sort((a, b) => order(a) - order(b)))
  expect(near.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
  for (const [place, { weight }] of near.entries())
    expect(weight).toBeLessThanOrEqual(near[Math.max(0, place - 1)]!.weight)
})

const order = (cluster: number): number => {
  const vector = unit(3, 1)
  return -(centres[cluster]![0]! * vector[0]! + centres[cluster]![1]! * vector[1]!)
}

test('it knows nothing of a model that was not there', () => {
  expect(at(unit(1, 0), aModel({ id: 'other/unseen' }))).toBeNull()
})
