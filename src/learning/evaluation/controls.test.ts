import { expect, test } from 'vitest'
import { aRow, easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import { createCosting } from '../outcomes/costing.ts'
import { oracleChoices, pricedControls, singlePoints } from './controls.ts'
import { curveMeans } from './curve.ts'
import { lengthThresholdCurve } from './length-router.ts'
import { cornersOf } from './single-models.ts'
import { buildTable } from './table.ts'

const costing = createCosting(null)
const pool = ['cheap', 'middle', 'dear']
const tableOf = (count: number, split: string) => buildTable(easyAndHardRows(count, split), pool, costing)

test('the oracle takes the cheapest of the best answers', () => {
  const row = (cheap: number, middle: number, dear: number) =>
    aRow({
      outcomes: {
        cheap: { score: cheap, costUsd: 1 },
        middle: { score: middle, costUsd: 2 },
        dear: { score: dear, costUsd: 3 },
      },
    })
  const rows = [row(1, 1, 1), row(0, 1, 1), row(0, 0, 0.5), row(0, 0, 0)]
  expect([...oracleChoices(buildTable(rows, pool, costing))]).toEqual([0, 1, 2, 0])
})

test('no curve and no model has more quality than the oracle', () => {
  const [fit, score] = [tableOf(300, 'train'), tableOf(200, 'dev')]
  const controls = pricedControls(fit, score, cornersOf(fit))
  const equal = new Float64Array(200).fill(1)
  const best = curveMeans(controls.oracle, score)(equal)[0]!.quality
  const others = [controls.randomMix, controls.modelMix, controls.promptLength, ...controls.perGroup]
  const points = [
    ...singlePoints(score, equal),
    ...others.flatMap((curve) => curveMeans(curve, score)(equal)),
  ]
  for (const { quality } of points) expect(quality).toBeLessThanOrEqual(best + 1e-12)
})

test('the best single model is chosen on the fit rows, even where another wins on the scored ones', () => {
  const rows = (dear: number) =>
    [1, 2].map(() =>
      aRow({ outcomes: { cheap: { score: 0.5, costUsd: 1 }, dear: { score: dear, costUsd: 2 } } }),
    )
  const fit = buildTable(rows(1), ['cheap', 'dear'], costing)
  const score = buildTable(rows(0), ['cheap', 'dear'], costing)
  const { randomMix } = pricedControls(fit, score, cornersOf(fit))
  expect(randomMix.choices.map((choices) => choices[0])).toEqual([0, 1])
})

test('a data set per model: the per-group control sends each to its own', () => {
  const rows = (split: string) =>
    [0, 1].flatMap((dearWins) =>
      Array.from({ length: 20 }, () =>
        aRow({
          split,
          dataset: `set ${dearWins}`,
          outcomes: { cheap: { score: 1 - dearWins, costUsd: 1 }, dear: { score: dearWins, costUsd: 2 } },
        }),
      ),
    )
  const [fit, score] = ['train', 'dev'].map((split) => buildTable(rows(split), ['cheap', 'dear'], costing))
  const { perGroup } = pricedControls(fit!, score!, cornersOf(fit!))
  expect(perGroup.map(({ name }) => name)).toEqual(['per data set'])
  const last = perGroup[0]!.choices.at(-1)!
  expect([...last]).toEqual([...Array(20).fill(0), ...Array(20).fill(1)])
})

test('the length router follows the direction that served the fit rows', () => {
  const rows = Array.from({ length: 60 }, (_, length) =>
    aRow({
      prompt: 'x'.repeat(length + 1),
      // Long prompts need the dear model.
      outcomes: { cheap: { score: length < 30 ? 1 : 0, costUsd: 1 }, dear: { score: 1, costUsd: 2 } },
    }),
  )
  const table = buildTable(rows, ['cheap', 'dear'], costing)
  const { promptLength } = pricedControls(table, table, cornersOf(table))
  const points = curveMeans(promptLength, table)(new Float64Array(60).fill(1))
  const half = points.reduce((a, b) => (Math.abs(b.costUsd - 1.5) < Math.abs(a.costUsd - 1.5) ? b : a))
  expect(half.quality).toBeGreaterThan(0.95)
})

test('thresholds on length run from no row to all rows', () => {
  const rows = ['a', 'bbbb', 'cc'].map((prompt) => aRow({ prompt }))
  const models = { weak: 0, strong: 1 }
  const shares = (direction: 'longer to the stronger' | 'shorter to the stronger') =>
    lengthThresholdCurve('length', rows, rows, models, direction).choices.map((choices) => choices.join(''))
  expect([...new Set(shares('longer to the stronger'))]).toEqual(['000', '010', '011', '111'])
  expect([...new Set(shares('shorter to the stronger'))]).toEqual(['000', '100', '101', '111'])
})
