import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import type { ToolCategory } from '../../domain/signals.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import { type CategorisedOutcome, fitToolCategories } from './fit-tool-categories.ts'

const models = ['acme/a', 'acme/b', 'acme/c', 'acme/d']

/** Outcomes whose log-odds are what was expected, and by category and model something more. */
function simulated(
  prompts: number,
  offsetOf: (category: ToolCategory, model: string) => number,
): CategorisedOutcome[] {
  const draw = seededDraw('tool categories')
  return Array.from({ length: prompts }, (_, prompt) => {
    const category: ToolCategory = prompt % 2 === 0 ? 'single' : 'parallel'
    return models.map((model, place): CategorisedOutcome => {
      const logOdds = place * 0.4 - 0.3
      const score = draw() < sigmoid(logOdds + offsetOf(category, model)) ? 1 : 0
      return { category, model, prompt: `prompt ${prompt}`, logOdds, score }
    })
  }).flat()
}

const rowOf = (table: ReturnType<typeof fitToolCategories>, category: ToolCategory) =>
  table!.categories.find((row) => row.category === category)!

describe('a model that is worse at one category than it is elsewhere', () => {
  const table = fitToolCategories(
    simulated(1_200, (category, model) => (category === 'parallel' && model === 'acme/d' ? -2 : 0)),
  )

  test('is learnt to be so, there and not elsewhere', () => {
    const place = table!.models.indexOf('acme/d' as never)
    const [single, parallel] = [rowOf(table, 'single'), rowOf(table, 'parallel')]
    const others = parallel.offsets.filter((_, at) => at !== place)
    expect(parallel.offsets[place]!).toBeLessThan(Math.min(...others) - 0.8)
    expect(Math.abs(single.offsets[place]!)).toBeLessThan(0.4)
    expect(table!.spread).toBeGreaterThan(0.2)
  })

  test('is known the better the more outcomes it has', () => {
    const few = fitToolCategories(
      simulated(120, (category, model) => (category === 'parallel' && model === 'acme/d' ? -2 : 0)),
    )
    expect(rowOf(few, 'parallel').deviations[0]!).toBeGreaterThan(rowOf(table, 'parallel').deviations[0]!)
  })
})

test('what all models share becomes the curve, not the offsets', () => {
  const table = fitToolCategories(simulated(1_200, (category) => (category === 'parallel' ? -1 : 0)))
  expect(rowOf(table, 'parallel').intercept).toBeLessThan(-0.5)
  expect(Math.abs(rowOf(table, 'single').intercept)).toBeLessThan(0.3)
  for (const offset of rowOf(table, 'parallel').offsets) expect(Math.abs(offset)).toBeLessThan(0.4)
})

test('where all is as expected without categories nothing is learnt', () => {
  expect(fitToolCategories(simulated(1_200, () => 0))).toBeNull()
})

test('categories with few outcomes are left alone, and none at all is no table', () => {
  const outcomes = simulated(200, (category) => (category === 'parallel' ? -2 : 0))
  const lonely = outcomes.slice(0, 10).map((outcome) => ({ ...outcome, category: 'nested' as const }))
  const table = fitToolCategories([...outcomes, ...lonely])
  expect(table!.categories.map(({ category }) => category)).toEqual(['single', 'parallel'])
  expect(fitToolCategories(lonely)).toBeNull()
  expect(fitToolCategories([])).toBeNull()
})
