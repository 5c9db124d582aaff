import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import { replay } from '../engine/replay.ts'
import { simulate } from '../engine/simulate.ts'
import { contractModels, orderOf, strategyContract } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { thresholdedCascade } from './thresholded-cascade.ts'

strategyContract(
  thresholdedCascade,
  fc.record({
    stages: fc.uniqueArray(
      fc.record({
        model: fc.constantFrom(...contractModels),
        accept: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, selector: ({ model }) => model },
    ),
    confidence: fc.constant([{ kind: 'validity' }, { kind: 'logprob' }, { kind: 'self-check' }]),
  }),
)

const small = aCandidate({ id: 'acme/small', quality: 0.6, usd: 0.0001 })
const middle = aCandidate({ id: 'acme/middle', quality: 0.65, usd: 0.001 })
const large = aCandidate({ id: 'acme/large', quality: 0.9, usd: 0.01 })

const stages = (...accepts: number[]) => ({
  stages: ['acme/small', 'acme/middle', 'acme/large'].map((model, place) => ({
    model,
    accept: accepts[place] ?? 0.8,
  })),
})

function cascaded(
  texts: Readonly<Record<string, string>>,
  written: object,
  candidates = [large, middle, small],
) {
  const options = thresholdedCascade.options.parse({ comparable: 'always', ...written })
  return replay(
    (turn) => thresholdedCascade.choose(turn, options, noAids),
    aTurn({ candidates }),
    ({ id }: Candidate) =>
      texts[id] === undefined ? null : { score: 1, usd: 0, latencyMs: 1, text: texts[id] },
  )
}

const asked = ({ trace }: ReturnType<typeof cascaded>) =>
  trace.steps.flatMap((step) => (step.kind === 'ask' ? step.calls.map(({ model }) => model) : []))

describe('stages', () => {
  test('are asked in their order, not that of the candidates, and the last one streams', () => {
    const run = cascaded({ 'acme/small': 'A', 'acme/middle': 'B', 'acme/large': 'C' }, stages(0.9, 0.9))
    expect(asked(run)).toEqual(['acme/small', 'acme/middle'])
    expect(orderOf(run.verdict)[0]).toBe('acme/large')
    expect(run.verdict.because).toContain('2 answers were not sure enough')
  })

  test('each has its own threshold: what is accepted early is not asked on', () => {
    const run = cascaded({ 'acme/small': 'A' }, stages(0.5, 0.9))
    expect(asked(run)).toEqual(['acme/small'])
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      because: expect.stringContaining('0.5 is enough after 1'),
    })
  })

  test('two that agree are surer than one', () => {
    const run = cascaded({ 'acme/small': 'A', 'acme/middle': '(a)' }, stages(0.8, 0.8))
    expect(run.verdict).toMatchObject({ kind: 'reply' })
  })

  test('one that fails is passed over, and all that fail leave a forward', () => {
    expect(orderOf(cascaded({ 'acme/middle': 'A' }, stages(0.9, 0.6)).verdict)).toEqual(['acme/middle'])
    const none = cascaded({}, stages(0.9, 0.9))
    expect(orderOf(none.verdict)[0]).toBe('acme/large')
    expect(none.verdict.because).toContain('2 models failed')
  })

  test('one alone that may serve streams at once', () => {
    const run = cascaded({}, stages(0.9), [middle])
    expect(asked(run)).toEqual([])
    expect(orderOf(run.verdict)).toEqual(['acme/middle'])
  })
})

test('signals of confidence decide: an answer that breaks its form goes on, one that keeps it stays', () => {
  const run = (text: string) =>
    simulate(
      (turn) =>
        thresholdedCascade.choose(
          turn,
          thresholdedCascade.options.parse({
            ...stages(0.55),
            comparable: 'never',
            confidence: [{ kind: 'validity' }],
          }),
          noAids,
        ),
      aTurn({ candidates: [small, large], request: aRequest({ responseFormat: { kind: 'json' } }) }),
      (candidate) => ({ kind: 'answered', candidate, answer: anAnswer({ text }), usd: 0, latencyMs: 1 }),
    ).verdict
  expect(run('{"a": 1}')).toMatchObject({ kind: 'reply', candidate: { id: 'acme/small' } })
  expect(run('no JSON')).toMatchObject({ kind: 'forward', to: [{ id: 'acme/large' }, { id: 'acme/small' }] })
})

test('several answers at once are not judged: the first stage gives them', () => {
  const request = aRequest({ sampling: { answers: 3 } })
  const run = simulate(
    (turn) => thresholdedCascade.choose(turn, thresholdedCascade.options.parse(stages(0.9)), noAids),
    aTurn({ candidates: [small, large], request }),
    (candidate) => ({ kind: 'failed', candidate, failure: failure('unavailable', 'down') }),
  )
  expect(run.verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining('several answers') })
  expect(run.trace.steps).toEqual([])
})

test('a model that stands there twice is a fault with its place', () => {
  const twice = thresholdedCascade.options.parse({ stages: [{ model: 'acme/a' }, { model: 'acme/a' }] })
  expect(thresholdedCascade.faults!(twice)).toMatchObject([{ path: ['stages', 1, 'model'] }])
})

test('a gateway over simulated models serves it, and the decision holds the calls', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      simulated: { pace: 0 },
      policies: {
        auto: {
          strategy: 'thresholded-cascade',
          stages: [{ model: 'simulated/nano', accept: 0.999 }, { model: 'simulated/frontier' }],
          confidence: [{ kind: 'logprob' }],
        },
      },
    },
  })
  const served = await gateway.chat(
    incoming({ model: 'auto', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  expect(served.kind).not.toBe('failed')
  const [first] = await stored()
  expect(first?.decision.trace.steps).toMatchObject([{ kind: 'ask', calls: [{ model: 'simulated/nano' }] }])
})
