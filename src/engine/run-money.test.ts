import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, anAnswer, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import type { NonEmpty } from '../domain/non-empty.ts'
import { askAll, askOne, type CallResult, consult, forward, type Strategy } from '../domain/strategy.ts'
import { simulate } from './simulate.ts'

const cheap = aCandidate({ id: 'acme/cheap', usd: 0.001 })
const dear = aCandidate({ id: 'acme/dear', usd: 0.01 })
const unknown = aCandidate({ id: 'acme/unknown', usd: null })

const limited = (maxCostUsd: number | null, candidates: readonly Candidate[] = [cheap, dear]) =>
  aTurn({ candidates, objective: { lambda: 1, mu: 0, maxCostUsd, statedAs: 'a test' } })

const answering =
  (usd: (candidate: Candidate) => number | null) =>
  (candidate: Candidate): CallResult => ({
    kind: 'answered',
    candidate,
    answer: anAnswer({ text: `said by ${candidate.id}` }),
    usd: usd(candidate),
    latencyMs: 1,
  })
const asExpected = answering(({ cost }) => (cost.kind === 'known' ? cost.usd.mean : null))

/** Asks in order, keeps what came of it, and forwards at the end. */
const asking = (order: readonly Candidate[], seen: CallResult[], to: NonEmpty<Candidate>): Strategy =>
  function* () {
    for (const candidate of order) seen.push(yield* askOne(candidate))
    return forward(to, 'the strategy would forward')
  }

describe('calls beyond what the request may cost', () => {
  test('come back as failures, without being made', () => {
    const seen: CallResult[] = []
    const made: string[] = []
    const run = simulate(asking([cheap, dear, cheap], seen, [cheap]), limited(0.005), (candidate) => {
      made.push(candidate.id)
      return asExpected(candidate)
    })
    expect(seen.map(({ kind }) => kind)).toEqual(['answered', 'failed', 'answered'])
    expect(seen[1]).toMatchObject({ failure: { kind: 'budget-exhausted' } })
    expect(made).toEqual(['acme/cheap', 'acme/cheap', 'acme/cheap'])
    expect(run.trace.steps[1]).toMatchObject({ calls: [{ model: 'acme/dear', result: { kind: 'failed' } }] })
  })

  test('of several at once none is made where together they are too dear', () => {
    const seen: CallResult[] = []
    const both: Strategy = function* () {
      seen.push(
        ...(yield* askAll([
          { candidate: cheap, request: null },
          { candidate: dear, request: null },
        ])),
      )
      return forward([cheap], 'forwarded')
    }
    simulate(both, limited(0.0105), asExpected)
    expect(seen.map(({ kind }) => kind)).toEqual(['failed', 'failed'])
    seen.length = 0
    simulate(both, limited(0.011), asExpected)
    expect(seen.map(({ kind }) => kind)).toEqual(['answered', 'answered'])
  })

  test('what calls have really cost counts, not what was expected', () => {
    const seen: CallResult[] = []
    simulate(
      asking([cheap, cheap], seen, [cheap]),
      limited(0.005),
      answering(() => 0.0045),
    )
    expect(seen.map(({ kind }) => kind)).toEqual(['answered', 'failed'])
  })

  test('questions to consultants are not held back', () => {
    const said: string[] = []
    const asks: Strategy = function* ({ request }) {
      const [one] = yield* consult([{ consultant: 'mine', request, about: null, models: [] }])
      said.push(one!.kind)
      return forward([cheap], 'forwarded')
    }
    simulate(asks, limited(0.0000001), asExpected, ({ consultant }) => ({
      kind: 'said',
      consultant,
      opinion: { score: 1 },
      latencyMs: 1,
    }))
    expect(said).toEqual(['said'])
  })
})

describe('a verdict that the money left does not pay for', () => {
  test('gives the last answer in hand', () => {
    const run = simulate(asking([cheap], [], [dear]), limited(0.005), asExpected)
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      candidate: { id: 'acme/cheap' },
      because: expect.stringContaining('does not pay for another call; the strategy would forward'),
    })
    expect(run.usd).toBeCloseTo(0.001)
  })

  test('is cut to the models that it does pay for', () => {
    const run = simulate(asking([cheap], [], [dear, cheap]), limited(0.005), asExpected)
    expect(run.verdict).toMatchObject({ kind: 'forward', to: [{ id: 'acme/cheap' }] })
  })

  test('is a refusal with a remedy where nothing is in hand', () => {
    const overtaken: Strategy = function* () {
      yield* askAll([{ candidate: cheap, request: null }])
      return forward([dear], 'forwarded')
    }
    const run = simulate(overtaken, limited(0.005), (candidate) => ({ kind: 'cancelled', candidate }))
    expect(run.verdict).toMatchObject({
      kind: 'refuse',
      failure: { kind: 'budget-exhausted', message: expect.stringContaining('Raise maxCostUsd') },
    })
  })

  test('stands where nothing has been spent: eligibility has refused what is too dear already', () => {
    const run = simulate(asking([], [], [dear]), limited(0.005), asExpected)
    expect(run.verdict).toMatchObject({ kind: 'forward', to: [{ id: 'acme/dear' }] })
  })
})

test('a failed call costs nothing', () => {
  const seen: CallResult[] = []
  simulate(asking([cheap, cheap], seen, [cheap]), limited(0.0015), (candidate) => ({
    kind: 'failed',
    candidate,
    failure: failure('unavailable', 'down'),
  }))
  expect(seen.map((result) => result.kind === 'failed' && result.failure.kind)).toEqual([
    'unavailable',
    'unavailable',
  ])
})

describe('prices that are not known', () => {
  test('of a call that was made count as was expected of it', () => {
    const seen: CallResult[] = []
    simulate(
      asking([dear, cheap], seen, [cheap]),
      limited(0.0105),
      answering(() => null),
    )
    expect(seen.map(({ kind }) => kind)).toEqual(['answered', 'failed'])
  })

  test('of a model, never expected, do not stop it: whoever limits cost has refused it before', () => {
    const seen: CallResult[] = []
    const run = simulate(asking([unknown], seen, [unknown]), limited(0.005, [unknown, cheap]), asExpected)
    expect(seen[0]!.kind).toBe('answered')
    expect(run.verdict.kind).toBe('forward')
  })
})

test('without a limit nothing is held back', () => {
  const seen: CallResult[] = []
  simulate(asking([dear, dear, dear], seen, [dear]), limited(null), asExpected)
  expect(seen.every(({ kind }) => kind === 'answered')).toBe(true)
})

test('whatever is asked, expected costs stay within the limit once something is spent', () => {
  const list = fc.array(fc.constantFrom(cheap, dear), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(list, fc.double({ min: 0.001, max: 0.05, noNaN: true }), (order, maxCostUsd) => {
      const run = simulate(asking(order, [], [cheap]), limited(maxCostUsd), asExpected)
      expect(run.usd!).toBeLessThanOrEqual(maxCostUsd * (1 + 1e-6))
    }),
  )
})
