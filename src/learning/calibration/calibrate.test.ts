import { describe, expect, test } from 'vitest'
import { easyAndHardRows } from '../../../test/support/outcome-rows.ts'
import type { ObjectiveStatement } from '../../domain/policy.ts'
import { groupMeans } from '../evaluation/group-means.ts'
import { predictAll } from '../evaluation/policy-curve.ts'
import { buildTable } from '../evaluation/table.ts'
import { createCosting } from '../outcomes/costing.ts'
import { type CalibrationReport, calibrate } from './calibrate.ts'

const costing = createCosting(null)

function calibrated(statement: ObjectiveStatement, pool = ['cheap', 'middle', 'dear'], rows = 600) {
  const outcomes = buildTable(easyAndHardRows(rows, 'train'), pool, costing)
  const reader = groupMeans('reader', outcomes, ({ category }) => category ?? '')
  return calibrate({
    statement,
    outcomes,
    predictions: predictAll(reader, outcomes.rows, pool, true),
    folds: 5,
    seed: '1',
    resamples: 200,
    onProgress: () => {},
  })
}

function reportOf(...given: Parameters<typeof calibrated>): CalibrationReport {
  const result = calibrated(...given)
  if (result.kind !== 'report') throw new Error(result.problem)
  return result.report
}

describe('a report', () => {
  test('says what a target costs and gives on rows that it was not found on', () => {
    const report = reportOf({ kind: 'quality', share: 0.95 })
    expect(report.bestSingle.model).toBe('dear')
    expect(report.qualityShare.value).toBeGreaterThan(0.92)
    expect(report.costShare.value).toBeLessThan(0.6)
    expect(report.qualityShare.low).toBeLessThan(report.qualityShare.value)
    expect(report.qualityShare.high).toBeGreaterThan(report.qualityShare.value)
    expect(report.models.reduce((sum, { share }) => sum + share.value, 0)).toBeCloseTo(1, 9)
    expect(report.folds).toHaveLength(5)
    expect(report.folds.reduce((sum, { rows }) => sum + rows, 0)).toBe(600)
  })

  test('of a mean cost comes near it out of fold, although predictions have two values only', () => {
    const report = reportOf({ kind: 'mean-cost', usd: 0.003 })
    expect(report.rate.mixture).toBeDefined()
    expect(report.costUsd.low).toBeLessThan(0.003)
    expect(report.costUsd.high).toBeGreaterThan(0.003)
  })

  test('of a share of calls is that of the dearer model', () => {
    const report = reportOf({ kind: 'strong-share', share: 0.3 }, ['cheap', 'dear'])
    expect(report.dearest).toBe('dear')
    const { share } = report.models.find(({ model }) => model === 'dear')!
    expect(share.low).toBeLessThan(0.3)
    expect(share.high).toBeGreaterThan(0.3)
  })

  test('is the same each time', () => {
    const statement = { kind: 'quality', share: 0.9 } as const
    expect(reportOf(statement, ['cheap', 'dear'], 100).rate).toEqual(
      reportOf(statement, ['cheap', 'dear'], 100).rate,
    )
  })
})

describe('what can not be calibrated', () => {
  test('is ten rows', () => {
    expect(calibrated({ kind: 'quality', share: 0.95 }, ['cheap', 'dear'], 10)).toMatchObject({
      kind: 'impossible',
      problem: expect.stringContaining('Only 10 rows'),
    })
  })

  test('is a share of calls between three', () => {
    expect(calibrated({ kind: 'strong-share', share: 0.3 })).toMatchObject({
      kind: 'impossible',
      problem: expect.stringContaining('the pool has 3'),
    })
  })
})
