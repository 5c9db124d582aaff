import { describe, expect, test } from 'vitest'
import { everybody } from '../../../../src/domain/experiment.ts'
import { beginExperiment, ended } from '../../../../src/experiments/state.ts'
import { bandRows, inOrder, sessionsSeen } from './bands.ts'
import { emptyDraft, experimentBody } from './draft.ts'

const [began, later] = ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z']

const experiment = (id: string, at = began) =>
  beginExperiment(
    {
      id,
      policy: 'auto',
      control: 'auto',
      arms: [{ policy: 'frugal', share: 0.5 }],
      by: 'session',
      cohort: everybody,
      allocation: 'fixed',
      ramp: [],
      unitsPerStep: 100,
      qualityMargin: 0.02,
      alpha: 0.05,
      guardrails: { failures: null, latencyMs: null },
      automatic: true,
    },
    at,
  )

describe('what was seen', () => {
  const bounds = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1 })
  const looks = [
    { at: began, arms: { frugal: { sessions: 3, quality: null, usd: null } } },
    { at: later, arms: { frugal: { sessions: 40, quality: bounds(0.01), usd: bounds(-0.5) } } },
  ]

  test('becomes a band where there was an interval', () => {
    const rows = bandRows({ looks }, 'quality')
    expect(rows).toEqual([{ at: new Date(later), arm: 'frugal', ...bounds(0.01) }])
    expect(sessionsSeen({ looks })).toEqual({ frugal: 40 })
    expect(sessionsSeen({ looks: [] })).toEqual({})
  })

  test('stands with what runs first, then by age', () => {
    const over = ended(experiment('over', later), 'stopped', 'auto', later, 'stopped')
    const order = inOrder([over, experiment('old'), experiment('new', later)])
    expect(order.map(({ definition }) => definition.id)).toEqual(['new', 'old', 'over'])
  })
})

describe('a draft', () => {
  const whole = { ...emptyDraft, id: ' cheaper ', policy: 'auto', arm: 'frugal' }

  test('becomes what the gateway takes', () => {
    expect(experimentBody({ ...whole, share: '20 %', ramp: '1, 10,20' })).toEqual({
      kind: 'body',
      body: {
        id: 'cheaper',
        policy: 'auto',
        arms: { frugal: 0.2 },
        by: 'session',
        ramp: [0.01, 0.1, 0.2],
        qualityMargin: 0.02,
        automatic: false,
      },
    })
    expect(experimentBody(whole)).not.toHaveProperty('body.ramp')
  })

  test('tells all its faults at once', () => {
    const read = experimentBody({ ...emptyDraft, share: '0', ramp: '1, x', margin: '' })
    expect(read.kind === 'faults' && Object.keys(read.faults).sort()).toEqual([
      'arm',
      'id',
      'margin',
      'policy',
      'ramp',
      'share',
    ])
    expect(experimentBody({ ...whole, arm: 'auto' })).toMatchObject({ faults: { arm: expect.any(String) } })
  })
})
