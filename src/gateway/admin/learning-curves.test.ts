import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aDecision } from '../../../test/support/a-decision.ts'
import type { Decision } from '../../domain/decision.ts'
import { accountPoints, recordedTrying, triedOn } from './learning-explored.ts'
import { resetsWithin, type VersionSeen } from './learning-resets.ts'
import { checkpoints } from './learning-thin.ts'

test('a curve is drawn at the first, the last, and at most so many in between', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 2, max: 200 }), (count, most) => {
      const shown = [...checkpoints(count, most)]
      expect(shown.length).toBe(Math.min(count, most))
      expect(shown.every((at) => Number.isInteger(at) && at >= 1 && at <= count)).toBe(true)
      if (count > 0) expect([shown[0], shown.at(-1)]).toEqual([1, count])
    }),
  )
})

describe('dollars for trying', () => {
  const seen = (at: string, spentUsd: number) => ({ at: `2026-03-0${at}:00.000Z`, spentUsd, limitUsd: 2 })

  test('add up over periods, each of which begins at nothing', () => {
    const points = accountPoints(
      [seen('1T10:00', 0.5), seen('1T18:00', 1.5), seen('2T09:00', 0.25), seen('2T10:00', 0.75)],
      'day',
    )
    expect(points.map(({ at, spentUsd, totalUsd }) => [at.slice(8, 16), spentUsd, totalUsd])).toEqual([
      ['01T00:00', 0, 0],
      ['01T10:00', 0.5, 0.5],
      ['01T18:00', 1.5, 1.5],
      ['02T00:00', 0, 1.5],
      ['02T09:00', 0.25, 1.75],
      ['02T10:00', 0.75, 2.25],
    ])
    expect(points.every(({ limitUsd }) => limitUsd === 2)).toBe(true)
  })

  test('never run backwards, though an account is lost within a period', () => {
    const points = accountPoints([seen('1T10:00', 1), seen('1T12:00', 0.25)], 'day')
    expect(points.map(({ totalUsd }) => totalUsd)).toEqual([0, 1, 1, 1.25])
    expect(points.map(({ at }) => at)).toEqual([...points.map(({ at }) => at)].sort())
  })

  test('of no account are none', () => {
    expect(accountPoints([], 'week')).toEqual([])
  })
})

describe('dollars that decisions say themselves', () => {
  const decided = (changes: Parameters<typeof aDecision>[0], usd: number | null | undefined): Decision => {
    const decision = aDecision(changes)
    const { trace } = decision
    if (trace.end.kind !== 'forward') throw new Error('the decision forwards nothing')
    if (usd === undefined) return decision
    return {
      ...decision,
      trace: { ...trace, end: { ...trace.end, explores: usd === null ? null : { usd, worth: 0.1 } } },
    }
  }

  test('are those of decisions that tried a model in serving', () => {
    const time = '2026-03-01T10:00:00.000Z'
    expect(triedOn(decided({ time }, 0.25))).toEqual({ at: time, usd: 0.25 })
    expect(triedOn(decided({ time }, null))).toBeNull()
    expect(triedOn(decided({ time }, undefined))).toBeNull()
    const experiment = { id: 'shadow x', arm: 'auto', unit: 'u' }
    expect(triedOn(decided({ time, experiment }, 0.25))).toBeNull()
    const end = { kind: 'would-ask', models: [] } as const
    expect(triedOn({ ...aDecision(), trace: { driver: 'live', steps: [], end } })).toBeNull()
  })

  test('add up to the last cent, however few of their sums are drawn', () => {
    const tried = Array.from({ length: 1_000 }, (_, at) => ({
      at: new Date(1e12 + at * 1_000).toISOString(),
      usd: at % 2 === 0 ? 0.5 : 0.25,
    }))
    const since = new Date(1e12 - 5_000).toISOString()
    const { decisions, usd, points } = recordedTrying(tried, since, 20)
    expect([decisions, usd]).toEqual([1_000, 375])
    expect(points).toHaveLength(21)
    expect(points[0]).toEqual({ at: since, usd: 0 })
    expect(points[1]).toEqual({ at: tried[0]!.at, usd: 0.5 })
    expect(points.at(-1)).toEqual({ at: tried.at(-1)!.at, usd: 375 })
  })

  test('are nothing where nothing was tried, and where nothing was decided', () => {
    const since = '2026-03-01T10:00:00.000Z'
    expect(recordedTrying([], since, 20)).toEqual({ decisions: 0, usd: 0, points: [{ at: since, usd: 0 }] })
    expect(recordedTrying([], null, 20)).toEqual({ decisions: 0, usd: 0, points: [] })
  })
})

describe('resets', () => {
  const row = (minute: number, policyVersion: string) => ({
    at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`,
    policyVersion,
  })
  const version = (number: number, minute: number, why: VersionSeen['why']): VersionSeen => ({
    version: number,
    at: row(minute, '').at,
    why,
    restoredFrom: why === 'rolled-back' ? 3 : null,
  })

  test('are what was begun anew, rolled back, corrected or configured otherwise', () => {
    const rows = [row(0, 'aaaa'), row(10, 'aaaa+c4'), row(11, 'aaaa'), row(20, 'bbbb+c4'), row(50, 'bbbb')]
    const found = resetsWithin(
      [version(6, 5, 'begun'), version(7, 6, 'saved'), version(8, 30, 'rolled-back')],
      rows,
    )
    expect(found.map(({ kind, what }) => [kind, what])).toEqual([
      ['begun', 'version 6: begins to learn anew'],
      ['correction', 'correction 4 of the predictions begins to serve'],
      ['configuration', 'the configuration became bbbb'],
      ['rolled-back', 'version 8: back to 3'],
      ['correction', 'predictions serve uncorrected'],
    ])
  })

  test('before the first row or after the last are none of its', () => {
    const versions = [version(1, 1, 'begun'), version(2, 59, 'rolled-back')]
    expect(resetsWithin(versions, [row(10, 'aaaa'), row(20, 'aaaa')])).toEqual([])
    expect(resetsWithin(versions, [])).toEqual([])
  })

  test('of very many the newest stand', () => {
    const rows = Array.from({ length: 50 }, (_, minute) => row(minute, `v${minute}`))
    const found = resetsWithin([], rows)
    expect(found).toHaveLength(20)
    expect(found.at(-1)).toMatchObject({ what: 'the configuration became v49' })
  })
})
