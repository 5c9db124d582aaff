import { expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aModel, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Request } from '../domain/request.ts'
import type { Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { selfConsistency } from './self-consistency.ts'
import { noAids } from './strategy.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.75, usd: 0.1 })

function ran(written: object, said: readonly (string | null)[], turned: Partial<Turn> = {}) {
  const requests: Request[] = []
  const turn = aTurn({ candidates: [small, large], ...turned })
  const options = selfConsistency.options.parse(written)
  const run = simulate(
    (one) => selfConsistency.choose(one, options, noAids),
    turn,
    (candidate, request) => {
      const text = said[requests.length] ?? null
      requests.push(request)
      return text === null
        ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
        : { kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0.001, latencyMs: 1 }
    },
  )
  return { ...run, requests }
}

test('gives the answer that comes most often, of the model that is worth its samples', () => {
  const { verdict, requests } = ran({ stopAt: 1 }, ['4', '5', '4', '6', '4'])
  expect(requests).toHaveLength(5)
  expect(verdict).toMatchObject({
    kind: 'reply',
    candidate: small,
    answer: { parts: [{ text: '4' }] },
    because: expect.stringContaining('3 of 5 samples'),
  })
})

test('stops as soon as the majority is settled, and says what it did not need', () => {
  const { requests, verdict } = ran({ samples: 8 }, ['4', '4', '4', '4', '5', '5', '5', '5'])
  expect(requests).toHaveLength(4)
  expect(verdict.because).toContain('4 more were not needed')
})

test('asks for samples that differ: each has a seed of its own, and heat where the client has set none', () => {
  const { requests } = ran({ stopAt: 1 }, ['4', '4', '4', '4', '4'])
  expect(new Set(requests.map(({ sampling }) => sampling.seed)).size).toBe(5)
  expect(requests[0]!.sampling.temperature).toBe(0.7)
  const cold = ran({}, ['4', '4'], { request: aRequest({ sampling: { temperature: 0.2, seed: 9 } }) })
  expect(cold.requests[0]!.sampling).toMatchObject({ temperature: 0.2, seed: 10 })
})

test('leaves a reasoning model its own temperature, which it would refuse to change', () => {
  const thinker = aCandidate({ model: aModel({ id: 'acme/thinker', capabilities: ['reasoning'] }) })
  const { requests } = ran({}, ['4', '4'], { candidates: [thinker] })
  expect(requests[0]!.sampling.temperature).toBeNull()
})

test('one sample is as good as ten where answers are texts of their own', () => {
  const essay = 'word '.repeat(60)
  const { requests, verdict } = ran({ samples: 10, atOnce: 1 }, Array(10).fill(essay))
  expect(requests).toHaveLength(1)
  expect(verdict.because).toContain("can't be compared")
})

test('takes no more samples than may be paid for, and none where two cost too much', () => {
  expect(ran({ samples: 10, stopAt: 1, maxUsd: 0.003 }, Array(10).fill('4')).requests).toHaveLength(3)
  expect(ran({ maxUsd: 0.0015 }, []).verdict).toMatchObject({ kind: 'forward', request: null })
})

test('a model that is down is not asked again, and the others answer', () => {
  const { requests, verdict } = ran({ samples: 10 }, [])
  // Two at once, and then whoever is forwarded to.
  expect(requests.length).toBe(2 + 2)
  expect(verdict).toMatchObject({ kind: 'forward', to: [large, small] })
})

test('a gateway serves it with simulated models', async () => {
  const config = { ...atOnce, policies: { sure: { strategy: 'self-consistency', pool: ['simulated/mid'] } } }
  const { gateway } = await aGateway({ config })
  const body = { model: 'sure', messages: say('What is 127 * 46 - 98 * 12?') }
  const reply = await gateway.chat(incoming(body), new AbortController().signal)
  expect(reply.kind).toBe('buffered')
  expect(reply.served?.attempts.length).toBeGreaterThanOrEqual(2)
})
