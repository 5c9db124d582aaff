import { describe, expect, test } from 'vitest'
import { modelId } from '../../domain/model.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import { sigmoid } from '../../estimate/log-odds.ts'
import { fitStack, stackedShare, type StackRow } from './fit-stack.ts'

const models = ['a', 'b', 'c'].map(modelId)
const abilities = [-1, 0, 1]

/**
 * The first estimator knows how hard a prompt is, the second where models differ on it; each is noise at the other. A third
 * is noise throughout.
 */
function rows(count: number, seed: string): StackRow[] {
  const draw = seededDraw(seed)
  return Array.from({ length: count }, () => {
    const level = normal(draw)
    const levels = [level, normal(draw), normal(draw)]
    const cells = abilities.map((ability, place) => {
      const difference = normal(draw)
      const logOdds = [
        levels[0]! + ability + normal(draw),
        levels[1]! + ability + difference,
        levels[2]! + normal(draw),
      ]
      return { place, score: draw() < sigmoid(level + ability + difference) ? 1 : 0, logOdds }
    })
    return { levels, cells, weight: 1 }
  })
}

describe('a fitted stack', () => {
  const stack = fitStack(rows(3000, 'fit'), 3, models, models)

  test('takes each estimator for what it knows, and noise for nothing', () => {
    const { levels, differences } = stack
    expect(levels[0]).toBeGreaterThan(0.8)
    expect(differences[1]).toBeGreaterThan(0.8)
    for (const weight of [levels[1]!, levels[2]!, differences[0]!, differences[2]!]) {
      expect(weight).toBeGreaterThanOrEqual(0)
      expect(weight).toBeLessThan(0.12)
    }
  })

  test('knows how good models are beside what prompts tell', () => {
    const usual = models.map(
      (_, place) =>
        (stack.ability *
          (stack.offsets[0]![place]! + stack.offsets[1]![place]! + stack.offsets[2]![place]!)) /
        3,
    )
    expect(usual[2]! - usual[0]!).toBeGreaterThan(1.4)
    expect(usual[2]! - usual[0]!).toBeLessThan(2.6)
  })

  test('is calibrated per model on prompts that it did not see', () => {
    const fresh = rows(3000, 'fresh')
    models.forEach((_, place) => {
      const predicted = fresh.map((row) => stackedShare(stack, row, row.cells[place]!))
      const scores = fresh.map(({ cells }) => cells[place]!.score)
      const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
      expect(Math.abs(mean(predicted) - mean(scores))).toBeLessThan(0.025)
      expect(stack.deviations[place]).toBeLessThan(0.05)
    })
  })
})

test('outcomes of no model in particular move the level and nothing else', () => {
  const easy: StackRow = {
    levels: [3, 0, 0],
    cells: [{ place: -1, score: 0, logOdds: [0, 0, 0] }],
    weight: 1,
  }
  const before = fitStack(rows(400, 'fit'), 3, models, models)
  const after = fitStack([...rows(400, 'fit'), ...Array.from({ length: 400 }, () => easy)], 3, models, models)
  expect(after.levels[0]).toBeLessThan(before.levels[0]!)
  expect(after.offsets).toEqual(before.offsets)
})

test('a handful of rows makes a stack', () => {
  const stack = fitStack(rows(2, 'few'), 3, models, models)
  expect(Number.isFinite(stackedShare(stack, { levels: [0, 0, 0] }, { place: 0, logOdds: [1, 1, 1] }))).toBe(
    true,
  )
})

test('until outcomes tell more, estimators share alike', () => {
  const spread = (count: number) => {
    const { levels, differences } = fitStack(rows(count, 'told'), 3, models, models)
    return Math.max(
      ...[levels, differences].flatMap((weights) => weights.map((its) => Math.abs(its - 1 / 3))),
    )
  }
  expect(spread(10)).toBeLessThan(0.15)
  expect(spread(3000)).toBeGreaterThan(0.3)
})
