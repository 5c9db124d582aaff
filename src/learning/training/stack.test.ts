import { describe, expect, test } from 'vitest'
import { normal, seededDraw } from '../../domain/random.ts'
import { applyStack, fitStack, type StackRow } from './stack.ts'

/** Prompts whose models' chances are known; estimators say them with noise of their own. */
function rows(size: number, noise: readonly number[]): StackRow[] {
  const draw = seededDraw('stack')
  return Array.from({ length: size }, () => {
    const level = 0.3 + 0.4 * draw()
    const offset = 0.25 * (2 * draw() - 1)
    const chances = [level + offset, level - offset]
    return {
      predicted: noise.map((deviation) =>
        chances.map((chance) => Math.min(0.98, Math.max(0.02, chance + deviation * normal(draw)))),
      ),
      scores: chances.map((chance) => (draw() < chance ? 1 : 0)),
    }
  })
}

describe('a stack of estimators', () => {
  test('leans on the estimator that is right, for the level and for the differences', () => {
    const { levelShares, offsetWeights } = fitStack(rows(3000, [0.02, 0.5]))
    expect(levelShares[0]).toBeGreaterThan(0.7)
    expect(offsetWeights[0]).toBeGreaterThan(5 * offsetWeights[1]!)
    expect(offsetWeights[0]).toBeGreaterThan(0.8)
  })

  test('shrinks the differences of an estimator that only guesses', () => {
    const { offsetWeights } = fitStack(rows(3000, [0.6]))
    expect(offsetWeights[0]).toBeLessThan(0.4)
  })

  test('never gives a negative weight, also to one that says the opposite', () => {
    const opposite = rows(800, [0.02]).map(({ predicted, scores }) => ({
      predicted: [predicted[0]!, Array.from(predicted[0]!, (chance) => 1 - chance)],
      scores,
    }))
    const { offsetWeights } = fitStack(opposite)
    expect(offsetWeights[0]).toBeGreaterThan(0.8)
    expect(offsetWeights[1]).toBe(0)
  })

  test('learns from rows on which not every model was run', () => {
    const sparse = rows(2000, [0.05]).map((row, index) => ({
      ...row,
      scores: index % 3 === 0 ? [row.scores[0]!, Number.NaN] : row.scores,
    }))
    const stack = fitStack(sparse)
    expect(stack.offsetWeights[0]).toBeGreaterThan(0.6)
    expect(
      [...applyStack(stack, sparse[0]!.predicted)].every((quality) => quality >= 0 && quality <= 1),
    ).toBe(true)
  })

  test('keeps the mean over models at the level, the offsets around it', () => {
    const stack = { levelShares: [1], calibration: { slope: 1, intercept: 0 }, offsetWeights: [0.5] }
    const quality = applyStack(stack, [[0.8, 0.4]])
    expect(quality[0]! - quality[1]!).toBeCloseTo(0.2, 10)
    expect((quality[0]! + quality[1]!) / 2).toBeCloseTo(0.6, 10)
  })
})
