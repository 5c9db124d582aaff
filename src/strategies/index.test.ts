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
  steps: fc.record(
    {
      steps: fc.record({ planning: model, recovery: fc.constant('careful') }, { requiredKeys: [] }),
      weights: fc.record({ digestion: fc.double({ min: 0, max: 5, noNaN: true }) }),
      strong: model,
      episode: fc.record({ usd: fc.double({ min: 0.001, max: 1, noNaN: true }) }),
      confidence: fc.constant({}),
      check: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  fixed: fc.record({ model }),
  weighted: fc
    .uniqueArray(fc.tuple(model, weight), { minLength: 1, selector: ([id]) => id })
    .map((weights) => ({ weights: Object.fromEntries(weights) })),
  cascade: fc.record({
    depth: fc.integer({ min: 1, max: 3 }),
    comparable: fc.constantFrom('auto', 'always', 'never'),
    sharedDifficulty: fc.double({ min: 0, max: 5, noNaN: true }),
  }),
  'thresholded-cascade': fc.record({
    stages: fc.uniqueArray(fc.record({ model, accept: fc.double({ min: 0, max: 1, noNaN: true }) }), {
      minLength: 1,
      selector: (stage) => stage.model,
    }),
    comparable: fc.constantFrom('auto', 'always', 'never'),
  }),
  frugalgpt: fc.record({
    order: fc.uniqueArray(fc.record({ model, accept: fc.double({ min: 0, max: 1, noNaN: true }) }), {
      minLength: 1,
      maxLength: 4,
      selector: (one) => one.model,
    }),
  }),
  automix: fc
    .uniqueArray(model, { minLength: 2, maxLength: 2 })
    .map(([small, large]) => ({ small, large, samples: 2 })),
  budget: fc.oneof(
    fc.record({
      pace: fc.constantFrom('lambda', 'knapsack'),
      whenSpent: fc.constantFrom('cheapest', 'refuse'),
    }),
    fc.record({ pace: fc.constant('rules'), otherwise: model }),
  ),
  reasoning: fc.record({ complexityFrom: fc.double({ min: 0, max: 1, noNaN: true }) }),
  cheapest: fc.constant({}),
  threshold: fc.record(
    { strong: model, weak: model, threshold: fc.double({ min: 0, max: 1, noNaN: true }) },
    { requiredKeys: ['strong', 'weak'] },
  ),
  utility: fc.constant({}),
  linucb: fc.record({ optimism: fc.double({ min: 0, max: 5, noNaN: true }) }),
  thompson: fc.record({ width: fc.double({ min: 0, max: 5, noNaN: true }) }),
  barp: fc.record({
    head: fc.record({
      scaleUsd: fc.double({ min: 0.001, max: 1, noNaN: true }),
      models: fc.dictionary(model, fc.record({ quality: fc.constant({ always: 0.1 }) })),
    }),
  }),
  rules: fc.record({
    rules: fc.array(
      fc.record({
        when: fc.oneof(
          fc.record({ taskType: fc.constantFrom('chat', 'code') }),
          fc.record({ complexity: fc.record({ atLeast: fc.double({ min: 0, max: 1, noNaN: true }) }) }),
          fc.record({ text: fc.record({ mentions: fc.constantFrom('capital', 'london') }) }),
        ),
        to: model,
        priority: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    default: model,
  }),
  matrix: fc.record({
    matrix: fc.dictionary(
      fc.constantFrom('chat', 'other'),
      fc.dictionary(model, fc.constantFrom('no', 'fair', 'good'), { minKeys: 1 }),
      { minKeys: 1 },
    ),
    unlisted: fc.constantFrom('no', 'fair', 'good'),
    fair: fc.constantFrom('without-good', 'always'),
    by: fc.constantFrom('value', 'cost'),
  }),
  semantic: fc.record({
    routes: fc.dictionary(
      fc.constantFrom('geography', 'refunds'),
      fc.record(
        {
          utterances: fc.constantFrom(['the capital of Spain'], ['my money back', 'a refund please']),
          to: model,
          systemPrompt: fc.constant('Be brief.'),
          threshold: fc.double({ min: 0, max: 1, noNaN: true }),
        },
        { requiredKeys: ['utterances'] },
      ),
      { minKeys: 1 },
    ),
    default: model,
  }),
  tiers: fc.oneof(
    fc.record({
      midFrom: fc.double({ min: 0, max: 0.5, noNaN: true }),
      frontierFrom: fc.double({ min: 0.5, max: 1, noNaN: true }),
      accept: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      fast: fc.subarray([...contractModels], { minLength: 1 }),
      mid: fc.subarray([...contractModels], { minLength: 1 }),
      frontier: fc.subarray([...contractModels], { minLength: 1 }),
    }),
  ),
  slo: fc.record(
    {
      default: fc.constantFrom('realtime', 'standard', 'premium', 'batch'),
      sure: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
      whenTooSlow: fc.constantFrom('fastest', 'refuse'),
    },
    { requiredKeys: [] },
  ),
  family: fc.uniqueArray(model, { minLength: 2, maxLength: 2 }).chain((models) =>
    fc.record(
      {
        models: fc.constant(models),
        fallbackModel: fc.constantFrom(...models),
        maxQualityLoss: fc.double({ min: 0, max: 1, noNaN: true }),
        sure: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
      },
      { requiredKeys: ['models', 'fallbackModel'] },
    ),
  ),
  'free-first': fc.record({ atLeastQuality: fc.double({ min: 0, max: 1, noNaN: true }) }),
  preferences: fc
    .dictionary(fc.constantFrom('accuracy', 'speed', 'cost', 'helpfulness'), wanted, { minKeys: 1 })
    .map((preferences) => ({ preferences })),
  ensemble: fc.record({
    combine: fc.constantFrom('vote', 'judge', 'synthesis'),
    size: fc.integer({ min: 2, max: 5 }),
  }),
  'self-consistency': fc.record({
    samples: fc.integer({ min: 2, max: 12 }),
    atOnce: fc.integer({ min: 1, max: 4 }),
  }),
  'first-good': fc.record({ width: fc.integer({ min: 2, max: 4 }), rounds: fc.integer({ min: 1, max: 4 }) }),
  'llm-classifier': fc.record({
    model,
    ways: fc.tuple(model, model).map(([low, high]) => [
      { from: 1, to: low },
      { from: 3.5, to: high },
    ]),
  }),
  scorer: fc.record({ consultant: fc.constant('mine'), weight: fc.double({ min: 0, max: 1, noNaN: true }) }),
  'router-model': fc.record({ model, rounds: fc.integer({ min: 1, max: 4 }) }),
  'confident-team': fc.record({
    turns: fc.integer({ min: 1, max: 5 }),
    most: fc.integer({ min: 1, max: 3 }),
  }),
  team: fc.record({ most: fc.integer({ min: 1, max: 6 }), rounds: fc.integer({ min: 1, max: 2 }) }),
}

describe('the strategies', () => {
  test('have names of their own', () => {
    expect(new Set(strategies.map(({ name }) => name)).size).toBe(strategies.length)
  })

  for (const strategy of strategies) strategyContract(strategy, optionsOf[strategy.name])
})
