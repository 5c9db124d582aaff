import { describe, expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { seededDraw } from '../../domain/random.ts'
import { anyModel, type Example } from './corpus.ts'
import { fitClusters } from './fit-clusters.ts'
import { nearestCentre } from './k-means.ts'

const models = [modelId('weak'), modelId('strong'), modelId('abroad')]
const skills = { weak: [0.8, 0.2], strong: [0.95, 0.7] } as const
const draw = seededDraw('clusters')

/** Two kinds of prompt, easy and hard; `abroad` was run on hard ones alone and is as good as `strong` there. */
const examples: Example[] = Array.from({ length: 600 }, (_, index) => {
  const kind = index % 2
  const score = (chance: number) => (draw() < chance ? 1 : 0)
  const scores = Object.entries(skills).map(([model, chances]) => ({ model, score: score(chances[kind]!) }))
  if (kind === 1) scores.push({ model: 'abroad', score: score(skills.strong[1]) })
  return { text: `${index}`, scores, labels: {}, weight: 1 }
})
const vectorOf = (kind: number) => Float32Array.of(kind === 0 ? 1 : 0, kind === 0 ? 0 : 1)
const vectors = examples.map((_, index) => vectorOf(index % 2))

describe('clusters', () => {
  const table = fitClusters(examples, vectors, models, 'seed')
  const clusterOf = [0, 1].map((kind) => nearestCentre(table.centres, vectorOf(kind)))
  const mean = (kind: number, model: number) => table.means[clusterOf[kind]! * models.length + model]!

  test('are as many as the vectors are different', () => {
    expect(table.clusters).toBe(2)
    expect(clusterOf[0]).not.toBe(clusterOf[1])
  })

  test('hold what models did in them, a little shrunk', () => {
    for (const [model, chances] of [skills.weak, skills.strong].entries())
      for (const kind of [0, 1]) expect(Math.abs(mean(kind, model) - chances[kind]!)).toBeLessThan(0.07)
  })

  test('expect of a model where it was not run what it is worth elsewhere', () => {
    expect(mean(0, 2)).toBeGreaterThan(0.85)
    const worth = (kind: number) => table.weights[clusterOf[kind]! * models.length + 2]!
    expect(worth(1) - worth(0)).toBeCloseTo(300, 3)
  })
})

test('an outcome of no model in particular tells how hard prompts are and nothing of models', () => {
  const assumed: Example = { text: 'hi', scores: [{ model: anyModel, score: 1 }], labels: {}, weight: 0.5 }
  const hundred = Array.from({ length: 100 }, () => assumed)
  const table = fitClusters(
    [...examples, ...hundred],
    [...vectors, ...hundred.map(() => Float32Array.of(-1, 0))],
    models,
    'seed',
  )
  const row = nearestCentre(table.centres, Float32Array.of(-1, 0)) * models.length
  expect(table.clusters).toBe(3)
  expect(table.means[row]).toBeGreaterThan(0.75)
  expect(table.means[row + 1]).toBeGreaterThan(table.means[row]!)
})
