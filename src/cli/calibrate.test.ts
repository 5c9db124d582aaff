import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { easyAndHardRows } from '../../test/support/outcome-rows.ts'
import { builtInSurroundings } from '../config/built-in.ts'
import { readEnvironment } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import { groupMeans } from '../learning/evaluation/group-means.ts'
import type { CreatePredictor } from '../learning/evaluation/predictor.ts'
import { buildTable } from '../learning/evaluation/table.ts'
import { type CalibrateOptions, calibrateFiles } from './calibrate.ts'
import { describeCalibration } from './calibrate-report.ts'
import { readTarget } from './calibrate-target.ts'
import { UserError } from './command.ts'
import { silent } from './progress.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calibrate-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Knows each category's means, by the rows that it is fitted on. */
const reader: CreatePredictor = ({ fitRows, pool, priced, costing }) =>
  groupMeans('reader', buildTable(fitRows, pool, priced ? costing : null), ({ category }) => category ?? '')

const options = (changes: Partial<CalibrateOptions> = {}): CalibrateOptions => ({
  exclude: [],
  target: 'quality=95%',
  artefact: 'fitted',
  inputOverheadTokens: 0,
  folds: 5,
  seed: '1',
  resamples: 200,
  skipBad: false,
  json: false,
  ...changes,
})

const realNames: Readonly<Record<string, string>> = {
  cheap: 'gpt-5-nano',
  middle: 'gpt-5-mini',
  dear: 'gpt-5',
}

async function dataFile(withCost = true): Promise<string> {
  const path = join(folder, 'outcomes.jsonl')
  const lines = easyAndHardRows(500, 'train').map(({ outcomes, ...row }) =>
    JSON.stringify({
      ...row,
      outcomes: Object.fromEntries(
        [...outcomes].map(([model, { score, costUsd }]) => [
          realNames[model],
          withCost ? { score, cost_usd: costUsd } : { score },
        ]),
      ),
    }),
  )
  await writeFile(path, lines.join('\n'))
  return path
}

describe('a calibration', () => {
  test('says what the target costs and gives, model by model and fold by fold', async () => {
    const result = await calibrateFiles([await dataFile()], options(), reader, silent)
    const text = describeCalibration(result)
    for (const words of [
      'Target: keep 95.0 % of the best quality',
      'of gpt-5',
      'share of calls',
      'lambda of the others',
      'out of fold',
      'which lies in the interval',
    ]) {
      expect(text).toContain(words)
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity|-0\.0 %/)
    expect(JSON.parse(JSON.stringify(result)).report.rows).toBe(500)
  })

  test('ends in lines that a configuration takes as they are', async () => {
    const result = await calibrateFiles(
      [await dataFile()],
      options({ target: 'meanCost=$0.003' }),
      reader,
      silent,
    )
    const lines = describeCalibration(result).split('\n')
    const yaml = lines.slice(lines.indexOf('policies:'), lines.indexOf('policies:') + 4).join('\n')
    const { pool, lambda } = parse(yaml).policies.auto
    expect([...pool].sort()).toEqual(['openai/gpt-5', 'openai/gpt-5-mini', 'openai/gpt-5-nano'])
    expect(lambda.first).toBeLessThan(lambda.second)
    await writeFile(join(folder, 'fairlead.yaml'), yaml)
    const surroundings = builtInSurroundings([], readEnvironment({ OPENAI_API_KEY: 'key' }))
    const loaded = await loadConfig({ file: null, directory: folder, surroundings })
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults))
    expect(loaded.config.policies[0]!.objective).toMatchObject({
      kind: 'lambda',
      mixture: { lambda: lambda.second },
    })
  })

  test('goes by the predictions of the shipped router, whose models it finds by name', async () => {
    const { artefact: _, ...shipped } = options({ target: 'lambda=1' })
    const { router, pool, report } = await calibrateFiles([await dataFile()], shipped, reader, silent)
    expect(router).toBe('shipped')
    expect(pool.map(({ id }) => id)).toContain('openai/gpt-5')
    expect(report.rate).toEqual({ lambda: 1 })
  })

  test('takes pool and objective of a policy', async () => {
    const config = join(folder, 'fairlead.yaml')
    await writeFile(
      config,
      [
        'vendors: {openai: {apiKey: key}}',
        'policies:',
        '  auto: {quality: 0.9, pool: [openai/gpt-5-nano, openai/gpt-5]}',
        '  least: {strategy: cheapest}',
        '  alone: {pool: [openai/gpt-5]}',
      ].join('\n'),
    )
    const data = await dataFile()
    const { target: _, ...own } = options({ config, policy: 'auto' })
    const { report, policy } = await calibrateFiles([data], own, reader, silent)
    expect(policy).toBe('auto')
    expect(report.statement).toEqual({ kind: 'quality', share: 0.9 })
    expect(report.models.map(({ model }) => model).sort()).toEqual(['gpt-5', 'gpt-5-nano'])
    const attempt = (name: string) => calibrateFiles([data], { ...own, policy: name }, reader, silent)
    await expect(attempt('least')).rejects.toThrow(/goes by cheapest, which reads no lambda/)
    await expect(attempt('other')).rejects.toThrow(/There is no policy other\. The policies are: auto/)
    await expect(attempt('alone')).rejects.toThrow(/the data has only gpt-5\. It has gpt-5, gpt-5-mini/)
  })

  test('refuses what can not be calibrated, and says what to do', async () => {
    const data = await dataFile()
    const { target: _, ...aimless } = options()
    const attempts: [CalibrateOptions, RegExp][] = [
      [aimless, /What is to be met\? Write --target/],
      [options({ split: ['dev'] }), /No row has the split dev\. The splits are: train/],
      [options({ pool: ['gpt-5', 'x'] }), /No row has an outcome of x/],
      [options({ target: 'strongShare=30%' }), /the pool has 3: .* Name two with --pool/],
      [options({ artefact: join(folder, 'gone') }), /gone can't be read/],
    ]
    for (const [given, message] of attempts) {
      const attempt = calibrateFiles([data], given, reader, silent)
      await expect(attempt).rejects.toThrow(message)
      await expect(attempt).rejects.toBeInstanceOf(UserError)
    }
    const uncosted = calibrateFiles([await dataFile(false)], options(), reader, silent)
    await expect(uncosted).rejects.toThrow(/A lambda weighs dollars: give their prices/)
  })
})

describe('a target', () => {
  test.each([
    ['quality=0.95', { kind: 'quality', share: 0.95 }],
    ['quality=95%', { kind: 'quality', share: 0.95 }],
    ['maxQualityLoss = 5 %', { kind: 'max-quality-loss', share: 0.05 }],
    ['meanCost=$0.002', { kind: 'mean-cost', usd: 0.002 }],
    ['strongShare=30%', { kind: 'strong-share', share: 0.3 }],
    ['willingnessToPay=0.01', { kind: 'willingness-to-pay', usdPerTenPoints: 0.01 }],
    ['lambda=12', { kind: 'lambda', lambda: 12 }],
  ])('may be %s', (text, statement) => {
    expect(readTarget(text)).toEqual(statement)
  })

  test.each([
    ['speed=1', /one of quality, maxQualityLoss/],
    ['quality', /its value, such as quality=0\.95/],
    ['quality=95', /95 is above 1\. Write 0\.95\./],
    ['meanCost=-1', /takes a number above 0/],
    ['lambda=x', /takes a number above 0/],
  ])('may not be %s', (text, message) => {
    expect(() => readTarget(text)).toThrow(message)
  })
})
