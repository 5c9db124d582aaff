import { describe, expect, test } from 'vitest'
import { aGateway, incoming, say } from '../../test/support/a-gateway.ts'
import { acmeConfig, acmeKey } from '../../test/support/acme-config.ts'
import { aCandidate, anAnswer, aRequest, aSignals, aTurn } from '../../test/support/builders.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import { aFaultServer } from '../../test/support/fault-server.ts'
import type { Answer } from '../domain/answer.ts'
import { failure, type FailureKind } from '../domain/failure.ts'
import type { Turn } from '../domain/strategy.ts'
import { explain } from '../engine/explain.ts'
import { simulate } from '../engine/simulate.ts'
import { orderOf } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { faultOf, tiers } from './tiers.ts'

const fast = aCandidate({ id: 'acme/fast', quality: 0.7, usd: 0.0001 })
const mid = aCandidate({ id: 'acme/mid', quality: 0.8, usd: 0.001 })
const top = aCandidate({ id: 'acme/top', quality: 0.95, usd: 0.05 })

type Said = Readonly<Record<string, Answer | FailureKind>>

function run(complexity: number, said: Said, written: object = {}, turn: Partial<Turn> = {}) {
  const options = tiers.options.parse(written)
  const given = aTurn({ candidates: [top, fast, mid], signals: aSignals({ complexity }), ...turn })
  const driven = simulate(
    (one) => tiers.choose(one, options, noAids),
    given,
    (candidate) => {
      const answer = said[candidate.id] ?? 'unavailable'
      return typeof answer === 'string'
        ? { kind: 'failed', candidate, failure: failure(answer, 'as told') }
        : { kind: 'answered', candidate, answer, usd: 0.001, latencyMs: 5 }
    },
  )
  const asked = driven.trace.steps.flatMap(callsOf).map(({ model }) => model)
  return { ...driven, asked }
}

const good = anAnswer({ text: 'Paris.' })
const empty = anAnswer({ text: ' ' })

describe('complexity and task say where a request begins', () => {
  const begins = (complexity: number, written: object = {}, turn: Partial<Turn> = {}) =>
    run(complexity, { 'acme/fast': good, 'acme/mid': good, 'acme/top': good }, written, turn).final?.candidate
      .id

  test.each([
    [0, 'acme/fast'],
    [0.399, 'acme/fast'],
    [0.4, 'acme/mid'],
    [0.799, 'acme/mid'],
    [0.8, 'acme/top'],
    [1, 'acme/top'],
  ])('complexity %d: %s', (complexity, expected) => {
    expect(begins(complexity)).toBe(expected)
  })

  test('a task may lift it, and never lowers it', () => {
    const tasks = { chat: 'mid' }
    expect(begins(0.1, { tasks })).toBe('acme/mid')
    expect(begins(0.9, { tasks })).toBe('acme/top')
  })

  test('pools that are written hold, and an empty one is passed over', () => {
    const pools = { fast: ['acme/mid'], mid: ['acme/gone'], frontier: ['acme/fast'] }
    expect(begins(0.1, pools)).toBe('acme/mid')
    expect(begins(0.5, pools)).toBe('acme/fast')
  })

  test('two models, or one, make do as three pools', () => {
    expect(begins(0.1, {}, { candidates: [top, fast] })).toBe('acme/fast')
    expect(begins(0.9, {}, { candidates: [top, fast] })).toBe('acme/top')
    expect(begins(0.1, {}, { candidates: [top] })).toBe('acme/top')
  })
})

describe('an answer', () => {
  test('that nothing speaks against is given, without another call', () => {
    const { verdict, asked } = run(0.1, { 'acme/fast': good })
    expect(asked).toEqual(['acme/fast'])
    expect(verdict).toMatchObject({
      kind: 'reply',
      because: 'complexity 0.10: the fast pool; acme/fast is right with probability 0.70',
    })
  })

  test('that is of no use goes up a tier, and the last tier has the last word', () => {
    const { verdict, asked, final } = run(0.1, { 'acme/fast': empty, 'acme/mid': empty, 'acme/top': empty })
    expect(asked).toEqual(['acme/fast', 'acme/mid'])
    expect(verdict).toMatchObject({
      kind: 'forward',
      because: expect.stringContaining('mid: the answer of acme/mid is of no use, it is empty'),
    })
    expect(orderOf(verdict)[0]).toBe('acme/top')
    expect(final?.candidate.id).toBe('acme/top')
  })

  test('that is less likely right than is asked for goes up as well', () => {
    const { asked, verdict } = run(0.1, { 'acme/fast': good, 'acme/mid': good }, { accept: 0.75 })
    expect(asked).toEqual(['acme/fast', 'acme/mid'])
    expect(verdict).toMatchObject({ kind: 'reply', candidate: mid })
  })

  test('whose own tokens were unlikely is doubted', () => {
    const unsure = anAnswer({ logprobs: [{ token: 'Paris', logprob: Math.log(0.2), top: [] }] })
    const sure = anAnswer({ logprobs: [{ token: 'Paris', logprob: Math.log(0.999), top: [] }] })
    const confidence = [{ kind: 'logprob' }]
    const right = (answer: Answer) =>
      run(0.1, { 'acme/fast': answer, 'acme/mid': good }, { confidence, accept: 0.65 }).asked
    expect(right(sure)).toEqual(['acme/fast'])
    expect(right(unsure)).toEqual(['acme/fast', 'acme/mid'])
  })

  test.each<readonly [string | null, Partial<Answer> & { text?: string }, Parameters<typeof aRequest>[0]]>([
    [null, { text: 'Paris' }, {}],
    ['it is empty', { text: '\n' }, {}],
    ['it was cut at the most tokens allowed', { finish: { kind: 'length', raw: 'length' } }, {}],
    ['a content filter ended it', { finish: { kind: 'content-filter', raw: 'x' } }, {}],
    ['it is a refusal', { parts: [{ kind: 'refusal', text: 'no' }] }, {}],
    ['it is not JSON', { text: 'seven' }, { responseFormat: { kind: 'json' } }],
    [
      '$.n is missing',
      { text: '{}' },
      {
        responseFormat: {
          kind: 'json-schema',
          name: 'a',
          description: null,
          schema: { type: 'object', required: ['n'] },
          strict: null,
        },
      },
    ],
  ])('%s', (fault, answer, request) => {
    expect(faultOf(anAnswer(answer), aRequest(request))).toBe(fault)
  })
})

