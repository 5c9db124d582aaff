import { describe, expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import { answerText } from '../domain/answer.ts'
import { ask, forward, refuse, reply, type Strategy } from '../domain/strategy.ts'
import { failure } from '../domain/failure.ts'
import { replay, type RecordedOutcome, type ReplayTable } from './replay.ts'

const tableOf =
  (outcomes: Readonly<Record<string, RecordedOutcome>>): ReplayTable =>
  ({ id }) =>
    outcomes[id] ?? null

const table = tableOf({
  'acme/small': { score: 0, usd: 0.001, latencyMs: 300, text: 'no' },
  'acme/large': { score: 1, usd: 0.02, latencyMs: 900, text: 'yes' },
})

test('a forward has the score, the dollars and the latency of its first model', () => {
  const strategy: Strategy = function* ({ candidates: [small, large] }) {
    return forward([large!, small], 'the best first')
  }
  const replayed = replay(strategy, aTurn(), table)
  expect(replayed).toMatchObject({ model: 'acme/large', score: 1, usd: 0.02, latencyMs: 900 })
  expect(replayed.trace.driver).toBe('replay')
})

test('a cascade pays for every answer that it looked at', () => {
  const strategy: Strategy = function* ({ candidates: [small, large] }) {
    const [first] = yield ask(small)
    if (first?.kind === 'answered' && answerText(first.answer) === 'yes')
      return reply(small, first.answer, 'good')
    return forward([large!], 'not good enough')
  }
  const replayed = replay(strategy, aTurn(), table)
  expect(replayed).toMatchObject({ model: 'acme/large', score: 1, latencyMs: 1200 })
  expect(replayed.usd).toBeCloseTo(0.021, 12)
})

test('a reply has the score of the answer in hand and costs nothing more', () => {
  const strategy: Strategy = function* ({ candidates: [small] }) {
    const [first] = yield ask(small)
    return first?.kind === 'answered' ? reply(small, first.answer, 'in hand') : forward([small], 'failed')
  }
  expect(replay(strategy, aTurn(), table)).toMatchObject({
    model: 'acme/small',
    score: 0,
    usd: 0.001,
    latencyMs: 300,
  })
})

test('calls of one step run side by side', () => {
  const strategy: Strategy = function* ({ candidates: [small, large] }) {
    const [, second] = yield ask(small, large!)
    return second?.kind === 'answered' ? reply(large!, second.answer, 'in hand') : forward([small], 'failed')
  }
  expect(replay(strategy, aTurn(), table).latencyMs).toBe(900)
})

test('of a race the fastest answers, and the others are cancelled but paid for', () => {
  const strategy: Strategy = function* ({ candidates: [small, large] }) {
    const calls = ask(large!, small).calls
    const results = yield { kind: 'ask', calls, until: 'first' }
    expect(results.map(({ kind }) => kind)).toEqual(['cancelled', 'answered'])
    return forward([small], 'the fast one')
  }
  const replayed = replay(strategy, aTurn(), table)
  expect(replayed.usd).toBeCloseTo(0.001 + 0.02 + 0.001, 12)
  expect(replayed.latencyMs).toBe(300 + 300)
})

describe('a model without an outcome', () => {
  const smallOnly = tableOf({ 'acme/small': { score: 0.5, usd: 0.001, latencyMs: 300 } })

  test('is passed over for the next of the forward', () => {
    const strategy: Strategy = function* ({ candidates: [small, large] }) {
      return forward([large!, small], 'the best first')
    }
    expect(replay(strategy, aTurn(), smallOnly)).toMatchObject({
      model: 'acme/small',
      score: 0.5,
      usd: 0.001,
    })
  })

  test('leaves no score where there is no other', () => {
    const strategy: Strategy = function* ({ candidates: [, large] }) {
      return forward([large!], 'it alone')
    }
    expect(replay(strategy, aTurn(), smallOnly)).toMatchObject({ model: null, score: null, usd: 0 })
  })
})

test('an unknown price makes the dollars unknown, never zero', () => {
  const strategy: Strategy = function* ({ candidates: [small] }) {
    return forward([small], 'it alone')
  }
  const turn = aTurn({ candidates: [aCandidate({ usd: null })] })
  const unpriced = tableOf({ 'acme/small': { score: 1, usd: null, latencyMs: 1 } })
  expect(replay(strategy, turn, unpriced).usd).toBeNull()
})

test('a refusal has no model and no score', () => {
  const strategy: Strategy = function* () {
    return refuse(failure('budget-exhausted', 'the budget is spent'))
  }
  expect(replay(strategy, aTurn(), table)).toMatchObject({ model: null, score: null, usd: 0, latencyMs: 0 })
})
