import { expect, test } from 'vitest'
import { aCandidate, aRequest, aSignals } from '../../test/support/builders.ts'
import { maxCost } from './max-cost.ts'

const refuse = (usd: number | null, maxCostUsd: number | null) =>
  maxCost.refuse(aCandidate({ usd }), {
    request: aRequest(),
    signals: aSignals(),
    needsCost: false,
    maxCostUsd,
  })

test('a call at its limit is allowed, one above it is not', () => {
  expect(refuse(0.01, 0.01)).toBeNull()
  expect(refuse(0.0123, 0.01)).toBe('it is expected to cost $0.012, over the limit of $0.01')
})

test('without a limit everything is allowed', () => {
  expect(refuse(1000, null)).toBeNull()
})

test('a limit of nothing leaves free models', () => {
  expect(refuse(0, 0)).toBeNull()
  expect(refuse(1e-9, 0)).not.toBeNull()
})

test('an unknown cost is another rule’s affair', () => {
  expect(refuse(null, 0.01)).toBeNull()
})
