import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aModel, anAnswer, aRequest, aTurn } from '../../test/support/builders.ts'
import { callsOf } from '../../test/support/calls-of.ts'
import type { Candidate } from '../domain/candidate.ts'
import { explain } from '../engine/explain.ts'
import { replay } from '../engine/replay.ts'
import { simulate } from '../engine/simulate.ts'
import type { Request } from '../domain/request.ts'
import { contractModels, strategyContract } from './strategies.contract.ts'
import { noAids } from './strategy.ts'
import { cascade } from './cascade.ts'

strategyContract(
  cascade,
  fc.record({
    depth: fc.integer({ min: 1, max: 3 }),
    search: fc.constantFrom('look-ahead', 'supersets'),
    acceptFrom: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    confidence: fc.constantFrom(
      [],
      [{ kind: 'validity' }, { kind: 'logprob' }],
      [
        { kind: 'samples', count: 1 },
        { kind: 'judge', model: contractModels[0] },
      ],
    ),
  }),
)

const small = aCandidate({ id: 'acme/small', quality: 0.7, usd: 0.0001 })
const middle = aCandidate({ id: 'acme/middle', quality: 0.68, usd: 0.0002 })
const large = aCandidate({ id: 'acme/large', quality: 0.82, usd: 0.02 })

function cascaded(texts: Readonly<Record<string, string>>, written: object = {}, lambda = 8) {
  const turn = aTurn({
    candidates: [small, middle, large],
    objective: { lambda, mu: 0, maxCostUsd: null, statedAs: 'a test' },
  })
  const options = cascade.options.parse({ comparable: 'always', ...written })
  const answerOf = ({ id, cost }: Candidate) =>
    texts[id] === undefined
      ? null
      : { score: 1, usd: cost.kind === 'known' ? cost.usd.mean : null, latencyMs: 1, text: texts[id] }
  return {
    ...replay((turned) => cascade.choose(turned, options, noAids), turn, answerOf),
    explained: explain((turned) => cascade.choose(turned, options, noAids), turn),
  }
}

const asked = ({ trace }: ReturnType<typeof cascaded>) =>
  trace.steps.flatMap(callsOf).map(({ model }) => model)

describe('two cheap models and a dear one', () => {
  test('the cheap ones agree: their answer is given', () => {
    const run = cascaded({ 'acme/small': 'B', 'acme/middle': '(b)', 'acme/large': 'C' })
    expect(asked(run)).toEqual(['acme/small', 'acme/middle'])
    expect(run.verdict).toMatchObject({
      kind: 'reply',
      because: expect.stringContaining('2 of 2 answers agree'),
    })
  })

  test('they differ: the dear one is asked, and whom it sides with is given', () => {
    const run = cascaded({ 'acme/small': 'B', 'acme/middle': 'C', 'acme/large': 'C' })
    expect(asked(run)).toEqual(['acme/small', 'acme/middle', 'acme/large'])
    expect(run.verdict).toMatchObject({ kind: 'reply', answer: { parts: [{ text: 'C' }] } })
  })

  test('one that fails is passed over', () => {
    const run = cascaded({ 'acme/middle': 'B', 'acme/large': 'B' })
    expect(asked(run).slice(0, 2)).toEqual(['acme/small', 'acme/middle'])
    expect(run.verdict).toMatchObject({ kind: 'reply' })
  })

  test('all fail: the verdict forwards, so that nothing is given up before the engine has tried', () => {
    expect(cascaded({}).verdict).toMatchObject({ kind: 'forward' })
  })
})

test('where answers cannot be compared one call is the plan, and it streams', () => {
  const run = cascaded({ 'acme/small': 'B' }, { comparable: 'never' })
  expect(run.trace.steps).toEqual([])
  expect(run.verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining('one call') })
})

test('what is asked first is explained without asking', () => {
  expect(cascaded({}).explained.trace.end).toEqual({ kind: 'would-ask', models: ['acme/small'] })
})

