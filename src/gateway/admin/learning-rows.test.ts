import { describe, expect, test } from 'vitest'
import { aDecision, anOutcome } from '../../../test/support/a-decision.ts'
import { aFeedback } from '../../../test/support/a-feedback.ts'
import type { CandidateRecord, Decision } from '../../domain/decision.ts'
import type { Feedback } from '../../domain/feedback.ts'
import { modelId } from '../../domain/model.ts'
import { microUsd } from '../../domain/money.ts'
import type { GivenUp } from '../../domain/strategy.ts'
import type { VirtualKey } from '../../domain/virtual-key.ts'
import { type RegretRow, regretRow } from './learning-rows.ts'

const candidate = (id: string, quality: number, usd: number | null): CandidateRecord => ({
  id: modelId(id),
  quality: { mean: quality, deviation: 0.1 },
  cost:
    usd === null ? { kind: 'unknown', why: 'no price' } : { kind: 'known', usd: { mean: usd, deviation: 0 } },
  latencyMs: { mean: 2_000, deviation: 100 },
})

const small = candidate('acme/small', 0.7, 0.001)
const large = candidate('acme/large', 0.9, 0.02)
const unpriced = candidate('acme/unpriced', 1, null)
const objective = { lambda: 5, mu: 0, maxCostUsd: null, statedAs: 'lambda 5' }

const decided = (changes: Parameters<typeof aDecision>[0] = {}): Decision =>
  aDecision({ objective, candidates: [small, large], propensity: 0.25, ...changes })

const row = (decision: Decision, outcome = anOutcome(), said: readonly Feedback[] = []): RegretRow => {
  const found = regretRow({ decision, outcome }, said, 'all')
  if ('leftOut' in found) throw new Error(found.leftOut)
  return found
}

const word = (about: Feedback['about'], score: number): Feedback =>
  aFeedback({ id: `f ${score}`, about, at: '2026-03-01T11:00:00.000Z', score })

const believing = (explores: GivenUp | null, changes: Parameters<typeof decided>[0] = {}): Decision => {
  const decision = decided(changes)
  const { trace } = decision
  if (trace.end.kind !== 'forward') throw new Error('the decision forwards nothing')
  return { ...decision, trace: { ...trace, end: { ...trace.end, explores } } }
}

describe('what was given up by the policy’s own beliefs', () => {
  test('is what the record says, whatever was predicted', () => {
    // By the predictions nothing: feedback has taught it that small is worth as much less.
    const explored = believing({ usd: 0.019, worth: 0.3 }, { chosen: large.id })
    expect(row(explored).givenUp).toEqual({ worth: 0.3, by: 'beliefs' })
  })

  test('is nothing where it took its best, though that is behind by the predictions', () => {
    expect(row(believing(null)).givenUp).toEqual({ worth: 0, by: 'beliefs' })
    expect(row(believing(null, { propensity: 1 })).givenUp).toEqual({ worth: 0, by: 'beliefs' })
  })

  test('is by the predictions where the record does not say', () => {
    expect(row(decided()).givenUp).toEqual({ worth: expect.closeTo(0.105), by: 'predictions' })
    const replied = decided()
    const end = { kind: 'reply', model: small.id, because: 'good enough', propensity: 1 } as const
    const found = row({ ...replied, trace: { ...replied.trace, end } })
    expect(found.givenUp).toEqual({ worth: expect.closeTo(0.105), by: 'predictions' })
  })
})

