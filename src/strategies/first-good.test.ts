import { expect, test } from 'vitest'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { failure } from '../domain/failure.ts'
import type { Turn } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { firstGood } from './first-good.ts'
import { noAids } from './strategy.ts'

const fast = aCandidate({ id: 'acme/fast', quality: 0.9 })
const slow = aCandidate({ id: 'acme/slow', quality: 0.89 })
const last = aCandidate({ id: 'acme/last', quality: 0.5 })
const latencies: Readonly<Record<string, number>> = { 'acme/fast': 10, 'acme/slow': 20, 'acme/last': 5 }

function ran(written: object, texts: Readonly<Record<string, string>>, turned: Partial<Turn> = {}) {
  const turn = aTurn({ candidates: [fast, slow, last], ...turned })
  const options = firstGood.options.parse(written)
  return simulate(
    (one) => firstGood.choose(one, options, noAids),
    turn,
    (candidate) => {
      const text = texts[candidate.id]
      return text === undefined
        ? { kind: 'failed', candidate, failure: failure('unavailable', 'down') }
        : {
            kind: 'answered',
            candidate,
            answer: anAnswer({ text }),
            usd: 0,
            latencyMs: latencies[candidate.id]!,
          }
    },
  )
}

test('gives the first answer, and the other call is cancelled', () => {
  const { verdict, trace } = ran({}, { 'acme/fast': 'yes', 'acme/slow': 'yes' })
  expect(verdict).toMatchObject({ kind: 'reply', candidate: fast })
  expect(trace.steps).toMatchObject([
    { until: 'first', calls: [{ result: { kind: 'answered' } }, { result: { kind: 'cancelled' } }] },
  ])
})

test('an answer of no good form is passed over, and who was cut short is asked after the untried', () => {
  const json = aRequest({ responseFormat: { kind: 'json' } })
  const { verdict, trace } = ran(
    {},
    { 'acme/fast': 'not JSON', 'acme/slow': '{"a":1}', 'acme/last': 'nor this' },
    { request: json },
  )
  expect(
    trace.steps.map((step) => (step.kind === 'ask' ? step.calls.map(({ model }) => model) : [])),
  ).toEqual([['acme/fast', 'acme/slow'], ['acme/slow', 'acme/last'], ['acme/slow']])
  expect(verdict).toMatchObject({
    kind: 'reply',
    candidate: slow,
    because: expect.stringContaining('round 3'),
  })
})

test('with no answer of good form the last one is given, and its fault named', () => {
  const json = aRequest({ responseFormat: { kind: 'json' } })
  const texts = { 'acme/fast': 'no', 'acme/slow': 'no', 'acme/last': 'no' }
  const { verdict } = ran({ width: 3, rounds: 6 }, texts, { request: json })
  expect(verdict).toMatchObject({ kind: 'reply', because: expect.stringContaining('is not the JSON') })
})

test('all fail: they are tried once more by the engine', () => {
  expect(ran({ width: 3 }, {}).verdict).toMatchObject({ kind: 'forward', to: [fast, slow, last] })
})

test('whoever is left alone may stream', () => {
  const { verdict, trace } = ran({ width: 2 }, {})
  expect(trace.steps).toHaveLength(1)
  expect(verdict).toMatchObject({ kind: 'forward', to: [last] })
})

test('a lone model streams', () => {
  const { verdict, trace } = ran({}, {}, { candidates: [fast] })
  expect(trace.steps).toEqual([])
  expect(verdict).toMatchObject({ kind: 'forward', to: [fast] })
})

test('a gateway cancels the slower of two simulated models', async () => {
  const config = {
    simulated: { pace: 0.02 },
    policies: {
      quick: { strategy: 'first-good', lambda: 0, pool: ['simulated/nano', 'simulated/reasoning'] },
    },
  }
  const { gateway } = await aGateway({ config: { ...atOnce, ...config } })
  const reply = await gateway.chat(
    incoming({ model: 'quick', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  expect(reply.kind).toBe('buffered')
  expect(reply.served?.model).toBe('simulated/nano')
  expect(reply.served?.attempts.map(({ outcome }) => outcome.kind).sort()).toEqual(['answered', 'failed'])
})