describe('signals of confidence', () => {
  const thoughtful = aCandidate({
    model: aModel({ id: 'acme/small', capabilities: ['logprobs'] }),
    quality: 0.7,
    usd: 0.0001,
  })

  /** Two models whose answers can't be compared; the small one is as sure of its tokens as `probability` says. */
  function judged(probability: number, written: object = {}, request: Request = aRequest()) {
    const asked: Request[] = []
    const options = cascade.options.parse({
      comparable: 'never',
      confidence: [{ kind: 'logprob', auroc: 0.9 }],
      ...written,
    })
    const run = simulate(
      (turn) => cascade.choose(turn, options, noAids),
      aTurn({
        candidates: [thoughtful, large],
        request,
        objective: { lambda: 8, mu: 0, maxCostUsd: null, statedAs: 'a test' },
      }),
      (candidate, sent) => {
        asked.push(sent)
        const logprobs = [{ token: 'B', logprob: Math.log(probability), top: [] }]
        return {
          kind: 'answered',
          candidate,
          answer: anAnswer({ text: 'B', logprobs }),
          usd: 0,
          latencyMs: 1,
        }
      },
    )
    return { ...run, asked }
  }
  const calibrated = {
    confidence: [
      { kind: 'logprob', auroc: 0.9, calibration: { kind: 'platt', slope: 1, intercept: 0, baseRate: 0.7 } },
    ],
  }

  test('decide where answers can not be compared: a sure answer is given, an unsure one asked on', () => {
    expect(judged(0.98, calibrated).verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/small' } })
    const unsure = judged(0.1, calibrated)
    expect(unsure.trace.steps.flatMap(callsOf).map(({ model }) => model)).toEqual([
      'acme/small',
      'acme/large',
    ])
  })

  test('ask for what they read, and the client does not get what it did not ask for', () => {
    const { asked, verdict } = judged(0.98, calibrated)
    expect(asked[0]!.topLogprobs).toBe(0)
    expect(verdict).toMatchObject({ kind: 'reply', answer: { logprobs: [] } })
    const wanted = judged(0.98, calibrated, aRequest({ topLogprobs: 2 }))
    expect(wanted.verdict).toMatchObject({ kind: 'reply', answer: { logprobs: [{ token: 'B' }] } })
  })

  test('one that has been measured to tell nothing is off, and the decision says so', () => {
    const { verdict, trace } = judged(0.1, { confidence: [{ kind: 'logprob', auroc: 0.52 }] })
    expect(trace.steps).toEqual([])
    expect(verdict.because).toContain('logprob is off: its AUROC is 0.52')
  })

  test('an answer less likely right than is wanted is not given while another may be asked', () => {
    const dear = { ...calibrated, acceptFrom: 0.99 }
    expect(judged(0.98, dear).trace.steps).toHaveLength(2)
    expect(judged(0.98, { ...dear, depth: 1 }).trace.steps).toHaveLength(0)
    const never = judged(0.98, { ...calibrated, acceptFrom: 0.9999 })
    expect(never.verdict.because).toContain('less than the 0.9999 that is wanted, and no other may be asked')
  })

  test('several answers at once are not judged', () => {
    const { trace, verdict } = judged(0.98, calibrated, aRequest({ sampling: { answers: 2 } }))
    expect(trace.steps).toEqual([])
    expect(verdict.because).toContain('several answers')
  })
})

test('all that may be asked of the deepest cascade stays within what one turn may ask for', () => {
  const confidence = [
    { kind: 'validity' },
    { kind: 'logprob' },
    { kind: 'samples', count: 8 },
    { kind: 'self-check' },
    { kind: 'judge', model: 'acme/small' },
    { kind: 'checker', consultant: 'mine' },
  ]
  const four = ['a', 'b', 'c', 'd'].map((name) =>
    aCandidate({ id: `acme/${name}`, quality: 0.5, usd: 0.0001 }),
  )
  const options = cascade.options.parse({ comparable: 'always', depth: 4, acceptFrom: 1, confidence })
  const run = simulate(
    (turn) => cascade.choose(turn, options, noAids),
    aTurn({ candidates: four }),
    (candidate) => ({
      kind: 'answered',
      candidate,
      answer: anAnswer({ text: candidate.id }),
      usd: 0,
      latencyMs: 1,
    }),
  )
  expect(run.verdict.kind).toBe('reply')
  expect(run.trace.steps.length).toBeGreaterThan(12)
})

test('the search over supersets asks, judges and ends as well', () => {
  const run = cascaded(
    { 'acme/small': 'B', 'acme/middle': 'B', 'acme/large': 'C' },
    { search: 'supersets', unsettled: 0.4 },
    1,
  )
  expect(asked(run)[0]).toBe('acme/small')
  expect(run.verdict.kind).toBe('reply')
})

test('a gateway over simulated models judges answers by their log-probabilities', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      ...atOnce,
      policies: {
        auto: {
          strategy: 'cascade',
          lambda: 5,
          comparable: 'never',
          acceptFrom: 0.9999,
          depth: 2,
          confidence: [{ kind: 'logprob', auroc: 0.8 }],
        },
      },
    },
  })
  await gateway.chat(
    incoming({ model: 'auto', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  const [first] = await stored()
  expect(first?.decision.because).toMatch(/logprob \d\.\d\d/)
})
