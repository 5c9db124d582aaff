import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt, anOutcome } from '../../../test/support/a-decision.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { modelId } from '../../domain/model.ts'
import { microUsd } from '../../domain/money.ts'
import { normal, seededDraw } from '../../domain/random.ts'
import type { AlarmEvent, TelemetryEvent } from '../events.ts'
import { evidence, observe, startDetector } from './e-detector.ts'
import { type AlarmLimits, type AlarmsOptions, createAlarms, defaultAlarmLimits } from './index.ts'

const [small, large] = [modelId('acme/small'), modelId('acme/large')]

function someAlarms(limits: Partial<AlarmLimits> = {}, options: Partial<AlarmsOptions> = {}) {
  const told: AlarmEvent[] = []
  const alarms = createAlarms({
    emit: (event) => void (event.kind === 'alarm' && told.push(event)),
    limits: { ...defaultAlarmLimits, ...limits },
    ...options,
  })
  let at = Date.UTC(2026, 2, 1)
  const tell = (...events: TelemetryEvent[]) => {
    for (const event of events) alarms.sink.take(event, at++)
  }
  const later = (ms: number) => {
    at += ms
  }
  return { alarms, told, tell, later, states: () => told.map(({ name, state }) => `${name} ${state}`) }
}

/** Two lawful models that are expected to differ in quality and cost. */
const decided = (chosen = small, changes: Partial<Omit<Decision, 'id'>> = {}): Decision =>
  aDecision({
    chosen,
    candidates: [
      {
        id: small,
        quality: { mean: 0.8, deviation: 0.1 },
        cost: { kind: 'known', usd: { mean: 0.001, deviation: 0 } },
        latencyMs: { mean: 1, deviation: 1 },
      },
      {
        id: large,
        quality: { mean: 0.9, deviation: 0.1 },
        cost: { kind: 'known', usd: { mean: 0.01, deviation: 0 } },
        latencyMs: { mean: 1, deviation: 1 },
      },
    ],
    ...changes,
  })

const decide = (decision: Decision): TelemetryEvent => ({ kind: 'decided', decision })
const times = (count: number, event: (index: number) => TelemetryEvent) =>
  Array.from({ length: count }, (_, index) => event(index))

describe('a constant router', () => {
  const limits = { constantRouter: { window: 100, raiseAbove: 0.98, clearBelow: 0.95 } }

  it('is told of once, with numbers and what to do, and cleared when it chooses again', () => {
    const { alarms, told, tell, states } = someAlarms(limits)
    tell(...times(99, () => decide(decided())))
    expect(told).toEqual([])
    tell(...times(201, () => decide(decided())))
    expect(told).toEqual([
      {
        kind: 'alarm',
        name: 'constant-router',
        subject: 'auto',
        state: 'raised',
        message: expect.stringMatching(
          /auto: acme\/small got 100 % of the last 100 requests.*Ask for more quality/,
        ),
        numbers: { share: 1, requests: 100, limit: 0.98 },
      },
    ])
    expect(alarms.current()).toMatchObject([{ name: 'constant-router', since: '2026-03-01T00:00:00.099Z' }])
    // Neither bad nor good: what is raised stays raised.
    tell(...times(100, (index) => decide(decided(index < 97 ? small : large))))
    expect(states()).toEqual(['constant-router raised'])
    tell(...times(100, (index) => decide(decided(index < 90 ? small : large))))
    expect(states()).toEqual(['constant-router raised', 'constant-router cleared'])
    expect(alarms.current()).toEqual([])
  })

  it('is none where there was nothing to choose, or no difference to see, or none is meant to be', () => {
    const { told, tell } = someAlarms(limits, { routes: (policy) => policy !== 'fixed' })
    const [one, two] = decided().candidates
    const alike = { ...two!, quality: one!.quality }
    tell(
      ...times(300, () => decide(decided(small, { candidates: [one!] }))),
      ...times(300, () => decide(decided(small, { candidates: [one!, alike] }))),
      ...times(300, () => decide(decided(small, { policy: 'fixed' }))),
    )
    expect(told).toEqual([])
  })
})

