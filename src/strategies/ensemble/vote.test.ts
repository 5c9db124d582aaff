import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCandidate, anAnswer } from '../../../test/support/builders.ts'
import { isSettled } from './early-stop.ts'
import { leadProbability, majorityIsStable } from './stable-majority.ts'
import { ballotWeight, type Ballot, countVotes } from './vote.ts'

const ballot = (final: string | null, quality = 0.7, id = 'acme/small'): Ballot => ({
  candidate: aCandidate({ id, quality }),
  answer: anAnswer({ text: final ?? 'a text' }),
  final,
})

describe('weights', () => {
  test('are the log-odds, with the chance that wrong answers agree', () => {
    expect(ballotWeight(0.8, 0.5)).toBeCloseTo(Math.log(0.8 / (0.2 * 0.5)), 9)
  })

  test('never count against their own answer, and stay finite', () => {
    for (const quality of [0, 0.01, 0.2, 1])
      for (const agreement of [0.01, 0.99]) {
        const weight = ballotWeight(quality, agreement)
        expect(weight).toBeGreaterThan(0)
        expect(weight).toBeLessThan(12)
      }
  })
})

test('the winner does not depend on the order of ballots with weights of their own', () => {
  const finals = fc.array(
    fc.record({
      final: fc.constantFrom('a', 'b', 'c'),
      quality: fc.double({ min: 0.5, max: 0.95, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(finals, (rows) => {
      const ballots = rows.map(({ final, quality }) => ballot(final, quality))
      const [one, other] = [countVotes(ballots, 0.4), countVotes([...ballots].reverse(), 0.4)]
      // Equal weights are settled by quality, and then by order.
      if (one.winner.final !== other.winner.final) expect(one.share).toBeCloseTo(other.share, 6)
      expect(one.agreeing).toBeLessThanOrEqual(ballots.length)
      expect(one.share).toBeLessThanOrEqual(1)
    }),
  )
})

test('equal weight goes to the answer with the better model behind it', () => {
  const ballots = [ballot('a', 0.6), ballot('a', 0.6), ballot('b', 0.6, 'acme/x'), ballot('b', 0.6, 'acme/y')]
  expect(countVotes(ballots, 0.4).winner.final).toBe('a')
  expect(countVotes([ballot('a', 0.6), ballot('b', 0.9)], 0.4).winner.final).toBe('b')
})

test('answers that can not be compared stand alone', () => {
  expect(countVotes([ballot(null), ballot(null), ballot('a', 0.69), ballot('a', 0.69)], 0.4)).toMatchObject({
    agreeing: 2,
    winner: { final: 'a' },
  })
})

describe('a vote in turn is settled', () => {
  const rules = { minAgreeing: 3, wrongAgreement: 0.4 }
  const waiting = (quality: number) => [aCandidate({ quality })]
  test('by so many that agree', () => {
    expect(isSettled([ballot('a'), ballot('a'), ballot('a')], waiting(0.99), rules)).toBe(true)
    expect(isSettled([ballot('a'), ballot('a')], waiting(0.99), rules)).toBe(false)
  })
  test('where those who wait can not turn it', () => {
    expect(isSettled([ballot('a', 0.9), ballot('a', 0.9)], waiting(0.55), rules)).toBe(true)
    expect(isSettled([ballot('a', 0.6), ballot('b', 0.6)], waiting(0.6), rules)).toBe(false)
  })
  test('never by answers that can not be compared', () => {
    expect(isSettled([ballot(null), ballot(null), ballot(null)], [], rules)).toBe(false)
  })
})

describe('adaptive consistency', () => {
  test.each([
    [1, 0, 0.75],
    [2, 0, 0.875],
    [3, 0, 0.9375],
    [2, 2, 0.5],
    [3, 1, 0.8125],
  ])('%d votes against %d: the lead is the majority with probability %d', (lead, second, probability) => {
    expect(leadProbability(lead, second)).toBeCloseTo(probability, 9)
  })

  test('is sure of nothing after one sample, and at 1 never', () => {
    expect(majorityIsStable([ballot('a')], 0.5)).toBe(false)
    expect(majorityIsStable(Array(25).fill(ballot('a')), 1)).toBe(false)
    expect(majorityIsStable([ballot('a'), ballot('a'), ballot('a'), ballot('b')], 0.8)).toBe(true)
  })
})
