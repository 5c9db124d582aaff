import { describe, expect, test } from 'vitest'
import { aModel } from '../../../test/support/builders.ts'
import { modelId } from '../../domain/model.ts'
import { logOddsOf, sigmoid } from '../log-odds.ts'
import type { QualityEstimator } from './estimator.ts'
import { toolCategoriesPart, type ToolCategoryTable, withToolCategories } from './tool-categories.ts'

const unread = {
  encoding: new Float32Array(0),
  vector: new Float32Array(0),
  words: { ids: new Uint32Array(0), counts: new Float32Array(0) },
}
const small = aModel({ id: 'acme/small' })
const unseen = aModel({ id: 'other/unseen' })
const unknown = aModel({ id: 'other/unknown' })
const inner: QualityEstimator = {
  name: 'inner',
  read:
    () =>
    ({ id }) =>
      id === unknown.id ? null : { mean: 0.8, deviation: 0.1 },
}
const table: ToolCategoryTable = {
  models: [modelId('acme/small')],
  spread: 0.6,
  categories: [{ category: 'parallel', slope: 0.5, intercept: -0.2, offsets: [0.7], deviations: [0.3] }],
}
const estimate = (toolCategory?: 'parallel' | 'single') =>
  withToolCategories(inner, table).read({ ...unread, toolCategory })

describe('a category that was learnt', () => {
  const shared = 0.5 * logOddsOf(0.8) - 0.2

  test('moves a model by what all share and by its own offset', () => {
    expect(estimate('parallel')(small)!.mean).toBeCloseTo(sigmoid(shared + 0.7), 9)
  })

  test('moves a model without outcomes by what all share', () => {
    expect(estimate('parallel')(unseen)!.mean).toBeCloseTo(sigmoid(shared), 9)
  })

  test('carries deviations, that of a model without outcomes the wider', () => {
    const { mean, deviation } = estimate('parallel')(small)!
    const curve = mean * (1 - mean)
    expect(deviation).toBeCloseTo(Math.hypot((0.5 * 0.1 * curve) / 0.16, curve * 0.3), 9)
    const other = estimate('parallel')(unseen)!
    expect(other.deviation / (other.mean * (1 - other.mean))).toBeGreaterThan(deviation / curve)
  })

  test('says nothing of a model that nobody knows', () => {
    expect(estimate('parallel')(unknown)).toBeNull()
  })
})

test('a request without tools, or of a category that was not learnt, is left as it is', () => {
  for (const category of [undefined, 'single'] as const)
    expect(estimate(category)(small)).toEqual({ mean: 0.8, deviation: 0.1 })
})

test('a part of an artefact whose lists do not go together is refused', () => {
  expect(toolCategoriesPart.safeParse(table).success).toBe(true)
  const short = { ...table, models: [...table.models, 'acme/large'] }
  expect(toolCategoriesPart.safeParse(short).error!.issues[0]!.message).toContain('do not go with its models')
  const strange = { ...table, categories: [{ ...table.categories[0]!, category: 'guessing' }] }
  expect(toolCategoriesPart.safeParse(strange).success).toBe(false)
})