describe('other shares', () => {
  it('of cascades that go on nearly always', () => {
    const { told, tell } = someAlarms()
    const step = {
      kind: 'ask',
      until: 'all',
      calls: [{ model: small, result: { kind: 'cancelled' } }],
    } as const
    const escalation = (model = large) =>
      decide(
        decided(large, {
          trace: { driver: 'live', steps: [step], end: { kind: 'reply', model, because: '', propensity: 1 } },
        }),
      )
    tell(...times(200, (index) => escalation(index < 4 ? small : large)))
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringContaining('98 % of the last 200 requests went beyond the first model'),
    ])
  })

  it('of requests that fail, in which those that clients cut off or got wrong do not count', () => {
    const { told, tell } = someAlarms()
    const end = (
      status: 'answered' | 'failed' | 'cancelled',
      failure: 'timed-out' | 'rejected' | null = null,
    ) => ({ kind: 'finished', decision: aDecision(), outcome: anOutcome({ status, failure }) }) as const
    tell(
      ...times(500, () => end('cancelled')),
      ...times(99, () => end('failed', 'rejected')),
      end('answered'),
    )
    expect(told).toEqual([])
    tell(...times(11, () => end('failed', 'timed-out')), ...times(89, () => end('answered')))
    expect(told.map(({ name, numbers }) => [name, numbers.share])).toEqual([['error-rate', 0.11]])
    tell(...times(100, (index) => end(index < 4 ? 'failed' : 'answered')))
    expect(told.map(({ state }) => state)).toEqual(['raised', 'cleared'])
  })

  it('of prompts unlike those of the training', () => {
    const { told, tell } = someAlarms({
      unfamiliarPrompts: { window: 100, raiseAbove: 0.25, clearBelow: 0.15 },
    })
    const prompt = (familiarity: number): TelemetryEvent =>
      ({ ...decide(decided(large)), familiarity }) as TelemetryEvent
    tell(...times(100, (index) => prompt(index / 100)))
    expect(told).toEqual([])
    tell(...times(100, (index) => prompt(index < 30 ? 0.01 : 0.5)))
    expect(told[0]?.message).toContain('30 % of the last 100 prompts are unlike those')
  })
})

describe('conditions', () => {
  it('are raised by one event: lost decisions until an hour without, shared state until it is back', () => {
    const { tell, later, states, alarms } = someAlarms()
    tell({ kind: 'store-problem', what: 'not-written', message: 'busy' })
    tell({ kind: 'store-problem', what: 'dropped', message: '3 dropped' })
    tell({ kind: 'state-degraded', why: 'no connection' })
    expect(alarms.current().map(({ name }) => name)).toEqual(['decisions-lost', 'state-degraded'])
    later(1_800_000)
    tell({ kind: 'state-recovered' })
    expect(alarms.current().map(({ name }) => name)).toEqual(['decisions-lost'])
    later(3_600_000)
    tell({ kind: 'state-recovered' })
    expect(states()).toEqual([
      'decisions-lost raised',
      'state-degraded raised',
      'state-degraded cleared',
      'decisions-lost cleared',
    ])
  })

  it('tell of prices that are older than so many days', () => {
    const prices = { model: 'acme/small', asOf: '2025-11-30' }
    const { alarms, told } = someAlarms({}, { oldestPrices: () => prices })
    alarms.check(Date.UTC(2026, 1, 28))
    expect(told).toEqual([])
    alarms.check(Date.UTC(2026, 2, 1))
    expect(told[0]?.message).toMatch(/prices of acme\/small are of 2025-11-30, 91 days ago\. Upgrade/)
  })
})

const score = (
  quality: number,
  decision = decided(),
  source: Feedback['source'] = 'client',
): TelemetryEvent => ({
  kind: 'feedback',
  feedback: { metric: 'quality', score: quality, source } as Feedback,
  decision,
})

const bill = (usd: number, decision = decided()): TelemetryEvent => ({
  kind: 'finished',
  decision,
  outcome: anOutcome({ model: small, cost: microUsd(usd), attempts: [anAttempt({ cost: microUsd(usd) })] }),
})

