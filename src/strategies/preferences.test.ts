import { describe, expect, test } from 'vitest'
import { aCandidate, aModel, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { preferences } from './preferences.ts'
import { noAids } from './strategy.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'

const choose = (candidates: readonly Candidate[], wanted: object) =>
  verdictOf(
    (turn) => preferences.choose(turn, preferences.options.parse({ preferences: wanted }), noAids),
    aTurn({ candidates }),
  )

const named = (id: string, criteria: Readonly<Record<string, number>>, usd = 0.001) =>
  aCandidate({ model: { ...aModel({ id }), criteria }, usd })

test('the weights decide how much a shortfall counts', () => {
  // $0.001 has a cost level of 0.6, $0.1 one of 0.2.
  const cheap = aCandidate({ id: 'acme/cheap', quality: 0.5, usd: 0.001 })
  const dear = aCandidate({ id: 'acme/dear', quality: 0.9, usd: 0.1 })
  const want = (accuracy: number, cost: number) => ({
    accuracy: { weight: accuracy, want: 0.9 },
    cost: { weight: cost, want: 0.6 },
  })
  // Both are 0.4 short of something.
  expect(orderOf(choose([cheap, dear], want(2, 1)))).toEqual(['acme/dear', 'acme/cheap'])
  expect(orderOf(choose([cheap, dear], want(1, 2)))).toEqual(['acme/cheap', 'acme/dear'])
})

test('to be better than wanted is no fault: of those that have everything the cheapest serves', () => {
  const enough = aCandidate({ id: 'acme/enough', quality: 0.8, usd: 0.001 })
  const better = aCandidate({ id: 'acme/better', quality: 0.99, usd: 0.01 })
  const verdict = choose([better, enough], { accuracy: { want: 0.75 } })
  expect(orderOf(verdict)).toEqual(['acme/enough', 'acme/better'])
  expect(verdict.because).toBe('the cheapest with all that is wanted')
})

test('the reason names what the choice falls short of', () => {
  const verdict = choose([aCandidate({ quality: 0.7 })], { accuracy: { want: 0.9 } })
  expect(verdict.because).toBe('falls least short: by 0.200 of accuracy')
})

describe('a criterion that nobody has a figure of', () => {
  const wanted = { helpfulness: { want: 0.9 } }
  const unknown = aCandidate({ id: 'acme/unknown' })

  test('counts as the middle, neither high nor low, and is said', () => {
    const high = named('acme/high', { helpfulness: 0.7 })
    const low = named('acme/low', { helpfulness: 0.3 })
    expect(orderOf(choose([low, unknown, high], wanted))).toEqual(['acme/high', 'acme/unknown', 'acme/low'])
    expect(choose([low, unknown], wanted).because).toContain(
      'nobody has said its helpfulness, so that 0.5 is assumed',
    )
    expect(choose([high, unknown], wanted).because).not.toContain('assumed')
  })

  test('has no figure by the name of a property that all objects have', () => {
    expect(choose([unknown], { constructor: { want: 0.9 } }).because).toContain('0.5 is assumed')
  })
})

test('options without a single wish are refused', () => {
  expect(preferences.options.safeParse({ preferences: {} }).success).toBe(false)
  expect(preferences.options.safeParse({ preferences: { accuracy: { want: 90 } } }).success).toBe(false)
  expect(preferences.options.safeParse({ preferences: { accuracy: { weight: 0, want: 0.9 } } }).success).toBe(
    false,
  )
})
