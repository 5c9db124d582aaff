import { describe, expect, test } from 'vitest'
import { aCandidate, anAnswer, aTurn } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import { ask, forward, reply, type Strategy } from '../domain/strategy.ts'
import { explain } from './explain.ts'
import { abandon, advance, beginRun, StrategyError, traceOf } from './run.ts'
import { simulate } from './simulate.ts'

const answered: Parameters<typeof simulate>[2] = (candidate) => ({
  kind: 'answered',
  candidate,
  answer: anAnswer(),
  usd: 0.001,
  latencyMs: 100,
})

const run = (choose: Strategy) => simulate(choose, aTurn(), answered)

describe('a strategy that breaks its contract is a bug that names it', () => {
  test('a candidate that is not one of the turn', () => {
    const strategy: Strategy = function* smuggler() {
      return forward([aCandidate({ id: 'acme/other' })], 'why not')
    }
    expect(() => run(strategy)).toThrow(StrategyError)
    expect(() => run(strategy)).toThrow(/strategy smuggler names acme\/other/)
  })

  test('a copy of a candidate with another price', () => {
    const strategy: Strategy = function* ({ candidates: [first] }) {
      return forward([{ ...first, quality: { mean: 1, deviation: 0 } }], 'dearer')
    }
    expect(() => run(strategy)).toThrow(/not one of the turn's candidates/)
  })

  test('a call to a candidate that is not one of the turn', () => {
    const strategy: Strategy = function* ({ candidates }) {
      yield ask(aCandidate({ id: 'acme/other' }))
      return forward(candidates, 'after asking')
    }
    expect(() => run(strategy)).toThrow(/names acme\/other/)
  })

  test.each([0, -0.1, 1.1, Number.NaN])('the propensity %d', (propensity) => {
    const strategy: Strategy = function* ({ candidates }) {
      return forward(candidates, 'so likely', propensity)
    }
    expect(() => run(strategy)).toThrow(/propensity .* not in \(0, 1\]/)
  })

  test('steps without end', () => {
    const strategy: Strategy = function* loops({ candidates: [first] }) {
      for (;;) yield ask(first)
    }
    expect(() => run(strategy)).toThrow(/strategy loops takes more than 32 steps/)
  })

  test('more calls than one turn may make', () => {
    const strategy: Strategy = function* shouts({ candidates: [first] }) {
      for (;;) yield ask(first, first, first, first, first, first, first, first)
    }
    expect(() => run(strategy)).toThrow(/more than 64 calls/)
  })

  test('32 steps are allowed', () => {
    const strategy: Strategy = function* ({ candidates: [first] }) {
      for (let step = 0; step < 32; step++) yield ask(first)
      return forward([first], 'enough')
    }
    expect(run(strategy).trace.steps).toHaveLength(32)
  })
})

test('a run takes exactly one result per call', () => {
  const strategy: Strategy = function* ({ candidates: [first] }) {
    yield ask(first, first)
    return forward([first], 'asked')
  }
  const begun = beginRun(strategy, aTurn())
  advance(begun)
  expect(() => advance(begun, [])).toThrow(/2 calls was answered with 0 results/)
})

test('an explanation stops at the first call and says which models would be asked', () => {
  const strategy: Strategy = function* ({ candidates: [first] }) {
    const [result] = yield ask(first)
    return result?.kind === 'answered'
      ? reply(first, result.answer, 'it answered')
      : forward([first], 'it failed')
  }
  const explained = explain(strategy, aTurn())
  expect(explained.kind).toBe('step')
  expect(explained.trace).toEqual({
    driver: 'explain',
    steps: [],
    end: { kind: 'would-ask', models: ['acme/small'] },
  })
})

test('an abandoned run ends in a refusal, and the strategy may clean up', () => {
  let cleaned = false
  const strategy: Strategy = function* ({ candidates: [first] }) {
    try {
      yield ask(first)
      return forward([first], 'asked')
    } finally {
      cleaned = true
    }
  }
  const turn = aTurn()
  const begun = beginRun(strategy, turn)
  advance(begun)
  const gone = failure('cancelled', 'the client has gone')
  abandon(begun, [{ kind: 'cancelled', candidate: turn.candidates[0] }], gone)
  expect(cleaned).toBe(true)
  expect(traceOf(begun, 'live')).toEqual({
    driver: 'live',
    steps: [{ kind: 'ask', until: 'all', calls: [{ model: 'acme/small', result: { kind: 'cancelled' } }] }],
    end: { kind: 'refuse', failure: gone, because: 'the client has gone', propensity: 1 },
  })
})