describe('what was given up by the predictions', () => {
  test('is quality less the price of money and of time, the best less the chosen', () => {
    // 0.9 - 5 x 0.02 = 0.8 against 0.7 - 5 x 0.001 = 0.695.
    expect(row(decided()).givenUp.worth).toBeCloseTo(0.105)
    expect(row(decided({ chosen: large.id })).givenUp).toEqual({ worth: 0, by: 'predictions' })
    const dear = { ...objective, lambda: 50 }
    expect(row(decided({ objective: dear })).givenUp.worth).toBe(0)
    expect(row(decided({ objective: dear, chosen: large.id })).givenUp.worth).toBeCloseTo(0.75)
    const slow = { ...large, latencyMs: { mean: 12_000, deviation: 0 } }
    const hurried = decided({ objective: { ...objective, mu: 0.02 }, candidates: [small, slow] })
    // The ten seconds more take two tenths from what was ahead by one.
    expect(row(hurried).givenUp.worth).toBe(0)
  })

  test('is nothing for a choice that is the best by either of two prices of money', () => {
    const mixed = { ...objective, mixture: { lambda: 50, share: 0.5 } }
    expect(row(decided({ objective: mixed })).givenUp.worth).toBe(0)
    expect(row(decided({ objective: mixed, chosen: large.id })).givenUp.worth).toBe(0)
    const worst = candidate('acme/worst', 0.1, 0.02)
    const found = row(decided({ objective: mixed, candidates: [small, large, worst], chosen: worst.id }))
    expect(found.givenUp.worth).toBeCloseTo(0.8)
  })

  test('leaves out prices that are not known where money counts, and models that are only fallen back on', () => {
    const candidates = [small, large, unpriced]
    expect(row(decided({ candidates })).options.map(({ model }) => model)).toEqual([small.id, large.id])
    const free = { ...objective, lambda: 0 }
    expect(row(decided({ candidates, objective: free })).givenUp.worth).toBeCloseTo(0.3)
    const within = regretRow({ decision: decided(), outcome: null }, [], [small.id])
    expect(within).toMatchObject({ givenUp: { worth: 0 }, options: [{ model: small.id }] })
    expect(
      regretRow({ decision: decided({ candidates, chosen: unpriced.id }), outcome: null }, [], 'all'),
    ).toEqual({ leftOut: 'the price of the chosen model is not known' })
  })
})

describe('what came', () => {
  test('is what was said, less what was paid and waited', () => {
    const decision = decided({ objective: { ...objective, mu: 0.1 } })
    const said = [word({ kind: 'decision', decision: decision.id }, 0.8)]
    const outcome = anOutcome({ cost: microUsd(0.01), latencyMs: 500 })
    const { came } = row(decision, outcome, said)
    expect(came.kind === 'graded' && came.worth).toBeCloseTo(0.8 - 0.05 - 0.05)
    expect(row(decision, outcome).came).toEqual({ kind: 'ungraded' })
  })

  test('counts what was said of a session by who asked for it', () => {
    const key = 'k' as VirtualKey['id']
    const caller = { key, session: 's', episode: null } as unknown as NonNullable<Decision['caller']>
    const decision = decided({ caller })
    const spoken = { ...word({ kind: 'session', session: 's' }, 1), author: 'k' }
    const found = row(decision, anOutcome(), [spoken])
    expect(found.unit).toBe('s')
    expect(found.came.kind).toBe('graded')
    expect(row(decision, anOutcome(), [{ ...spoken, author: 'somebody' }]).came.kind).toBe('ungraded')
  })

  test('is known of a failure, and open while nothing is', () => {
    const decision = decided()
    const failed = anOutcome({ status: 'failed', model: null, cost: microUsd(0.01) })
    const { came } = row(decision, failed)
    expect(came.kind === 'failed' && came.worth).toBeCloseTo(-0.05)
    expect(row(decision, anOutcome({ status: 'cancelled' })).came).toEqual({ kind: 'open' })
    expect(regretRow({ decision, outcome: null }, [], 'all')).toMatchObject({ came: { kind: 'open' } })
    const said = [word({ kind: 'decision', decision: decision.id }, 1)]
    expect(row(decision, anOutcome({ cost: null }), said).came).toEqual({ kind: 'ungraded' })
  })
})

test.each([
  [{ cache: 'exact' as const }, 'answered from a cache'],
  [{ chosen: null }, 'refused'],
  [{ chosen: modelId('acme/judge') }, 'answered by a model that was no candidate'],
  [{ policyVersion: 'direct acme/small' }, 'a model was asked for by its own name'],
  [{ propensity: 0 }, 'no propensity is on record'],
  [{ experiment: { id: 'shadow x', arm: 'auto', unit: 'u' } }, 'made beside the served path'],
])('%j tells nothing: %s', (changes, leftOut) => {
  expect(regretRow({ decision: decided(changes), outcome: anOutcome() }, [], 'all')).toEqual({ leftOut })
})
