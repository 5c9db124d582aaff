import { expect, test } from 'vitest'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { cheapest } from './cheapest.ts'
import { noAids } from './strategy.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'

const order = (...candidates: readonly Candidate[]) =>
  orderOf(verdictOf((turn) => cheapest.choose(turn, {}, noAids), aTurn({ candidates })))

test('goes from the lowest expected cost to the highest, whatever the quality', () => {
  expect(
    order(
      aCandidate({ id: 'acme/dear', usd: 0.02, quality: 0.99 }),
      aCandidate({ id: 'acme/cheap', usd: 0.0001, quality: 0.1 }),
      aCandidate({ id: 'acme/middle', usd: 0.001 }),
    ),
  ).toEqual(['acme/cheap', 'acme/middle', 'acme/dear'])
})

test('takes the better of two that cost the same', () => {
  expect(
    order(
      aCandidate({ id: 'acme/a', usd: 0.001, quality: 0.6 }),
      aCandidate({ id: 'acme/b', usd: 0.001, quality: 0.7 }),
    ),
  ).toEqual(['acme/b', 'acme/a'])
})

test('never takes an unknown price for a low one', () => {
  expect(
    order(aCandidate({ id: 'acme/unknown', usd: null }), aCandidate({ id: 'acme/dear', usd: 5 })),
  ).toEqual(['acme/dear', 'acme/unknown'])
})

test('takes a free model for the cheapest', () => {
  expect(
    order(aCandidate({ id: 'acme/paid', usd: 0.000001 }), aCandidate({ id: 'own/free', usd: 0 })),
  ).toEqual(['own/free', 'acme/paid'])
})
