import { describe, expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey, acmeModel } from '../../test/support/acme-config.ts'
import { aCandidate, aModel, aTurn } from '../../test/support/builders.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import type { Candidate } from '../domain/candidate.ts'
import { freeFirst } from './free-first.ts'
import { orderOf, verdictOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

const free = (id: string, quality: number) =>
  aCandidate({ model: aModel({ id, usdPerMillion: { input: 0, output: 0 } }), quality, usd: 0 })
const paid = (id: string, usd: number | null) => aCandidate({ id, usd })

const chosen = (candidates: readonly Candidate[], atLeastQuality = 0) => {
  const verdict = verdictOf(
    (turn) => freeFirst.choose(turn, { atLeastQuality }, noAids),
    aTurn({ candidates }),
  )
  return { order: orderOf(verdict), because: verdict.because }
}

describe('models that cost nothing', () => {
  const all = [
    paid('acme/dear', 0.1),
    free('own/weak', 0.5),
    paid('acme/cheap', 0.001),
    free('own/good', 0.7),
  ]
  test('come first, the best before the others, and then the rest by cost', () => {
    expect(chosen(all)).toEqual({
      order: ['own/good', 'own/weak', 'acme/cheap', 'acme/dear'],
      because: 'own/good is free, quality 0.700: the best of 2 that are',
    })
  })

  test('stand behind the others where they are too weak', () => {
    expect(chosen(all, 0.6).order).toEqual(['own/good', 'acme/cheap', 'acme/dear', 'own/weak'])
    expect(chosen(all, 0.9)).toEqual({
      order: ['acme/cheap', 'acme/dear', 'own/good', 'own/weak'],
      because: 'no free model is predicted to reach quality 0.9; acme/cheap costs least',
    })
    expect(chosen([free('own/weak', 0.5)], 0.9).because).toContain('only free models may serve')
  })

  test('are those whose price is zero, not those whose price is unknown, nor those of a request that costs nothing', () => {
    expect(chosen([paid('acme/unknown', null), paid('acme/dear', 1), paid('acme/cached', 0)])).toEqual({
      order: ['acme/cached', 'acme/dear', 'acme/unknown'],
      because: 'no model that is free may serve this request; acme/cached costs least',
    })
  })
})

test.each([
  ['rate-limited', { kind: 'status', status: 429, body: {} }],
  [
    'out of quota',
    { kind: 'status', status: 429, body: { error: { code: 'insufficient_quota', message: 'no more' } } },
  ],
] as const)('a free model that is %s gives way to the next within one request', async (_name, fault) => {
  const vendor = await aFaultServer({ free: [fault], small: [{ kind: 'answer', text: 'paid for' }] })
  const config = acmeConfig(vendor.baseUrl, {
    models: [acmeModel('free', 0)],
    policies: { auto: { strategy: 'free-first', pool: ['acme/large', 'acme/small', 'acme/free'] } },
    retries: { sameTarget: 0, patienceMs: 0 },
  })
  const { gateway, stored } = await aGateway({ config, variables: acmeKey })
  const chat = incoming({ model: 'auto', messages: say('Hi.') })
  const reply = await gateway.chat(chat, new AbortController().signal)
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/small' } })
  const [{ outcome } = {}] = await stored()
  expect(outcome?.attempts.map(({ model }) => model)).toEqual(['acme/free', 'acme/small'])
})
