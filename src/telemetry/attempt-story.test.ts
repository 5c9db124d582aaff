import { describe, expect, it } from 'vitest'
import { aDecision, anAttempt } from '../../test/support/a-decision.ts'
import type { Attempt } from '../domain/attempt.ts'
import type { FailureKind } from '../domain/failure.ts'
import { modelId } from '../domain/model.ts'
import type { TraceCall, TraceEnd, TraceStep } from '../domain/trace.ts'
import { addedMs, attemptedMs, escalated, overtakenOf, passagesOf } from './attempt-story.ts'

const [small, large] = [modelId('acme/small'), modelId('acme/large')]

const failedWith = (failure: FailureKind): Attempt['outcome'] => ({
  kind: 'failed',
  failure,
  message: 'no',
  vendorStatus: null,
})

/** From one moment to another. */
const from = (startedAfterMs: number, endedAfterMs: number, changes: Partial<Attempt> = {}): Attempt =>
  anAttempt({ startedAfterMs, endedAfterMs, firstContentAfterMs: null, ...changes })

const forward: TraceEnd = {
  kind: 'forward',
  models: [small, large],
  rewritten: false,
  because: 'best value',
  propensity: 1,
}
const asks = (...models: string[]): TraceStep => ({
  kind: 'ask',
  until: 'all',
  calls: models.map((model): TraceCall => ({ model: modelId(model), result: { kind: 'cancelled' } })),
})
const decided = (steps: readonly TraceStep[], end: TraceEnd = forward) =>
  aDecision({ trace: { driver: 'live', steps, end } })

const kinds = (attempts: readonly Attempt[], decision = decided([])) =>
  passagesOf(decision, { attempts }).map(({ kind, trigger }) => `${kind} after ${trigger}`)

describe('attempts read in order', () => {
  it.each<[string, Attempt, Attempt]>([
    ['retry after overloaded', from(0, 10, { outcome: failedWith('overloaded') }), from(20, 30)],
    [
      'other-target after rate-limited',
      from(0, 10, { outcome: failedWith('rate-limited') }),
      from(20, 30, { target: 'acme/small@other' }),
    ],
    [
      'fallback after timed-out',
      from(0, 10, { outcome: failedWith('timed-out') }),
      from(20, 30, { model: large, target: 'acme/large@default' }),
    ],
    [
      'continuation after truncated',
      from(0, 10, { firstContentAfterMs: 5, outcome: failedWith('truncated') }),
      from(20, 30, { model: large }),
    ],
  ])('tell a %s', (expected, one, two) => {
    expect(kinds([one, two])).toEqual([expected])
    // The engine lists them as they end, which need not be as they begin.
    expect(kinds([two, one])).toEqual([expected])
  })

  it.each<[string, Attempt['role'] & string]>([
    ['retry', 'retry'],
    ['other-target', 'other-target'],
    ['fallback', 'fallback'],
    ['continuation', 'continuation'],
  ])('tell a %s where the next one says that it is', (kind, role) => {
    // Their models and targets alone would tell a retry of the one, and a continuation of the other.
    const before = from(0, 10, { role: 'first', outcome: failedWith('timed-out') })
    expect(kinds([before, from(20, 30, { role })])).toEqual([`${kind} after timed-out`])
    expect(kinds([{ ...before, firstContentAfterMs: 5 }, from(20, 30, { role })])).toEqual([
      `${kind} after timed-out`,
    ])
  })

  it('tell of nobody who was asked for something of its own that it took another’s place', () => {
    const before = from(0, 10, { role: 'first', outcome: failedWith('timed-out') })
    for (const role of ['first', 'step', 'hedge', 'escalation'] as const)
      expect(kinds([before, from(20, 30, { role, model: large })])).toEqual([])
  })

  it('tell what takes the place of a model that a strategy asked from what follows in the forward', () => {
    // The cascade asks the small model, which fails, and forwards to the large and then the small one.
    const cascade = decided([asks('acme/small')], { ...forward, models: [large, small] })
    const asked = from(0, 10, { role: 'step', outcome: failedWith('timed-out') })
    const forwarded = from(20, 30, { role: 'first', model: large, outcome: failedWith('overloaded') })
    const after = from(40, 50, { role: 'fallback' })
    expect(kinds([asked, forwarded, after], cascade)).toEqual(['fallback after overloaded'])
    const again = from(12, 18, { role: 'retry' })
    expect(kinds([asked, again, forwarded, after], cascade)).toEqual([
      'retry after timed-out',
      'fallback after overloaded',
    ])
  })

  it('tell nothing of an answer, of the last failure, and of who lost a race', () => {
    expect(kinds([from(0, 10)])).toEqual([])
    expect(kinds([from(0, 10, { outcome: failedWith('timed-out') })])).toEqual([])
    expect(kinds([from(0, 10), from(20, 30, { outcome: failedWith('timed-out') })])).toEqual([])
    expect(kinds([from(0, 10, { outcome: failedWith('cancelled') }), from(12, 30)])).toEqual([])
  })

  it('take the failure of a model that is asked for its answer for no fallback', () => {
    const ensemble = decided([asks('acme/a', 'acme/b')], { ...forward, models: [large] })
    const failed = from(0, 10, { model: modelId('acme/a'), outcome: failedWith('timed-out') })
    expect(
      kinds([failed, from(0, 20, { model: modelId('acme/b') }), from(20, 30, { model: large })], ensemble),
    ).toEqual([])
    const again = from(12, 20, { model: modelId('acme/a') })
    expect(kinds([failed, again], ensemble)).toEqual(['retry after timed-out'])
  })

  it('tell who was overtaken, unless the client had gone', () => {
    const attempts = [from(0, 10, { outcome: failedWith('cancelled') }), from(5, 10)]
    expect(overtakenOf({ attempts, status: 'answered' })).toEqual([attempts[0]])
    expect(overtakenOf({ attempts, status: 'cancelled' })).toEqual([])
    const elsewhere = from(20, 30, { role: 'continuation', outcome: failedWith('cancelled') })
    expect(overtakenOf({ attempts: [elsewhere], status: 'answered' })).toEqual([])
  })
})

describe('escalation', () => {
  const reply = (model: string): TraceEnd => ({
    kind: 'reply',
    model: modelId(model),
    because: 'good enough',
    propensity: 1,
  })

  it('is going on to another model after the first one answered', () => {
    expect(escalated(decided([asks('acme/small')], { ...forward, models: [large] }))).toBe(true)
    expect(escalated(decided([asks('acme/small'), asks('acme/large')], reply('acme/large')))).toBe(true)
  })

  it('is not being content with the first', () => {
    expect(escalated(decided([asks('acme/small')], reply('acme/small')))).toBe(false)
  })

  it('can be said of no strategy that asks nobody first, or several at once', () => {
    expect(escalated(decided([]))).toBeNull()
    expect(escalated(decided([asks('acme/small', 'acme/large')], reply('acme/large')))).toBeNull()
  })
})

describe('added latency', () => {
  it('is what is left when the attempts are taken off, each moment once', () => {
    expect(attemptedMs([])).toBe(0)
    const attempts = [from(1, 11), from(5, 15), from(20, 25)]
    expect(attemptedMs(attempts)).toBe(19)
    expect(addedMs({ latencyMs: 26, attempts })).toBe(7)
  })

  it('is never below zero, whatever clocks say', () => {
    expect(addedMs({ latencyMs: 5, attempts: [from(0, 10)] })).toBe(0)
  })
})