describe('shifts against what was predicted', () => {
  it('in quality are seen soon after a model gets worse, and cleared when it is well again', () => {
    const { told, tell, states } = someAlarms()
    const draw = seededDraw('worse')
    const answers = (share: number) => score(draw() < share ? 1 : 0)
    tell(...times(2000, () => answers(0.8)))
    expect(told).toEqual([])
    tell(...times(300, () => answers(0.5)))
    expect(states()).toEqual(['quality-shift raised'])
    expect(told[0]).toMatchObject({ subject: 'auto', numbers: { predicted: expect.closeTo(0.8, 9) } })
    expect(told[0]?.message).toMatch(
      /answers scored 0\.\d\d on average where 0\.80 was predicted\. A model may/,
    )
    tell(...times(3000, () => answers(0.8)))
    expect(states()).toEqual(['quality-shift raised', 'quality-shift cleared'])
  })

  it('are not seen in implicit feedback, other metrics, and answers out of a cache', () => {
    const { told, tell } = someAlarms()
    const other = {
      kind: 'feedback',
      feedback: { metric: 'tone', score: 0, source: 'client' } as Feedback,
      decision: decided(),
    } as const
    tell(
      ...times(1000, () => score(0, decided(), 'implicit')),
      ...times(1000, () => score(0, decided(small, { cache: 'exact' }))),
      ...times(1000, () => other),
    )
    expect(told).toEqual([])
  })

  it('in cost are seen where requests cost half as much again', () => {
    const { told, tell } = someAlarms()
    const draw = seededDraw('dearer')
    // Mean one, deviation of the logarithm 0.6: as far as lengths of answers are off.
    const around = (mean: number) => bill(0.001 * mean * Math.exp(0.6 * normal(draw) - 0.18))
    tell(...times(2000, () => around(1)))
    expect(told).toEqual([])
    tell(...times(400, () => around(1.6)))
    expect(told.map(({ name }) => name)).toEqual(['cost-shift'])
    expect(told[0]?.message).toMatch(/where \$0\.0010 was predicted \(1\.\d\d times\)/)
  })

  it('in cost do not come from fallbacks and estimated usage', () => {
    const { told, tell } = someAlarms()
    const cost = microUsd(1)
    const estimated = anAttempt({ cost, usage: { ...anAttempt().usage, source: 'estimated' } })
    const outcome = anOutcome({ model: small, cost })
    tell(
      ...times(
        500,
        () =>
          ({
            kind: 'finished',
            decision: decided(),
            outcome: { ...outcome, attempts: [estimated] },
          }) as const,
      ),
      ...times(
        500,
        () =>
          ({
            kind: 'finished',
            decision: decided(),
            outcome: { ...outcome, attempts: [anAttempt({ cost }), anAttempt({ cost })] },
          }) as const,
      ),
      ...times(
        500,
        () =>
          ({
            kind: 'finished',
            decision: decided(large),
            outcome: { ...outcome, attempts: [anAttempt({ cost })] },
          }) as const,
      ),
    )
    expect(told).toEqual([])
  })
})

describe('the sequential test', () => {
  /** Observations until it first gives a false alarm, or `most`. */
  function runLength(x: () => number, patience: number, most: number): number {
    let detector = startDetector
    for (let count = 1; count <= most; count++) {
      detector = observe(detector, x())
      if (evidence(detector) >= patience) return count
    }
    return most
  }

  it.each([
    ['coins', (draw: () => number) => () => (draw() < 0.5 ? 1 : -1)],
    ['rare large losses', (draw: () => number) => () => (draw() < 0.05 ? 0.95 : -0.05)],
    ['bells', (draw: () => number) => () => Math.max(-1, Math.min(1, 0.3 * normal(draw)))],
  ])('gives at most one false alarm in `patience` observations, on average: %s', (name, make) => {
    const patience = 300
    const x = make(seededDraw(name))
    const lengths = Array.from({ length: 200 }, () => runLength(x, patience, 5000))
    expect(lengths.reduce((sum, length) => sum + length) / lengths.length).toBeGreaterThan(patience)
  })

  it('sees a change however long all was well before', () => {
    const draw = seededDraw('late')
    let detector = startDetector
    for (let count = 0; count < 50_000; count++) detector = observe(detector, draw() < 0.45 ? 0.5 : -0.5)
    expect(evidence(detector)).toBeLessThan(10_000)
    let needed = 0
    while (evidence(detector) < 10_000) {
      detector = observe(detector, draw() < 0.8 ? 0.5 : -0.5)
      needed += 1
    }
    expect(needed).toBeLessThan(150)
  })

  it('overflows nothing in a bad time without end', () => {
    let detector = startDetector
    for (let count = 0; count < 100_000; count++) detector = observe(detector, 1)
    expect(Number.isFinite(evidence(detector))).toBe(true)
  })
})

describe('alarms', () => {
  it('remember so many policies, and no more', () => {
    const { alarms, tell } = someAlarms({ errorRate: { window: 1, raiseAbove: 0.1, clearBelow: 0.05 } })
    const outcome = anOutcome({ status: 'failed', failure: 'timed-out', attempts: [] })
    tell(
      ...times(
        1000,
        (index) => ({ kind: 'finished', decision: aDecision({ policy: `p-${index}` }), outcome }) as const,
      ),
    )
    expect(alarms.current().length).toBeLessThanOrEqual(201)
  })

  it('are not set off by alarms', () => {
    const { tell, told } = someAlarms()
    tell({ kind: 'alarm', name: 'error-rate', subject: 'auto', state: 'raised', message: '', numbers: {} })
    expect(told).toEqual([])
  })
})
