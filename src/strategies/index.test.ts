import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strategies } from './index.ts'
import { contractModels, strategyContract } from './strategies.contract.ts'

const model = fc.constantFrom(...contractModels)
const weight = fc.double({ min: 0.01, max: 100, noNaN: true })
const wanted = fc.record(
  { weight, want: fc.double({ min: 0, max: 1, noNaN: true }) },
  { requiredKeys: ['want'] },
)

/** What policies may write for each member: a new strategy doesn't compile without. */
const optionsOf: Readonly<Record<(typeof strategies)[number]['name'], fc.Arbitrary<object>>> = {
  fixed: fc.record({ model }),
  weighted: fc
    .uniqueArray(fc.tuple(model, weight), { minLength: 1, selector: ([id]) => id })
    .map((weights) => ({ weights: Object.fromEntries(weights) })),
  cascade: fc.record({
    depth: fc.integer({ min: 1, max: 3 }),
    comparable: fc.constantFrom('auto', 'always', 'never'),
    sharedDifficulty: fc.double({ min: 0, max: 5, noNaN: true }),
  }),
  cheapest: fc.constant({}),
  threshold: fc.record(
    { strong: model, weak: model, threshold: fc.double({ min: 0, max: 1, noNaN: true }) },
    { requiredKeys: ['strong', 'weak'] },
  ),
  utility: fc.constant({}),
  preferences: fc
    .dictionary(fc.constantFrom('accuracy', 'speed', 'cost', 'helpfulness'), wanted, { minKeys: 1 })
    .map((preferences) => ({ preferences })),
}

describe('the strategies', () => {
  test('have names of their own', () => {
    expect(new Set(strategies.map(({ name }) => name)).size).toBe(strategies.length)
  })

  for (const strategy of strategies) strategyContract(strategy, optionsOf[strategy.name])
})
