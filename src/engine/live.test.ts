import { expect, test } from 'vitest'
import { anEngine, aJob } from '../../test/support/an-engine.ts'
import { aCandidate, aModel, aRequest, aTurn } from '../../test/support/builders.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import { nobodyConsulted } from '../../test/support/nobody-consulted.ts'
import { aFaultServer, aRefusedUrl } from '../../test/support/fault-server.ts'
import { answerText } from '../domain/answer.ts'
import { ask, forward, reply, type Strategy } from '../domain/strategy.ts'
import { live } from './live.ts'

const candidates = ['acme/small', 'acme/large'].map((id) =>
  aCandidate({ model: aModel({ id, usdPerMillion: { input: 1, output: 10 } }) }),
)
const models = candidates.map(({ model }) => model)

const firstOfBoth: Strategy = function* ({ candidates: [small, large] }) {
  const results = yield { kind: 'ask', calls: ask(small, large!).calls, until: 'first' }
  for (const result of results)
    if (result.kind === 'answered') return reply(result.candidate, result.answer, 'it was first')
  return forward([large!, small], 'nobody answered')
}

test('a cascade asks for whole answers even where the client streams', async () => {
  const server = await aFaultServer({ small: [{ kind: 'answer', text: 'weak' }] })
  const cascade: Strategy = function* ({ candidates: [small, large] }) {
    const [first] = yield ask(small)
    const weak = first?.kind === 'answered' && answerText(first.answer) === 'weak'
    return forward(weak ? [large!] : [small], 'the small one was weak')
  }
  const turn = aTurn({ candidates, request: aRequest({ stream: true }) })
  const text = '{"model":"auto","stream":true,"messages":[{"role":"user","content":"hi"}]}'
  const job = aJob({ request: turn.request, original: { format: 'openai-chat', text } })
  const engine = anEngine({ baseUrl: server.baseUrl, models, limits: { sameTargetRetries: 0 } })
  const lived = await live(cascade, turn, engine, nobodyConsulted, job, new AbortController().signal)
  expect(lived.verdict).toMatchObject({ kind: 'forward', to: [{ id: 'acme/large' }] })
  expect(JSON.parse(server.seen[0]!.text).stream).toBeUndefined()
  expect(lived.attempts).toMatchObject([{ model: 'acme/small', cost: 140 }])
  expect(lived.trace.steps).toMatchObject([
    { until: 'all', calls: [{ model: 'acme/small', result: { kind: 'answered', usd: 0.00014 } }] },
  ])
})

test('of a race the first answer wins; the other is closed at once, and booked', async () => {
  const server = await aFaultServer({
    small: [{ kind: 'never-answer' }],
    large: [{ kind: 'answer', delayMs: 50 }],
  })
  const engine = anEngine({ baseUrl: server.baseUrl, models, limits: { sameTargetRetries: 0 } })
  const lived = await live(
    firstOfBoth,
    aTurn({ candidates }),
    engine,
    nobodyConsulted,
    aJob(),
    new AbortController().signal,
  )
  expect(lived.verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/large' } })
  const silent = server.seen.find(({ model }) => model === 'small')
  expect(await silent!.over).toBe('aborted')
  expect(callsOf(lived.trace.steps[0]!).map(({ result }) => result.kind)).toEqual(['cancelled', 'answered'])
  expect(lived.attempts).toHaveLength(2)
  expect(lived.attempts.find(({ model }) => model === 'acme/small')).toMatchObject({
    cost: 12,
    outcome: { kind: 'failed', failure: 'cancelled' },
  })
})

test('a race that a failure comes first in goes to the one that answers', async () => {
  const server = await aFaultServer({
    small: [{ kind: 'status', status: 500, body: { error: { message: 'oops' } } }],
    large: [{ kind: 'answer', delayMs: 50 }],
  })
  const engine = anEngine({ baseUrl: server.baseUrl, models, limits: { sameTargetRetries: 0 } })
  const lived = await live(
    firstOfBoth,
    aTurn({ candidates }),
    engine,
    nobodyConsulted,
    aJob(),
    new AbortController().signal,
  )
  expect(lived.verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/large' } })
  expect(callsOf(lived.trace.steps[0]!).map(({ result }) => result.kind)).toEqual(['failed', 'answered'])
})

test('a race without an answer is a step of failures', async () => {
  const engine = anEngine({ baseUrl: await aRefusedUrl(), models })
  const lived = await live(
    firstOfBoth,
    aTurn({ candidates }),
    engine,
    nobodyConsulted,
    aJob(),
    new AbortController().signal,
  )
  expect(lived.verdict).toMatchObject({ kind: 'forward', because: 'nobody answered' })
  expect(callsOf(lived.trace.steps[0]!).map(({ result }) => result.kind)).toEqual(['failed', 'failed'])
})

test('a client that goes away in mid-ask ends the run: no further model is asked', async () => {
  const server = await aFaultServer({ small: [{ kind: 'never-answer' }] })
  const patient: Strategy = function* ({ candidates: [small, large] }) {
    yield ask(small)
    yield ask(large!)
    return forward([large!], 'both were asked')
  }
  const client = new AbortController()
  const engine = anEngine({ baseUrl: server.baseUrl, models, limits: { sameTargetRetries: 0 } })
  const living = live(patient, aTurn({ candidates }), engine, nobodyConsulted, aJob(), client.signal)
  await server.whenSeen(1)
  client.abort()
  const lived = await living
  expect(lived.verdict).toMatchObject({ kind: 'refuse', failure: { kind: 'cancelled' } })
  expect(server.seen).toHaveLength(1)
  expect(await server.seen[0]!.over).toBe('aborted')
  expect(lived.attempts).toMatchObject([{ cost: 12, outcome: { kind: 'failed', failure: 'cancelled' } }])
})
