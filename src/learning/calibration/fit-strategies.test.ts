import { describe, expect, test } from 'vitest'
import { seededDraw } from '../../domain/random.ts'
import { autoMix } from '../../strategies/automix.ts'
import { budget } from '../../strategies/budget.ts'
import { frugalGpt } from '../../strategies/frugalgpt.ts'
import { type CheckedQuestion, fitAutoMix } from './fit-automix.ts'
import { fitRatioRange } from './fit-budget.ts'
import { fitFrugalGpt, type ScoredQuestion } from './fit-frugalgpt.ts'

describe('the list of frugalgpt', () => {
  const models = ['acme/cheap', 'acme/useless', 'acme/dear']
  const draw = seededDraw('frugal')
  /** The scorer of the cheap model's answers tells; the useless model is never right. */
  const questions: ScoredQuestion[] = Array.from({ length: 400 }, () => {
    const cheap = draw() < 0.7 ? 1 : 0
    return {
      quality: [cheap, 0, draw() < 0.9 ? 1 : 0],
      costUsd: [0.001, 0.0001, 0.02],
      scores: [cheap ? 0.5 + draw() / 2 : draw() * 0.6, draw(), 0.9],
    }
  })

  test('asks the cheap one, and the dear one where the cheap answer scores low', () => {
    const fitted = fitFrugalGpt(models, questions, 0.01)!
    expect(fitted.order.map(({ model }) => model)).toEqual(['acme/cheap', 'acme/dear'])
    expect(fitted.order[0]!.accept).toBeGreaterThan(0.3)
    expect(fitted.quality).toBeGreaterThan(0.9)
    expect(fitted.costUsd).toBeLessThanOrEqual(0.01)
  })

  test('is what the strategy takes, and keeps within each budget', () => {
    for (const budgetUsd of [0.0005, 0.001, 0.005, 0.03]) {
      const fitted = fitFrugalGpt(models, questions, budgetUsd)!
      expect(fitted.costUsd).toBeLessThanOrEqual(budgetUsd)
      expect(() => frugalGpt.options.parse({ order: fitted.order })).not.toThrow()
    }
  })

  test('is none where no model is within the budget', () => {
    expect(fitFrugalGpt(models, questions, 0.00001)).toBeNull()
    expect(fitFrugalGpt(models, [], 1)).toBeNull()
  })
})

describe('the states of automix', () => {
  const many = (count: number, question: CheckedQuestion) => Array.from({ length: count }, () => question)
  const questions = [
    ...many(20, { passed: 0, smallRight: false, largeRight: true }),
    ...many(10, { passed: 0, smallRight: false, largeRight: false }),
    ...many(3, { passed: 0.5, smallRight: false, largeRight: true }),
    ...many(30, { passed: 1, smallRight: true, largeRight: true }),
  ]

  test('are counted in each bin of shares, and sparse bins are joined', () => {
    const bins = fitAutoMix(questions, 2)
    expect(bins.map(({ upTo }) => upTo)).toEqual([0, 1])
    expect(bins[0]).toMatchObject({ largeOnly: 21 / 33, smallRight: 1 / 33 })
    expect(bins[1]!.smallRight).toBeCloseTo(31 / 36)
  })

  test('are what the strategy takes, and reach to the end', () => {
    for (const list of [questions, questions.slice(0, 30), []]) {
      const states = fitAutoMix(list, 4)
      expect(states.at(-1)!.upTo).toBe(1)
      const parsed = autoMix.options.parse({ small: 'acme/a', large: 'acme/b', states })
      expect(autoMix.faults!(parsed)).toEqual([])
    }
  })
})

describe('the range of quality per dollar', () => {
  test('leaves out the ends and what has no price, and is what the strategy takes', () => {
    const costUsd = Float64Array.from({ length: 200 }, (_, cell) =>
      cell % 10 === 9 ? Number.NaN : 0.001 * (cell + 1),
    )
    const range = fitRatioRange({ quality: new Float64Array(200).fill(0.8), costUsd })!
    expect(range.lowest).toBeGreaterThan(4)
    expect(range.highest).toBeLessThan(800)
    expect(range.lowest).toBeLessThan(range.highest)
    expect(budget.faults!(budget.options.parse({ pace: 'knapsack', ratioRange: range }))).toEqual([])
  })

  test('is unknown where nothing is', () => {
    expect(fitRatioRange({ quality: new Float64Array(3), costUsd: new Float64Array(3) })).toBeNull()
  })
})
