import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { easyAndHardRows } from '../../test/support/outcome-rows.ts'
import { groupMeans } from '../learning/evaluation/group-means.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import { buildTable } from '../learning/evaluation/table.ts'
import type { OutcomeRow } from '../learning/outcomes/outcome-row.ts'
import { UserError } from './command.ts'
import { type EvalOptions, evaluateFiles } from './eval.ts'
import { describeReport } from './eval-report.ts'
import { silent } from './progress.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'))
})
afterEach(() => rm(folder, { recursive: true }))

const reader: CreatePredictor = ({ fitRows, pool, priced, costing }) =>
  groupMeans('reader', buildTable(fitRows, pool, priced ? costing : null), ({ category }) => category ?? '')

const options = (changes: Partial<EvalOptions> = {}): EvalOptions => ({
  fitSplit: 'train',
  scoreSplit: 'dev',
  exclude: [],
  inputOverheadTokens: 0,
  seed: '1',
  resamples: 200,
  skipBad: false,
  json: false,
  ...changes,
})

const lineOf = ({ outcomes, ...row }: OutcomeRow, withCost: boolean) =>
  JSON.stringify({
    ...row,
    outcomes: Object.fromEntries(
      [...outcomes].map(([model, { score, costUsd }]) => [
        model,
        withCost ? { score, cost_usd: costUsd } : { score, output_chars: 400 },
      ]),
    ),
  })

async function dataFile(withCost = true): Promise<string> {
  const rows = [...easyAndHardRows(300, 'train'), ...easyAndHardRows(150, 'dev')]
  const path = join(folder, 'outcomes.jsonl')
  await writeFile(path, rows.map((row) => lineOf(row, withCost)).join('\n'))
  return path
}

test('a folder is read, measured, printed and plotted', async () => {
  await dataFile()
  const plot = join(folder, 'plot.svg')
  const report = await evaluateFiles([folder], options({ plot }), reader, silent)
  const text = describeReport(report)
  for (const words of [
    'Single models',
    'random mix',
    'prompt length',
    'oracle',
    'best single',
    '95 % of its quality',
  ]) {
    expect(text).toContain(words)
  }
  expect(text).not.toMatch(/NaN|undefined|Infinity/)
  expect(await readFile(plot, 'utf8')).toContain('<svg')
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({
    router: 'reader',
    score: { split: 'dev', rows: 150 },
  })
})

test('the prices beside the data are used, and named', async () => {
  const path = await dataFile(false)
  const price = (usd: number) => [{ input_per_m: usd, output_per_m: usd }]
  await writeFile(join(folder, 'prices.json'), JSON.stringify({ cheap: price(1), dear: price(50) }))
  const report = await evaluateFiles([path], options(), reader, silent)
  expect(report.pool).toEqual(['dear', 'cheap'])
  expect(report.comparison).toMatchObject({
    kind: 'priced',
    costBasis: { billed: 0, 'estimated tokens': 300 },
  })
  expect(report.notes.join(' ')).toContain(join(folder, 'prices.json'))
  expect(report.notes.join(' ')).toContain('cost not known: middle')
})

test('without any cost the tables say so, and no plot is written', async () => {
  const path = await dataFile(false)
  const report = await evaluateFiles([path], options({ plot: join(folder, 'plot.svg') }), reader, silent)
  const text = describeReport(report)
  expect(text).toContain('costs are not known')
  expect(text).toContain('plot.svg was not written')
})

test('two models get APGR and CPT', async () => {
  const report = await evaluateFiles([await dataFile()], options({ pool: ['cheap', 'dear'] }), reader, silent)
  expect(describeReport(report)).toMatch(/APGR\s+CPT20\s+CPT50\s+CPT80/)
})

test('what the user can mend is one message: bad file, bad prices, unknown model, unwritable plot', async () => {
  const path = await dataFile()
  const bad = join(folder, 'bad.json')
  await writeFile(bad, '{"m": 3}')
  const attempts: [string[], Partial<EvalOptions>, RegExp][] = [
    [[join(folder, 'gone')], {}, /gone: is not there/],
    [[path], { prices: bad }, /bad\.json: m: /],
    [[path], { pool: ['cheap', 'x'] }, /No row has an outcome of x\. The models are: cheap, dear, middle/],
    [[path], { scoreSplit: 'dev', fitSplit: 'nope' }, /No row has the split nope/],
    [[path], { plot: join(folder, 'none', 'plot.svg') }, /Cannot write the plot/],
  ]
  for (const [paths, changes, message] of attempts) {
    const attempt = evaluateFiles(paths, options(changes), reader, silent)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toBeInstanceOf(UserError)
  }
})
