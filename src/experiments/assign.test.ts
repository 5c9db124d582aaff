import { describe, expect, test } from 'vitest'
import { everybody, type ExperimentDefinition } from '../domain/experiment.ts'
import type { KeyId } from '../domain/virtual-key.ts'
import { nobody } from '../domain/virtual-key.ts'
import { assign, placeOf, unitOf } from './assign.ts'
import { beginExperiment, reshared, sharesAt } from './state.ts'

const at = '2026-03-01T00:00:00Z'

const defined = (changes: Partial<ExperimentDefinition> = {}): ExperimentDefinition => ({
  id: 'cheaper',
  policy: 'auto',
  control: 'auto',
  arms: [{ policy: 'frugal', share: 0.2 }],
  by: 'session',
  cohort: everybody,
  allocation: 'fixed',
  ramp: [],
  unitsPerStep: 100,
  qualityMargin: 0.02,
  alpha: 0.05,
  guardrails: { failures: null, latencyMs: null },
  automatic: true,
  ...changes,
})

const units = Array.from({ length: 20_000 }, (_, index) => `unit ${index}`)

function counts(definition: ExperimentDefinition, shares?: Record<string, number>) {
  const begun = beginExperiment(definition, at)
  const state = shares ? reshared(begun, shares, at, 'for a test') : begun
  const found: Record<string, number> = {}
  for (const unit of units) {
    const { arm } = assign(state, nobody, unit)!
    found[arm] = (found[arm] ?? 0) + 1
  }
  return found
}

describe('an assignment', () => {
  test('gives each arm its share', () => {
    const found = counts(
      defined({
        arms: [
          { policy: 'a', share: 0.2 },
          { policy: 'b', share: 0.3 },
        ],
      }),
    )
    // Five standard deviations of a binomial.
    for (const [arm, share] of [
      ['a', 0.2],
      ['b', 0.3],
      ['auto', 0.5],
    ] as const)
      expect(Math.abs(found[arm]! - share * units.length)).toBeLessThan(
        5 * Math.sqrt(units.length * share * (1 - share)),
      )
    const uneven = counts(
      defined({
        arms: [
          { policy: 'a', share: 0.1 },
          { policy: 'b', share: 0.9 },
        ],
      }),
    )
    expect(uneven.b! / units.length).toBeCloseTo(0.9, 1)
    expect(uneven.auto ?? 0).toBeLessThan(10)
  })

  test('stays with a unit, whoever asks, and while the ramp goes up', () => {
    const definition = defined({
      arms: [
        { policy: 'a', share: 0.25 },
        { policy: 'b', share: 0.25 },
      ],
      ramp: [0.02, 0.2, 0.5],
    })
    const [low, middle, high] = [0, 1, 2].map((step) =>
      reshared(beginExperiment(definition, at), sharesAt(definition, step), at, 'step'),
    )
    for (const unit of units.slice(0, 5_000)) {
      const first = assign(low!, nobody, unit)!.arm
      expect(assign(low!, nobody, unit)!.arm).toBe(first)
      if (first !== 'auto') expect(assign(middle!, nobody, unit)!.arm).toBe(first)
      const second = assign(middle!, nobody, unit)!.arm
      if (second !== 'auto') expect(assign(high!, nobody, unit)!.arm).toBe(second)
    }
  })

  test('of two experiments has nothing to do with one another', () => {
    const both = units.filter((unit) => placeOf('one', unit) < 0.5 && placeOf('two', unit) < 0.5).length
    expect(both / units.length).toBeCloseTo(0.25, 1)
  })

  test('is for the cohort alone', () => {
    const state = beginExperiment(defined({ cohort: { ...everybody, tags: ['beta'], users: ['ada'] } }), at)
    const ada = { ...nobody, user: 'ada', tags: ['beta'] }
    expect(assign(state, ada, 'u')).not.toBeNull()
    expect(assign(state, { ...ada, tags: [] }, 'u')).toBeNull()
    expect(assign(state, { ...ada, user: 'bob' }, 'u')).toBeNull()
  })
})

test('a unit is what stays together', () => {
  const caller = { ...nobody, session: 's', user: 'u', key: 'k' as KeyId }
  expect(unitOf({ by: 'session' }, caller, 'c', 'r')).toBe('s')
  expect(unitOf({ by: 'session' }, nobody, 'c', 'r')).toBe('c')
  expect(unitOf({ by: 'session' }, nobody, null, 'r')).toBe('r')
  expect(unitOf({ by: 'user' }, nobody, 'c', 'r')).toBeNull()
  expect(unitOf({ by: 'key' }, caller, 'c', 'r')).toBe('k')
  expect(unitOf({ by: 'request' }, caller, 'c', 'r')).toBe('r')
})
