import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aGateway, atOnce, incoming, say } from '../../test/support/a-gateway.ts'
import { aCandidate, aTurn } from '../../test/support/builders.ts'
import type { Candidate } from '../domain/candidate.ts'
import { failure } from '../domain/failure.ts'
import type { ConsultResult } from '../domain/strategy.ts'
import { replay } from '../engine/replay.ts'
import { frugalGpt } from './frugalgpt.ts'
import { contractModels, orderOf, strategyContract } from './strategies.contract.ts'
import { noAids } from './strategy.ts'

strategyContract(
  frugalGpt,
  fc.record({
    order: fc.uniqueArray(
      fc.record({
        model: fc.constantFrom(...contractModels),
        accept: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 4, selector: ({ model }) => model },
    ),
    scorer: fc.constant('mine'),
    confidence: fc.constant([{ kind: 'checker', consultant: 'mine' }]),
  }),
)

const small = aCandidate({ id: 'acme/small', quality: 0.6 })
const large = aCandidate({ id: 'acme/large', quality: 0.9 })
const order = [
  { model: 'acme/small', accept: 0.7 },
  { model: 'acme/large', accept: 0.7 },
]

function run(
  score: number | null,
  written: object = {},
  answers: (candidate: Candidate) => boolean = () => true,
) {
  const options = frugalGpt.options.parse({ order, scorer: 'mine', ...written })
  const opinion: ConsultResult =
    score === null
      ? { kind: 'silent', consultant: 'mine', failure: failure('timed-out', 'late') }
      : { kind: 'said', consultant: 'mine', opinion: { score }, latencyMs: 1 }
  return replay(
    (turn) => frugalGpt.choose(turn, options, noAids),
    aTurn({ candidates: [large, small] }),
    (candidate) => (answers(candidate) ? { score: 1, usd: 0, latencyMs: 1, text: 'A' } : null),
    () => opinion,
  )
}

describe('the list', () => {
  test('ends with the first answer that scores its threshold', () => {
    expect(run(0.7).verdict).toMatchObject({ kind: 'reply', candidate: { id: 'acme/small' } })
    expect(run(0.7).verdict.because).toContain('acme/small scores 0.700 of 0.7 by mine')
  })

  test('goes on below it, and the last model is not scored', () => {
    const { verdict, trace } = run(0.69)
    expect(orderOf(verdict)[0]).toBe('acme/large')
    expect(trace.steps.map(({ kind }) => kind)).toEqual(['ask', 'consult'])
  })

  test('goes by what is predicted where the scorer is silent: silence is no low score', () => {
    const thresholds = (accept: number) => ({ order: [{ model: 'acme/small', accept }, order[1]] })
    expect(run(null, thresholds(0.55)).verdict).toMatchObject({ kind: 'reply' })
    expect(run(null, thresholds(0.65)).verdict).toMatchObject({ kind: 'forward' })
    expect(run(null).verdict.because).toContain('mine is silent')
  })

  test('passes over a model that fails', () => {
    const { verdict } = run(1, {}, ({ id }) => id !== 'acme/small')
    expect(orderOf(verdict)[0]).toBe('acme/large')
    expect(verdict.because).toContain('acme/small failed')
  })

  test('without models that may serve, another stands in', () => {
    const { verdict } = run(1, { order: [{ model: 'other/one' }] })
    expect(verdict).toMatchObject({ kind: 'forward', because: expect.stringContaining('another stands in') })
  })
})

test('a model that stands there twice is a fault', () => {
  expect(frugalGpt.faults!(frugalGpt.options.parse({ order: [order[0], order[0]] }))).toHaveLength(1)
})

test('a gateway asks its own scorer about answers of simulated models', async () => {
  const { gateway, stored } = await aGateway({
    config: {
      ...atOnce,
      policies: {
        auto: {
          strategy: 'frugalgpt',
          order: [{ model: 'simulated/nano', accept: 0.01 }, { model: 'simulated/frontier' }],
          confidence: [{ kind: 'logprob' }],
        },
      },
    },
  })
  await gateway.chat(
    incoming({ model: 'auto', messages: say('What is 12 + 30?') }),
    new AbortController().signal,
  )
  const [first] = await stored()
  expect(first?.decision).toMatchObject({
    chosen: 'simulated/nano',
    because: expect.stringContaining('scores'),
  })
})