describe('calls that fail', () => {
  test('go to the next of the tier, then to the tier above', () => {
    const other = aCandidate({ id: 'acme/fast-too', quality: 0.6, usd: 0.0002 })
    const pools = { fast: ['acme/fast', 'acme/fast-too'], mid: ['acme/mid'], frontier: ['acme/top'] }
    const { asked } = run(0.1, { 'acme/mid': good }, pools, { candidates: [top, fast, mid, other] })
    expect(asked).toEqual(['acme/fast', 'acme/fast-too', 'acme/mid'])
  })

  test('all of them: nothing is given up before everybody has been tried', () => {
    const { verdict } = run(0.1, {})
    expect(orderOf(verdict)).toEqual(['acme/top', 'acme/mid', 'acme/fast'])
  })

  test.each(['rejected', 'content-filtered'] as const)('a %s request is put to nobody else', (kind) => {
    const { verdict, asked } = run(0.1, { 'acme/fast': kind, 'acme/mid': good })
    expect(asked).toEqual(['acme/fast'])
    expect(verdict).toMatchObject({ kind: 'refuse', failure: { kind } })
  })
})

describe('what cannot be checked streams on', () => {
  const first = (request: Parameters<typeof aRequest>[0], written: object = {}) => {
    const options = tiers.options.parse(written)
    const turn = aTurn({
      candidates: [top, fast, mid],
      request: aRequest(request),
      signals: aSignals({ complexity: 0 }),
    })
    return explain((one) => tiers.choose(one, options, noAids), turn)
  }
  test('several answers, and streams where so said', () => {
    expect(first({ sampling: { answers: 2 } })).toMatchObject({
      kind: 'verdict',
      verdict: { to: [fast, mid, top] },
    })
    expect(first({ stream: true }, { streams: 'pass' })).toMatchObject({ kind: 'verdict' })
    expect(first({ stream: true })).toMatchObject({ kind: 'step' })
  })
})

test('a request may not cost more than it may: the answer in hand is given', () => {
  const objective = { lambda: 0, mu: 0, maxCostUsd: 0.0105, statedAs: 'test' }
  const { verdict } = run(
    0.1,
    { 'acme/fast': good },
    { accept: 0.99 },
    { objective, candidates: [fast, top] },
  )
  expect(verdict).toMatchObject({ kind: 'reply', candidate: fast })
})

test('pools are all written or none, and the thresholds stand in order', () => {
  const faults = (written: object) => tiers.faults!(tiers.options.parse(written))
  expect(faults({})).toEqual([])
  expect(faults({ mid: ['a/b'] })).toMatchObject([{ message: expect.stringContaining('fast and frontier') }])
  expect(faults({ midFrom: 0.9 })).toMatchObject([{ path: ['midFrom'] }])
})

test('in a gateway the tier above answers what the one below could not, and both are on record', async () => {
  const vendor = await aFaultServer({
    small: [{ kind: 'answer', text: 'seven' }],
    large: [{ kind: 'answer', text: '{"number":7}' }],
  })
  const pools = { fast: ['acme/small'], mid: ['acme/small'], frontier: ['acme/large'] }
  const config = acmeConfig(vendor.baseUrl, {
    policies: { auto: { strategy: 'tiers', ...pools, frontierFrom: 1, accept: 0 } },
  })
  const { gateway, stored } = await aGateway({ config, variables: acmeKey })
  const reply = await gateway.chat(
    incoming({ model: 'auto', messages: say('A number, as JSON'), response_format: { type: 'json_object' } }),
    new AbortController().signal,
  )
  expect(reply).toMatchObject({ kind: 'buffered', served: { model: 'acme/large' } })
  const [{ decision, outcome } = {}] = await stored()
  expect(decision?.because).toContain('is of no use, it is not JSON')
  expect(outcome?.attempts.map(({ model }) => model).at(-1)).toBe('acme/large')
})
