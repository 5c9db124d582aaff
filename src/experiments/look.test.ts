import { describe, expect, test } from 'vitest'
import { everybody, type ExperimentDefinition } from '../domain/experiment.ts'
import { seededDraw } from '../domain/random.ts'
import { addToSession, type ArmSums, moveSession, noArmSums } from '../statistics/arm-sums.ts'
import { look } from './look.ts'
import { beginExperiment, ended } from './state.ts'

const [began, later] = ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z']

const defined = (changes: Partial<ExperimentDefinition> = {}): ExperimentDefinition => ({
  id: 'cheaper',
  policy: 'auto',
  control: 'auto',
  arms: [{ policy: 'frugal', share: 0.5 }],
  by: 'session',
  cohort: everybody,
  allocation: 'fixed',
  ramp: [],
  unitsPerStep: 200,
  qualityMargin: 0.02,
  alpha: 0.05,
  guardrails: { failures: null, latencyMs: null },
  automatic: true,
  ...changes,
})

type Truth = { readonly quality: number; readonly usd: number; readonly failures?: number }

function sumsOf(seed: string, units: number, { quality, usd, failures = 0.01 }: Truth): ArmSums {
  const draw = seededDraw(seed)
  let sums = noArmSums
  for (let unit = 0; unit < units; unit++) {
    let session = addToSession({}, 'quality', draw() < quality ? 1 : 0)
    session = addToSession(session, 'usd', usd * (0.5 + draw()))
    session = addToSession(session, 'failures', draw() < failures ? 1 : 0)
    sums = moveSession(sums, null, session)
  }
  return sums
}

const stageOf = (units: number, control: Truth, treated: Truth, share = 0.5) => ({
  shares: { auto: 1 - share, frugal: share },
  arms: {
    auto: sumsOf('control', Math.round(2 * units * (1 - share)), control),
    frugal: sumsOf('treated', Math.round(2 * units * share), treated),
  },
})

const same = { quality: 0.8, usd: 0.01 }

describe('a look', () => {
  test('promotes what is as good and cheaper, and all requests go there', () => {
    const { state } = look(
      beginExperiment(defined(), began),
      [stageOf(20_000, same, { quality: 0.805, usd: 0.004 })],
      later,
    )
    expect(state).toMatchObject({ status: 'promoted', winner: 'frugal' })
    expect(state.stages.at(-1)?.endedAt).toBe(later)
    expect(state.history.at(-1)?.what).toContain('Adopt frugal')
  })

  test('rolls back what is worse, or what costs more for nothing', () => {
    const worse = look(
      beginExperiment(defined(), began),
      [stageOf(4_000, same, { quality: 0.7, usd: 0.004 })],
      later,
    )
    expect(worse.state).toMatchObject({ status: 'rolled-back', winner: 'auto' })
    const dearer = look(
      beginExperiment(defined(), began),
      [stageOf(20_000, same, { quality: 0.805, usd: 0.02 })],
      later,
    )
    expect(dearer.state).toMatchObject({ status: 'rolled-back', winner: 'auto' })
  })

  test('rolls back what fails beyond its guardrail, long before quality is settled', () => {
    const definition = defined({ guardrails: { failures: 0.05, latencyMs: null } })
    const { state } = look(
      beginExperiment(definition, began),
      [stageOf(800, same, { ...same, failures: 0.4 })],
      later,
    )
    expect(state).toMatchObject({ status: 'rolled-back', winner: 'auto' })
    expect(state.history.at(-1)?.what).toContain('fails more often')
  })

  test('only tells where nothing is to be done by itself', () => {
    const definition = defined({ automatic: false })
    const { state, verdicts } = look(
      beginExperiment(definition, began),
      [stageOf(20_000, same, { quality: 0.805, usd: 0.004 })],
      later,
    )
    expect(state).toMatchObject({ status: 'running', winner: null })
    expect(verdicts[0]?.kind).toBe('adopt')
    expect(state.sentence).toContain('Adopt frugal')
  })

  test('goes up the ramp when every arm has seen enough, each step a stage of its own', () => {
    const definition = defined({ ramp: [0.05, 0.25, 0.5], arms: [{ policy: 'frugal', share: 0.5 }] })
    const begun = beginExperiment(definition, began)
    expect(begun.stages[0]?.shares).toEqual({ frugal: 0.05, auto: 0.95 })
    const early = look(begun, [stageOf(500, same, same, 0.05)], later)
    expect(early.state.step).toBe(0)
    const enough = look(begun, [stageOf(2_200, same, same, 0.05)], later)
    expect(enough.state.step).toBe(1)
    expect(enough.state.stages).toMatchObject([
      { beganAt: began, endedAt: later },
      { beganAt: later, endedAt: null, shares: { frugal: 0.25, auto: 0.75 } },
    ])
  })

  test('shares out anew towards the arm that leads, where it is adaptive, and ends with a winner', () => {
    const definition = defined({ allocation: 'adaptive', qualityMargin: 0.5, automatic: true })
    const near = look(
      beginExperiment(definition, began),
      [stageOf(100, { quality: 0.5, usd: 0.01 }, { quality: 0.6, usd: 0.01 })],
      later,
    )
    expect(near.state.status).toBe('running')
    const far = look(
      beginExperiment(definition, began),
      [stageOf(600, { quality: 0.4, usd: 0.01 }, { quality: 0.8, usd: 0.01 })],
      later,
    )
    expect(far.state).toMatchObject({ status: 'promoted', winner: 'frugal' })
  })

  test('keeps what it saw for plots over time, up to a bound', () => {
    let state = beginExperiment(defined({ automatic: false }), began)
    const stage = stageOf(300, same, same)
    for (let n = 0; n < 3; n++) state = look(state, [stage], later).state
    expect(state.looks).toHaveLength(3)
    expect(state.looks[0]?.arms.frugal).toMatchObject({ sessions: 300 })
  })
})

test('an experiment that was ended says so, and where its requests go', () => {
  const state = ended(beginExperiment(defined(), began), 'stopped', 'auto', later, 'stopped by hand')
  expect(state).toMatchObject({ status: 'stopped', winner: 'auto' })
  expect(state.history.at(-1)).toEqual({ at: later, what: 'stopped by hand' })
})
