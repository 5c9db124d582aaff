import { expect, test } from 'vitest'
import { aRow, easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import { priceBook } from '../outcomes/prices.ts'
import { groupMeans } from './group-means.ts'
import { plotReport } from './plot.ts'
import type { CreatePredictor } from './predictor.ts'
import type { EvaluationReport, PricedComparison } from './report.ts'
import { type EvaluationRequest, runEvaluation } from './run.ts'
import { buildTable } from './table.ts'

const byGroup =
  (name: string, groupOf: (row: { category: string | null }) => string): CreatePredictor =>
  ({ fitRows, pool, priced, costing }) =>
    groupMeans(name, buildTable(fitRows, pool, priced ? costing : null), groupOf)

const reader = byGroup('reads the category', ({ category }) => category ?? '')
const blind = byGroup('blind', () => 'all')

const request = (changes: Partial<EvaluationRequest> = {}): EvaluationRequest => ({
  rows: [...easyAndHardRows(600, 'train'), ...easyAndHardRows(400, 'dev')],
  prices: null,
  fitSplit: 'train',
  scoreSplit: 'dev',
  pool: null,
  exclude: [],
  inputOverheadTokens: 0,
  seed: '1',
  resamples: 300,
  notes: [],
  onProgress: () => {},
  ...changes,
})

async function reportOf(
  changes: Partial<EvaluationRequest>,
  create: CreatePredictor,
): Promise<EvaluationReport> {
  const result = await runEvaluation(request(changes), create)
  if (result.kind !== 'report') throw new Error(result.problem)
  return result.report
}
const pricedOf = ({ comparison }: EvaluationReport): PricedComparison => {
  if (comparison.kind !== 'priced') throw new Error(comparison.why)
  return comparison
}
const control = (comparison: PricedComparison, name: RegExp) =>
  comparison.controls.find((curve) => name.test(curve.name))!

test('a router that tells easy from hard beats length and chance, with intervals that say so', async () => {
  const report = await reportOf({}, reader)
  const comparison = pricedOf(report)
  expect(comparison.cheapest).toBe('cheap')
  expect(comparison.bestSingle).toBe('dear')
  expect(control(comparison, /random mix/).usefulDifference.low).toBeGreaterThan(0.05)
  expect(control(comparison, /prompt length/).usefulDifference.low).toBeGreaterThan(0.02)
  expect(comparison.constant).toBeNull()
  expect(report.twoModels).toBeNull()
  expect(report.calibration.all.ece).toBeLessThan(0.05)
  const oracle = comparison.points.find(({ name }) => name === 'oracle')!
  expect(oracle.routerDifference.high).toBeLessThan(0)
})

test('the promise is kept: the setting that promises 95 % holds about that, well below the full cost', async () => {
  const { promise } = pricedOf(await reportOf({}, reader))
  expect(promise.reachedShare.low).toBeGreaterThan(0.9)
  expect(promise.costShare.high).toBeLessThan(0.6)
  expect(Object.values(promise.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
})

test('a router that does not read the prompt is said to be constant', async () => {
  expect(pricedOf(await reportOf({}, blind)).constant?.kind).toBe('one-model')
})

test('the same seed gives the same report', async () => {
  expect(await reportOf({}, reader)).toEqual(await reportOf({}, reader))
})

test('the random mix reaches a share of quality at the cost that arithmetic says', async () => {
  const comparison = pricedOf(await reportOf({}, reader))
  const quality = (name: string) => comparison.models.find(({ model }) => model === name)!.quality.value
  const [low, high] = [quality('cheap'), quality('dear')]
  const share = (0.95 * high - low) / (high - low)
  const expected = (0.0001 + share * (0.01 - 0.0001)) / 0.01
  const mix = comparison.targets[0]!.byCurve.find(({ name }) => name === 'random mix')!
  expect(mix.costShare.value).toBeCloseTo(expected, 6)
})

test('two models: APGR of the router, of length, of chance and of the oracle', async () => {
  const { twoModels } = await reportOf({ pool: ['cheap', 'dear'] }, reader)
  const apgr = (name: string) => twoModels!.routers.find((router) => router.name === name)!.apgr
  expect(twoModels).toMatchObject({ weak: 'cheap', strong: 'dear' })
  expect(apgr('random')).toEqual({ value: 0.5, low: 0.5, high: 0.5 })
  expect(apgr('reads the category').low).toBeGreaterThan(0.6)
  expect(apgr('oracle').value).toBeGreaterThan(apgr('reads the category').value)
  expect(twoModels!.routers.find(({ name }) => name === 'prompt length')!.difference!.low).toBeGreaterThan(0)
})

test('without costs, quality is compared at lambda 0', async () => {
  const strip = (split: string) =>
    easyAndHardRows(300, split).map((row) => ({
      ...row,
      outcomes: new Map([...row.outcomes].map(([model, outcome]) => [model, { ...outcome, costUsd: null }])),
    }))
  const report = await reportOf({ rows: [...strip('train'), ...strip('dev')] }, reader)
  const { comparison } = report
  if (comparison.kind !== 'quality-only') throw new Error('expected no costs')
  expect(comparison.why).toContain('quality only')
  expect(comparison.bestSingle).toBe('dear')
  const random = comparison.controls.find(({ name }) => name === 'random mix')!
  expect(random.difference.low).toBeGreaterThan(0.1)
  expect(plotReport(report)).toBeNull()
})

test('a predictor is never shown an outcome or a reference', async () => {
  const seen: object[] = []
  await reportOf({}, ({ pool }) => ({
    name: 'spy',
    predict: (row) => {
      seen.push(row)
      return { quality: pool.map(() => 0.5), costUsd: pool.map((_, place) => place + 1) }
    },
  }))
  expect(seen).toHaveLength(400)
  for (const row of seen) {
    expect(row).not.toHaveProperty('outcomes')
    expect(row).not.toHaveProperty('reference')
  }
})

test('too few common rows, or an unknown split, is refused with a way out', async () => {
  const rows = [aRow({ outcomes: { a: {} } }), aRow({ outcomes: { b: {} } }), aRow({ split: 'dev' })]
  expect(await runEvaluation(request({ rows, pool: ['a', 'b'] }), blind)).toMatchObject({
    kind: 'impossible',
    remedy: expect.stringContaining('--pool'),
  })
  expect(await runEvaluation(request({ fitSplit: 'none' }), blind)).toMatchObject({ kind: 'impossible' })
})

test('prices that had to be settled are named in the notes', async () => {
  const prices = priceBook(
    {
      cheap: [
        { input_per_m: 1, output_per_m: 1 },
        { input_per_m: 3, output_per_m: 1 },
      ],
      dear: [{ input_per_m: 9, output_per_m: 9 }],
    },
    'p',
  )
  const rows = ['train', 'dev'].flatMap((split) =>
    Array.from({ length: 20 }, () =>
      aRow({
        split,
        outcomes: { cheap: { score: 0, outputChars: 40 }, dear: { score: 1, outputChars: 40 } },
      }),
    ),
  )
  const { notes } = await reportOf({ rows, prices }, blind)
  expect(notes.join(' ')).toContain('Prices of cheap disagree')
  expect(notes.join(' ')).toContain('Only 20 rows are scored')
})
