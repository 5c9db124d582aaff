import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, anAnswer, aTurn } from '../../test/support/builders.ts'
import { failure } from '../domain/failure.ts'
import type { Opinion, Question } from '../domain/strategy.ts'
import { simulate } from '../engine/simulate.ts'
import { scorer } from './scorer.ts'
import { noAids } from './strategy.ts'

const small = aCandidate({ id: 'acme/small', quality: 0.5, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.01 })

function ran(opinion: Opinion | null, written: object = {}, lambda = 1) {
  const questions: Question[] = []
  const turn = aTurn({
    candidates: [small, large],
    objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
  })
  const options = scorer.options.parse({ consultant: 'mine', ...written })
  const run = simulate(
    (one) => scorer.choose(one, options, noAids),
    turn,
    (candidate) => ({ kind: 'answered', candidate, answer: anAnswer(), usd: 0, latencyMs: 1 }),
    (question) => {
      questions.push(question)
      const { consultant } = question
      return opinion === null
        ? { kind: 'silent', consultant, failure: failure('timed-out', 'late') }
        : { kind: 'said', consultant, opinion, latencyMs: 1 }
    },
  )
  return { ...run, questions }
}

test('asks for the scores of all candidates, and the best for its price comes first', () => {
  const { verdict, questions } = ran({ scores: { 'acme/small': 0.9, 'acme/large': 0.7 } })
  expect(questions).toMatchObject([{ consultant: 'mine', about: null, models: ['acme/small', 'acme/large'] }])
  expect(verdict).toMatchObject({
    kind: 'forward',
    to: [small, large],
    because: expect.stringContaining('0.900'),
  })
})

test('a score counts against the price', () => {
  const scores = { 'acme/small': 0.7, 'acme/large': 0.72 }
  expect(ran({ scores }, {}, 0).verdict).toMatchObject({ to: [large, small] })
  expect(ran({ scores }, {}, 10).verdict).toMatchObject({ to: [small, large] })
})

test('mixes scores with the estimates, half and half', () => {
  const scores = { 'acme/small': 0.8, 'acme/large': 0.5 }
  // 0.65 against 0.70.
  expect(ran({ scores }, { weight: 0.5 }, 0).verdict).toMatchObject({ to: [large, small] })
  expect(ran({ scores }, { weight: 1 }, 0).verdict).toMatchObject({ to: [small, large] })
})

test('a model without a score keeps its estimate', () => {
  expect(ran({ scores: { 'acme/small': 0.6 } }, {}, 0).verdict).toMatchObject({ to: [large, small] })
})

test.each([
  ['says nothing', null, 'said nothing (timed-out)'],
  ['has no scores', { score: 0.4 }, 'has no scores'],
  ['scores only models that nobody asked for', { scores: { 'acme/other': 1 } }, 'none of the models'],
  [
    'scores on another scale',
    { scores: { 'acme/small': 87, 'acme/large': Number.NaN } },
    'none of the models',
  ],
])('where it %s the estimates decide', (_name, opinion, why) => {
  expect(ran(opinion).verdict).toMatchObject({ to: [large, small], because: expect.stringContaining(why) })
})

test('a scorer over HTTP decides for a gateway, and where it is down the estimates do', async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ scores: { 'simulated/nano': 1, 'simulated/frontier': 0 } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const served = async () => {
    const config = {
      ...atOnce,
      consultants: { mine: { url: `http://127.0.0.1:${port}/score` } },
      policies: {
        scored: {
          strategy: 'scorer',
          consultant: 'mine',
          lambda: 1,
          pool: ['simulated/nano', 'simulated/frontier'],
        },
      },
    }
    const { gateway } = await aGateway({ config })
    const body = { model: 'scored', messages: say('What is (4127 * 463 - 9873 * 128) * 17?') }
    const reply = await gateway.chat(incoming(body), new AbortController().signal)
    return reply.served!
  }
  try {
    const { model, decision } = await served()
    expect(model).toBe('simulated/nano')
    expect(decision.because).toContain('mine scored 2 of 2 models')
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  expect((await served()).decision.because).toContain('mine said nothing')
})
