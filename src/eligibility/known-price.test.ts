import { expect, test } from 'vitest'
import { aCandidate, aRequest, aSignals } from '../../test/support/builders.ts'
import { knownPrice } from './known-price.ts'

const refuse = (usd: number | null, needsCost: boolean, maxCostUsd: number | null = null) =>
  knownPrice.refuse(aCandidate({ usd }), { request: aRequest(), signals: aSignals(), needsCost, maxCostUsd })

test('a strategy that compares costs gets no model of unknown price, and the reason says what to do', () => {
  expect(refuse(null, true)).toBe(
    'no price is known for acme/small; set `prices` for it under `models` in the config',
  )
})

test('nor does a request that may cost only so much', () => {
  expect(refuse(null, false, 0.5)).not.toBeNull()
})

test('where no cost is compared an unknown price does not matter', () => {
  expect(refuse(null, false)).toBeNull()
})

test('a known price is always lawful, nothing among them', () => {
  for (const usd of [0, 0.1]) expect(refuse(usd, true, 0.5)).toBeNull()
})
